/**
 * The compliance gate for people on call lists: whoever may not be called now is not put before an agent, and nobody is
 * dialled without asking it again (core/dialling/gate.ts).
 */
import type { CampaignMode, Purpose } from "../core/dialling/campaign.ts";
import type { Calendar } from "../core/dialling/policy.ts";
import type { Refused } from "../core/dialling/verdict.ts";
import { firstAllowed } from "./ask-gate.ts";
import type { Db } from "./database.ts";

/** What the gate has to know of a list. */
export interface ListPolicy {
  readonly purpose: Purpose;
  readonly preset: string;
  readonly week: Calendar["week"] | null;
  /** The system dials by itself; otherwise a person presses the button (38-FZ art. 18(2)). */
  readonly autoDial: boolean;
}

/** How a list is dialled, as the gate calls it: an agent is kept for each call either way. */
export function modeOf(autoDial: boolean): CampaignMode {
  return autoDial ? "progressive" : "preview";
}

/**
 * The contact's first number that may be dialled now, kept from other takers until the transaction ends.
 * @param calls how often this list has called the contact
 * @param only this number, and no other
 */
export async function allowedNumber(
  trx: Db,
  list: ListPolicy,
  { contactId, calls, only }: { contactId: string; calls: number; only?: string | undefined },
): Promise<{ number: string } | Refused> {
  const numbers = (await phonesOf(trx, contactId)).filter(
    ({ phone }) => only === undefined || phone === only,
  );
  const candidate = { id: contactId, contactId, attempts: calls };
  return firstAllowed(trx, { ...list, mode: modeOf(list.autoDial) }, candidate, numbers);
}

function phonesOf(trx: Db, contactId: string) {
  return trx
    .selectFrom("contact_phone")
    .innerJoin("contact", "contact.id", "contact_phone.contact_id")
    .leftJoin("contact as organisation", "organisation.id", "contact.organisation_id")
    .select(["contact.id as candidate", "contact.id as contactId", "contact_phone.phone"])
    .select(["contact_phone.position"])
    .select((row) => row.fn.coalesce("contact.zone", "organisation.zone").as("zone"))
    .select(({ lit }) => [lit(0).as("attempts"), lit(null).as("score"), lit(null).as("lastEnding")])
    .where("contact.id", "=", contactId)
    .orderBy("contact_phone.position")
    .execute();
}
