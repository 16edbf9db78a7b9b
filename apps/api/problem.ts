/**
 * Every error leaves as application/problem+json (RFC 9457), without stack traces and without SQL.
 */
import { STATUS_CODES } from "node:http";
import { CommandProblem } from "../commands/port.ts";
import { isDatabaseAway, refusedValue } from "../store/database.ts";
import { BusyError } from "../store/reads/statistics/slots.ts";

export interface FieldError {
  /** Path in the request, such as `agents.0`; `body`, `query` or `path` for the whole of it. */
  readonly field: string;
  readonly message: string;
}

export interface ProblemBody {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** A stable word for programs. */
  readonly code: string;
  readonly errors: readonly FieldError[];
}

/** An error that the caller may read. */
export class Problem extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly errors: readonly FieldError[];
  constructor(status: number, code: string, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.name = "Problem";
    this.statusCode = status;
    this.code = code;
    this.errors = errors;
  }
}

/** 404 for something that is not there, or that this key may not see. */
export function notFound(what: string): Problem {
  return new Problem(404, "not-found", `There is no such ${what}.`);
}

/** 422 for one field that is well-formed and makes no sense. */
export function wrongField(field: string, message: string): Problem {
  return new Problem(422, "invalid", `${field}: ${message}`, [{ field, message }]);
}

/** Whatever was thrown, as a problem; what we did not foresee becomes a bare 500. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof CommandProblem) {
    const errors = error.field === undefined ? [] : [{ field: error.field, message: error.message }];
    return new Problem(error.status, error.code, error.message, errors);
  }
  if (error instanceof BusyError)
    return new Problem(503, "busy", "Other reports are being made; try again in a moment.");
  if (isDatabaseAway(error)) return new Problem(503, "database-away", "The database does not answer.");
  if (refusedValue(error))
    return new Problem(400, "invalid", "A value of the request is none that there can be.");
  return (
    fromFramework(error) ?? new Problem(500, "internal", "Something went wrong here; it has been logged.")
  );
}

/** The answer's body. */
export function bodyOf(problem: Problem): ProblemBody {
  return {
    type: "about:blank",
    title: STATUS_CODES[problem.statusCode] ?? "Error",
    status: problem.statusCode,
    detail: problem.message,
    code: problem.code,
    errors: problem.errors,
  };
}

const FRAMEWORK: Readonly<Record<string, readonly [number, string, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, "unsupported-media", "Send application/json."],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, "malformed", "Content-Length does not match the body."],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, "too-large", "The body is too large."],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, "malformed", "The body is not valid JSON."],
  FST_ERR_BAD_URL: [400, "malformed", "The address is malformed."],
};

function fromFramework(error: unknown): Problem | undefined {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  const known = typeof code === "string" ? FRAMEWORK[code] : undefined;
  if (known) return new Problem(...known);
  if (statusCode === 400) return new Problem(400, "malformed", "The request is malformed.");
  if (typeof statusCode === "number" && statusCode > 400 && statusCode < 500)
    return new Problem(statusCode, "refused", STATUS_CODES[statusCode] ?? "Refused");
  return undefined;
}
