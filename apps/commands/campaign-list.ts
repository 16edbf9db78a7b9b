/** Who is on a campaign's list. */
import { zoneExists } from "../core/routing/wall-clock.ts";
import { mayDial } from "../phone/allowed.ts";
import { correctAmd } from "../store/amd.ts";
import type { Db } from "../store/database.ts";
import {
  addToList,
  cancelListed,
  cancelSome,
  contactsToList,
  inPieces,
  type Listing,
  lockListed,
  refusedForEver,
} from "../store/writes/campaign-list.ts";
import type { ListedRow, NewListed } from "./campaign-ports.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem } from "./port.ts";

type Names = "campaign.list" | "campaign.unlist" | "campaign.correctAmd";

const MOST_ROWS = 2000;
/** Nobody has more numbers; a campaign would never be through with them. */
const MOST_PHONES = 10;

export function campaignListCommands({ write, config }: Context): Pick<Handlers, Names> {
  return {
    "campaign.list": ({ id, rows }) =>
      write(async (trx) => {
        await requireCampaign(trx, id);
        if (rows.length > MOST_ROWS)
          throw new CommandProblem(422, "too-many", `at most ${MOST_ROWS} rows at a time`, "rows");
        await checkRows(trx, rows);
        return { rows: await list(trx, { id, config }, rows) };
      }),
    "campaign.unlist": async ({ id, contactIds }) => {
      await write((trx) => requireCampaign(trx, id));
      if (contactIds?.length === 0) return { cancelled: 0 };
      if (contactIds) return { cancelled: await write((trx) => cancelListed(trx, id, contactIds)) };
      return { cancelled: await inPieces(() => write((trx) => cancelSome(trx, id))) };
    },
    "campaign.correctAmd": ({ id, attemptId, verdict }, by) =>
      write(async (trx) => {
        await requireCampaign(trx, id);
        const found = await correctAmd(trx, { campaign: id, attempt: attemptId, verdict, by: by.keyId });
        if (!found)
          throw new CommandProblem(404, "not-found", "there is no such attempt with a verdict of AMD");
        return {};
      }),
  };
}

async function requireCampaign(trx: Db, id: string): Promise<void> {
  const query = trx.selectFrom("campaign").select("id").where("id", "=", id);
  required(isId(id) ? await query.executeTakeFirst() : undefined, "campaign");
}

/** What no row can have. @throws CommandProblem 422 naming the row */
async function checkRows(trx: Db, rows: readonly NewListed[]): Promise<void> {
  const agents = new Set((await trx.selectFrom("agent").select("id").execute()).map(({ id }) => id));
  const zones = new Map<string, boolean>();
  for (const { row, zone, agentId, phones } of rows) {
    if (zone !== undefined && !zones.has(zone)) zones.set(zone, zoneExists(zone));
    if (zone !== undefined && !zones.get(zone))
      throw new CommandProblem(422, "unknown", `unknown time zone «${zone}»`, `contacts.${row}.zone`);
    if (agentId !== undefined && !agents.has(agentId))
      required(undefined, "agent", `contacts.${row}.agentId`);
    if (phones && phones.length > MOST_PHONES)
      throw new CommandProblem(422, "too-many", `at most ${MOST_PHONES} numbers`, `contacts.${row}.phones`);
  }
}

/** Adds each that can be added, once; a number that is on the list already is left out of its row. */
async function list(
  trx: Db,
  { id: campaign, config }: { id: string } & Pick<Context, "config">,
  rows: readonly NewListed[],
): Promise<ListedRow[]> {
  const ids = rows.flatMap(({ contactId }) => (contactId !== undefined && isId(contactId) ? contactId : []));
  const contacts = await contactsToList(trx, ids);
  const phonesOf = ({ contactId, phones }: NewListed) =>
    (phones ?? contacts.get(contactId ?? "")?.phones ?? []).slice(0, MOST_PHONES);
  const all = [...new Set(rows.flatMap(phonesOf))];
  const listed = await lockListed(trx, campaign, { contacts: ids, phones: all });
  const refused = await refusedForEver(trx, all);
  const adding: Listing[] = [];
  const report = rows.map((wanted): ListedRow => {
    const { row, contactId } = wanted;
    const contact = contactId === undefined ? undefined : contacts.get(contactId);
    if (contactId !== undefined && !contact) return { row, result: "unknown-contact" };
    if (contactId !== undefined && listed.contacts.has(contactId)) return { row, result: "duplicate" };
    const phones = [...new Set(phonesOf(wanted))];
    if (phones.length === 0) return { row, result: "no-number" };
    const free = phones.filter((phone) => !listed.phones.has(phone));
    if (free.length === 0) return { row, result: "duplicate" };
    const open = free.filter((phone) => !refused.has(phone));
    if (open.length === 0) return { row, result: "refused" };
    if (contactId !== undefined) listed.contacts.add(contactId);
    for (const phone of open) listed.phones.add(phone);
    adding.push(listingOf(wanted, contact?.name, open));
    const left = phones.filter((phone) => !open.includes(phone));
    const notAllowed = open.filter((phone) => !mayDial(phone, config));
    return {
      ...{ row, result: "added" },
      ...(left.length > 0 && { left }),
      ...(notAllowed.length > 0 && { notAllowed }),
    };
  });
  if (adding.length > 0) await addToList(trx, campaign, adding);
  return report;
}

function listingOf(wanted: NewListed, name: string | undefined, phones: readonly string[]): Listing {
  return {
    contactId: wanted.contactId ?? null,
    name: wanted.name ?? name ?? "",
    phones,
    zone: wanted.zone ?? null,
    priority: wanted.priority ?? 0,
    nextAt: wanted.nextAt === undefined ? undefined : new Date(wanted.nextAt),
    agentId: wanted.agentId ?? null,
    score: wanted.score ?? null,
  };
}
