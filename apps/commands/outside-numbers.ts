/**
 * Numbers outside that the house may call by itself: only with a prefix that is allowed, so that nobody can make it
 * call premium numbers or another continent at the company's cost (toll fraud).
 */
import type { Config } from "../config.ts";
import { allowedPrefixes, mayDial } from "../phone/allowed.ts";
import { CommandProblem } from "./port.ts";

/** @throws CommandProblem 422 naming the field, for what is no E.164 number or has no allowed prefix */
export function checkOutside(
  number: string,
  field: string,
  config: Pick<Config, "dialAllow" | "country">,
): void {
  if (!/^\+[1-9][0-9]{4,14}$/.test(number))
    throw new CommandProblem(422, "not-e164", "write the number like +74950000101", field);
  if (mayDial(number, config)) return;
  const allowed = [...allowedPrefixes(config)].join(" or ");
  const text = `only numbers with ${allowed} may be called; DOZVON_DIAL_ALLOW names the prefixes`;
  throw new CommandProblem(422, "not-allowed", text, field);
}
