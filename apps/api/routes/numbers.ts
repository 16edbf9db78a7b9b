/** Numbers that customers see, and proving that they are ours. */
import { agentNumbers, companyNumbers } from "../../store/reads/numbers.ts";
import type { Api, ApiContext } from "../context.ts";
import { phoneView } from "../phones.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/numbers.ts";
import { iso } from "../times.ts";

const tags = ["numbers"];

/** Adds the routes. */
export function numberRoutes(api: Api, context: ApiContext): void {
  const { commands } = context;

  api.get(
    "/v1/numbers",
    {
      config: { permission: "numbers:read" },
      schema: {
        tags,
        summary: "Show whose number customers see, and which are verified",
        description:
          "The company's choice, the common number, and each agent's own with the end of its verification.",
        "x-ledger": ["LINE-01", "LINE-02", "LINE-04", "LINE-05"],
        response: { 200: S.NumbersView },
      },
    },
    ({ caller }) => show(context, caller.scope === "own" ? caller.agentId : undefined),
  );

  api.patch(
    "/v1/numbers",
    {
      config: { permission: "numbers:write" },
      schema: {
        tags,
        summary: "Choose whose number customers see",
        description:
          "With `common` and `personal` calls are refused (409) until the number is verified, and again when that lapses. An own PBX shows its own number whatever is chosen.",
        "x-ledger": ["LINE-01", "LINE-02", "LINE-04"],
        body: S.NumbersChange,
        response: { 200: S.NumbersView },
      },
    },
    async ({ body, caller }) => {
      await commands.send("numbers.change", { change: body }, caller);
      return show(context);
    },
  );

  api.post(
    "/v1/verifications",
    {
      config: { permission: "numbers:verify" },
      schema: {
        tags,
        summary: "Send a code to a number",
        description:
          "A call dictates it twice, or an SMS brings it; the answer does not hold it. Five codes an hour for one number. A verified number can be verified again at any time, which extends it.",
        "x-ledger": ["LINE-03", "LINE-04", "FWD-02", "FWD-03"],
        body: S.NewVerification,
        response: { 201: S.VerificationView },
      },
    },
    async ({ body, caller }, reply) => {
      const wanted = { language: "ru" as const, ...body };
      const { number, ...started } = await commands.send("verification.start", wanted, caller);
      return reply.code(201).send({ ...started, number: phoneView(number) });
    },
  );

  api.post(
    "/v1/verifications/:id/confirm",
    {
      config: { permission: "numbers:verify" },
      schema: {
        tags,
        summary: "Type the code in",
        description:
          "422 when it is wrong, with the attempts that are left of five; 409 when there are none, or after ten minutes.",
        "x-ledger": ["LINE-03", "LINE-04", "FWD-02", "FWD-03"],
        params: IdParams,
        body: S.Code,
        response: { 200: S.VerifiedView },
      },
    },
    async ({ params, body, caller }) => {
      const { number, validUntil } = await commands.send(
        "verification.confirm",
        { ...params, ...body },
        caller,
      );
      return { number: phoneView(number), verifiedUntil: validUntil };
    },
  );
}

async function show({ db }: ApiContext, agentId?: string) {
  const { common, serviceNumber, ...choice } = await companyNumbers(db);
  const agents = await agentNumbers(db, agentId);
  return {
    ...choice,
    serviceNumber: serviceNumber === null ? null : phoneView(serviceNumber),
    common: proofView(common?.number, common?.until),
    agents: agents.map(({ number, until, ...agent }) => ({
      ...agent,
      ...proofView(number, until ? new Date(until).getTime() : undefined),
    })),
  };
}

function proofView(number: string | null | undefined, until: number | undefined) {
  return {
    number: number ? phoneView(number) : null,
    verifiedUntil: until === undefined ? null : iso(new Date(until)),
    valid: until !== undefined && until > Date.now(),
  };
}
