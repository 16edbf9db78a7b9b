/** A filter of contacts as it was asked for, read. */
import type { Static } from "typebox";
import type { ContactFilter } from "../store/reads/contact-filter.ts";
import { instantFrom } from "./periods.ts";
import { phoneFrom } from "./phones.ts";
import { Problem } from "./problem.ts";
import type * as S from "./schemas/contact-filter.ts";
import { iso } from "./times.ts";

const TIMES = ["createdSince", "createdUntil", "calledSince", "calledUntil"] as const;

type Asked = Static<typeof S.ContactFilter>;

/**
 * @param at where the filter stands in the request, such as `contacts.filter.`
 * @throws Problem 400 for a number that is none, or one end of a span of time without the other; 422 for a time of no
 * calendar
 */
export function filterFrom(asked: Asked, country: string, at = ""): ContactFilter {
  const { phone, timeFrom, timeTo } = asked;
  if ((timeFrom === undefined) !== (timeTo === undefined)) {
    const field = `${at}${timeFrom === undefined ? "timeFrom" : "timeTo"}`;
    const message = "timeFrom and timeTo go together";
    throw new Problem(400, "invalid", `${field}: ${message}`, [{ field, message }]);
  }
  const times = TIMES.flatMap((field) => {
    const text = asked[field];
    return text === undefined ? [] : [[field, iso(instantFrom(text, `${at}${field}`))]];
  });
  return {
    ...asked,
    ...Object.fromEntries(times),
    phone: phone === undefined ? undefined : phoneFrom(phone, country, `${at}phone`),
  };
}
