/**
 * Which contacts: the one filter of lists, of work on many and of campaigns (DIAL-01..05, CONT-04, CONT-05).
 */
import { type RawBuilder, type SelectQueryBuilder, sql } from "kysely";
import type { ContactKind } from "../../core/contacts/contact.ts";
import type { Db } from "../database.ts";
import type { Database } from "../tables.ts";
import { matchingText } from "./contact-search.ts";
import { zonesWithin } from "./contact-zones.ts";

/** All that is said holds at once; nothing said: every contact. */
export interface ContactFilter {
  readonly kind?: ContactKind | undefined;
  /** People of this organisation. */
  readonly organisationId?: string | undefined;
  readonly ownerId?: string | undefined;
  /** false: nobody's. */
  readonly owned?: boolean | undefined;
  readonly tagId?: string | undefined;
  /** Made by this import (IMP-21). */
  readonly importId?: string | undefined;
  /** When it was made, ISO 8601; `since` included, `until` excluded. */
  readonly createdSince?: string | undefined;
  readonly createdUntil?: string | undefined;
  /** E.164. */
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  /** Part of a name, of a number, of an address, or of the organisation's name (CONT-05). */
  readonly q?: string | undefined;
  /** Where it is between these times now, `HH:MM`, the end excluded; both or neither (DIAL-02). */
  readonly timeFrom?: string | undefined;
  readonly timeTo?: string | undefined;
  /** The last call that was completed with a result: by which script, with which result, and when (DIAL-03). */
  readonly scenarioId?: string | undefined;
  readonly resultId?: string | undefined;
  /** ISO 8601, by the call's arrival; `since` included, `until` excluded. */
  readonly calledSince?: string | undefined;
  readonly calledUntil?: string | undefined;
  /** false: never called, and has never called (DIAL-04). */
  readonly called?: boolean | undefined;
}

export interface Reach {
  /** Narrows to one owner, whatever was asked (ROLE-02). */
  readonly only?: string | undefined;
  /** The moment whose time of day counts. */
  readonly at?: Date | undefined;
}

/** Ids of the contacts that match, as a query that stands on its own or inside another one. */
export function contactsMatching(db: Db, filter: ContactFilter, reach: Reach = {}) {
  return narrowed(db.selectFrom("contact").select("contact.id"), filter, reach);
}

/** Adds the filter to a query that selects from `contact`. */
export function narrowed<O>(
  query: SelectQueryBuilder<Database, "contact", O>,
  filter: ContactFilter,
  { only, at = new Date() }: Reach,
): SelectQueryBuilder<Database, "contact", O> {
  return [...plain(filter, only), ...reached(filter), ...called(filter), ...clientTime(filter, at)].reduce(
    (narrow, condition) => narrow.where(condition),
    query,
  );
}

type Condition = RawBuilder<boolean>;

function plain(
  { kind, organisationId, ownerId, owned, importId, createdSince, createdUntil }: ContactFilter,
  only?: string,
): Condition[] {
  return [
    ...(importId === undefined ? [] : [madeBy(importId)]),
    ...(kind === undefined ? [] : [sql<boolean>`contact.kind = ${kind}`]),
    ...(organisationId === undefined ? [] : [sql<boolean>`contact.organisation_id = ${organisationId}`]),
    ...(ownerId === undefined ? [] : [sql<boolean>`contact.owner_id = ${ownerId}`]),
    ...(only === undefined ? [] : [sql<boolean>`contact.owner_id = ${only}`]),
    ...(createdSince === undefined ? [] : [sql<boolean>`contact.created_at >= ${createdSince}::timestamptz`]),
    ...(createdUntil === undefined ? [] : [sql<boolean>`contact.created_at < ${createdUntil}::timestamptz`]),
    ...(owned === undefined ? [] : [sql<boolean>`(contact.owner_id is not null) = ${owned}`]),
  ];
}

/** Its times are what an index finds. */
function madeBy(importId: string): Condition {
  const times = (time: RawBuilder<unknown>) =>
    sql`(select ${time} from contact_import where id = ${importId})`;
  return sql<boolean>`(contact.import_id = ${importId}
    and contact.created_at >= ${times(sql`started_at`)}
    and contact.created_at <= ${times(sql`coalesce(ended_at, now())`)})`;
}

function reached({ tagId, phone, email, q }: ContactFilter): Condition[] {
  const among = (ids: RawBuilder<unknown>) => sql<boolean>`contact.id in (${ids})`;
  return [
    ...(tagId === undefined ? [] : [among(sql`select contact_id from contact_tag where tag_id = ${tagId}`)]),
    ...(phone === undefined ? [] : [among(sql`select contact_id from contact_phone where phone = ${phone}`)]),
    ...(email === undefined
      ? []
      : [among(sql`select contact_id from contact_email where lower(email) = lower(${email})`)]),
    ...(q === undefined ? [] : [matchingText(q)]),
  ];
}

function called(filter: ContactFilter): Condition[] {
  const conditions: Condition[] = [];
  if (filter.called !== undefined) {
    const any = sql`exists (select from call where call.contact_id = contact.id)`;
    conditions.push(filter.called ? sql<boolean>`${any}` : sql<boolean>`not ${any}`);
  }
  const { scenarioId, resultId, calledSince: since, calledUntil: until } = filter;
  if ([scenarioId, resultId, since, until].every((each) => each === undefined)) return conditions;
  // The last one of all, and then the question: who was called again later does not come back.
  conditions.push(sql<boolean>`contact.id in (
    select last.contact_id from (
      select distinct on (c.contact_id) c.contact_id, c.arrived_at, k.result_id
        from call c join completion k on k.call_id = c.id
       where c.contact_id is not null and k.result_id is not null
       order by c.contact_id, c.arrived_at desc, k.completed_at desc) last
      join scenario_result r on r.id = last.result_id
     where (${scenarioId ?? null}::uuid is null or r.scenario_id = ${scenarioId ?? null}::uuid)
       and (${resultId ?? null}::uuid is null or r.id = ${resultId ?? null}::uuid)
       and (${since ?? null}::timestamptz is null or last.arrived_at >= ${since ?? null}::timestamptz)
       and (${until ?? null}::timestamptz is null or last.arrived_at < ${until ?? null}::timestamptz))`);
  return conditions;
}

function clientTime({ timeFrom, timeTo }: ContactFilter, at: Date): Condition[] {
  return timeFrom === undefined || timeTo === undefined ? [] : [zonesWithin(timeFrom, timeTo, at)];
}
