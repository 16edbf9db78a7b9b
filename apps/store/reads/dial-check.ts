/** May this number be dialled by this campaign at this moment, and why not? Read only: nobody is taken or put off. */
import type { Campaign } from "../../core/dialling/campaign.ts";
import { type Callee, DAY_MS, mayDial } from "../../core/dialling/gate.ts";
import type { Verdict } from "../../core/dialling/verdict.ts";
import type { Db } from "../database.ts";
import { ownersOf } from "../same-person.ts";
import { NOT_ALLOWED } from "../take.ts";
import { numbersOf, readFacts } from "../take-facts.ts";

export interface DialCheck {
  /** As if the campaign ran. */
  readonly verdict: Verdict;
  readonly callee: Callee;
  readonly consentId: string | null;
  readonly listed: boolean;
  /** Attempts of all campaigns and agents that count, in the last 24 hours, 7 days and 31 days. */
  readonly counted: { readonly day: number; readonly week: number; readonly month: number };
}

/**
 * Answers for the list's entry of this number, if it is on it, else for the number alone.
 * @param allowed whether numbers of this country may be called from here at all
 * @param known the zone that is to be believed instead of the contact's address
 */
export async function checkNumber(
  db: Db,
  campaign: Campaign,
  {
    phone,
    now,
    allowed,
    known,
  }: { phone: string; now: number; allowed: boolean; known?: string | undefined },
): Promise<DialCheck> {
  const listed = await db
    .selectFrom("campaign_number as number")
    .innerJoin("campaign_contact as listed", "listed.id", "number.campaign_contact_id")
    .select(["listed.id", "listed.contact_id as contactId", "listed.attempts"])
    .where("number.campaign_id", "=", campaign.id)
    .where("number.phone", "=", phone)
    .executeTakeFirst();
  const owners = listed ? undefined : (await ownersOf(db, [phone])).get(phone);
  const numbers = listed ? await numbersOf(db, [listed]) : [{ ...UNLISTED, phone, owners }];
  const facts = await readFacts(
    db,
    [listed ?? { id: UNLISTED.candidate, contactId: null, attempts: 0 }],
    numbers.map((number) => ({ ...number, zone: known ?? number.zone })),
    { purpose: campaign.purpose, now },
  );
  const asked = facts.find(({ callee }) => callee.phone === phone);
  if (!asked) throw new Error("a number that was asked about has no facts");
  const { callee, consentId } = asked;
  const verdict = allowed
    ? mayDial({ ...campaign, state: "running", agentKept: false, at: now }, callee)
    : NOT_ALLOWED;
  const person = campaign.policy.attempts.per === "person";
  const mine = callee.past.filter(
    ({ number: called, ending }) => ending !== "not_placed" && (person || called === phone),
  );
  const within = (days: number) => mine.filter(({ at }) => at > now - days * DAY_MS).length;
  const counted = { day: within(1), week: within(7), month: within(31) };
  return { verdict, callee, consentId, listed: listed !== undefined, counted };
}

const UNLISTED = {
  ...{ candidate: "unlisted", contactId: null, zone: null, lastEnding: null, score: null },
  ...{ attempts: 0, position: 0 },
};
