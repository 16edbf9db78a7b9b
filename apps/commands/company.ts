/** A small company for an empty database, so that there is something to call and to look at. */
import type { Db } from "../store/database.ts";
import { newAccount } from "./agents.ts";
import type { Context } from "./context.ts";
import type { SipAccount } from "./port.ts";

const AGENTS = [
  ["Anna", "101"],
  ["Boris", "102"],
  ["Vera", "103"],
] as const;

const QUEUES = [
  ["Sales", "most-idle"],
  ["Support", "sequential"],
] as const;

/** What calls are about (CARD-11). */
const TOPICS = [
  ["Заказ", "Order"],
  ["Консультация", "Consultation"],
  ["Обращение", "Request"],
  ["Другое", "Something else"],
] as const;

const LINES = [
  ["Sales", "+74950000101", "en", true],
  ["Support", "+74950000102", "ru", false],
] as const;

/** The address that the demonstration's customers call from. */
export const DEMO_TRUNK_ADDRESS = "127.0.0.2";

/** Name, position, the agent who owns the contact (an index into AGENTS). Phones are from a reserved-looking range. */
const CONTACTS: readonly (readonly [name: string, position: string | null, owner: number | null])[] = [
  ["Olga Petrova", "Buyer", 0],
  ["Ivan Sidorov", "Director", 1],
  ["Maria Kuznetsova", null, 2],
  ["Pavel Smirnov", "Engineer", 0],
  ["Elena Popova", "Accountant", 1],
  ["Dmitry Volkov", null, 2],
  ["Svetlana Morozova", "Office manager", 0],
  ["Alexey Novikov", "Driver", null],
  ["Tatiana Fedorova", "Lawyer", 1],
  ["Sergey Lebedev", null, 2],
  ["Natalia Kozlova", "Chemist", 0],
  ["Andrey Egorov", "Warehouse", null],
];

/** What somebody needs to sign in a phone as this agent. */
export interface AgentAccount {
  readonly id: string;
  readonly name: string;
  readonly shortNumber: string;
  readonly sip: SipAccount;
}

/** Writes the company; the agents are signed out. @returns their SIP accounts with passwords, which are kept nowhere. */
export async function foundCompany(trx: Db, config: Context["config"]): Promise<AgentAccount[]> {
  const accounts = await hire(trx, config);
  const ids = accounts.map((account) => account.id);
  const queueIds = await openQueues(trx, ids);
  for (const [index, [name, number, language, announce_recording]] of LINES.entries()) {
    const row = { key: `l${index + 1}`, name, number, language, announce_recording, hours: null };
    await trx
      .insertInto("line")
      .values({ ...row, queue_id: queueIds[index] ?? "" })
      .execute();
  }
  const trunk = { key: "t1", name: "Demonstration trunk", addresses: [DEMO_TRUNK_ADDRESS] };
  await trx
    .insertInto("trunk")
    .values({ ...trunk, host: null, username: null, password: null })
    .execute();
  await meet(trx, ids);
  await listTopics(trx);
  return accounts;
}

async function hire(trx: Db, config: Context["config"]): Promise<AgentAccount[]> {
  const accounts: AgentAccount[] = [];
  for (const [name, shortNumber] of AGENTS) {
    const { phone, digest, sip } = newAccount(shortNumber, config);
    const row = { name, short_number: shortNumber, phone, sip_ha1: digest };
    const { id } = await trx.insertInto("agent").values(row).returning("id").executeTakeFirstOrThrow();
    await trx
      .insertInto("agent_state_change")
      .values({ agent_id: id, state: "offline", by_key: null })
      .execute();
    accounts.push({ id, name, shortNumber, sip });
  }
  return accounts;
}

async function listTopics(trx: Db): Promise<void> {
  const rows = TOPICS.map(([name_ru, name_en], position) => ({ name_ru, name_en, position }));
  await trx.insertInto("topic").values(rows).execute();
}

async function openQueues(trx: Db, agents: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, [name, strategy]] of QUEUES.entries()) {
    const row = { key: `q${index + 1}`, name, strategy, wrap_up: "limit" as const, wrap_up_seconds: 15 };
    const { id } = await trx.insertInto("queue").values(row).returning("id").executeTakeFirstOrThrow();
    const members = agents.map((agent_id, position) => ({ queue_id: id, agent_id, position }));
    await trx.insertInto("queue_agent").values(members).execute();
    ids.push(id);
  }
  return ids;
}

async function meet(trx: Db, agents: readonly string[]): Promise<void> {
  for (const [index, [name, position, owner]] of CONTACTS.entries()) {
    const row = { name, position, owner_id: owner === null ? null : (agents[owner] ?? null) };
    const { id } = await trx.insertInto("contact").values(row).returning("id").executeTakeFirstOrThrow();
    const phone = `+7916000${String(1001 + index)}`;
    await trx.insertInto("contact_phone").values({ contact_id: id, phone, position: 0 }).execute();
  }
}
