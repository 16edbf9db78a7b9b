/** Agents: who they are, their phones, their states. */
import { createHash } from "node:crypto";
import type { Selectable } from "kysely";
import { SIP_REALM } from "../core/agents/sip-realm.ts";
import { isPostponed } from "../core/agents/wrap-up.ts";
import type { Agent, AgentState } from "../core/floor.ts";
import { mayDial } from "../phone/allowed.ts";
import { toE164 } from "../phone/number.ts";
import type { Db } from "../store/database.ts";
import { listAgents } from "../store/reads/agents.ts";
import { listQueues } from "../store/reads/queues.ts";
import { readSettings } from "../store/settings.ts";
import type { AgentTable } from "../store/tables.ts";
import { planState, saveState } from "../store/writes/agent-state.ts";
import { randomText } from "../store/writes/keys.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { requireNoMenu } from "./menu-uses.ts";
import { checkOutside } from "./outside-numbers.ts";
import { type AgentFields, type Asker, CommandProblem, type SipAccount } from "./port.ts";
import { setMembers } from "./queues.ts";
import { logged } from "./settings.ts";

/**
 * What every phone's name begins with. It must be the same for all, and at least four characters: app_queue keeps
 * the members of a queue in a hash over the first five characters from the slash of `PJSIP/…`, and only
 * members that all fall into the same bucket stay in the order of the file. So a queue can become sequential
 * (ROUTE-04) while callers wait; Asterisk's own way needs a restart.
 */
const PHONE_PREFIX = "agent-";

/** A new SIP account for this short number, and what is kept of it. */
export function newAccount(
  shortNumber: string,
  config: Context["config"],
): { phone: string; digest: string; sip: SipAccount } {
  const phone = `${PHONE_PREFIX}${shortNumber}-${randomText(4)}`;
  return { phone, ...newPassword(phone, config) };
}

function newPassword(phone: string, config: Context["config"]): { digest: string; sip: SipAccount } {
  const password = randomText(24);
  const digest = createHash("md5").update(`${phone}:${SIP_REALM}:${password}`).digest("hex");
  const host = config.publicAddress || config.sipBind;
  const server = `${host.includes(":") ? `[${host}]` : host}:${config.sipPort}`;
  return { digest, sip: { username: phone, password, server } };
}

export function agentCommands(context: Context): Pick<Handlers, AgentCommand> {
  const { configure, write, inTurn, applier, engine, db, config } = context;
  return {
    "agent.create": (fields) =>
      configure(async (trx) => {
        check(fields, config);
        const { phone, digest, sip } = newAccount(fields.shortNumber, config);
        const { name, shortNumber } = fields;
        const row = {
          ...rowOf(fields),
          ...ownNumber(fields, null),
          ...placing(fields, config),
          ...{ name, short_number: shortNumber, phone, sip_ha1: digest },
        };
        const { id } = await trx.insertInto("agent").values(row).returning("id").executeTakeFirstOrThrow();
        await trx
          .insertInto("agent_state_change")
          .values({ agent_id: id, state: "offline", by_key: null })
          .execute();
        return { result: { id, sip }, focus: { phone } };
      }),
    "agent.change": ({ id, change }, by) =>
      configure(async (trx) => {
        check(change, config);
        const row = await agentRow(trx, id);
        const set = {
          ...rowOf(change),
          ...placing(change, config, row),
          ...ownNumber(change, row.forward_number),
        };
        await logged(
          { trx, by, command: "agent.change", fields: Object.keys(change) },
          () => listAgents(trx, id),
          async () => {
            if (Object.keys(set).length > 0)
              await trx.updateTable("agent").set(set).where("id", "=", id).execute();
          },
        );
        return { result: {}, focus: { phone: row.phone } };
      }),
    "agent.delete": ({ id }) =>
      configure(async (trx) => {
        await agentRow(trx, id);
        await requireOthers(trx, id);
        await requireNoMenu(trx, "agent_id", id);
        await trx.deleteFrom("agent").where("id", "=", id).execute();
        return { result: {}, focus: { nothing: true } };
      }),
    "agent.lines": ({ id, lineIds }, by) =>
      configure(async (trx) => {
        const { phone } = await agentRow(trx, id);
        await logged(
          { trx, by, command: "queue.change", fields: ["agents"] },
          () => listQueues(trx),
          () => serveLines(trx, id, lineIds),
        );
        return { result: {}, focus: { phone } };
      }),
    "agent.newPassword": ({ id }) =>
      configure(async (trx) => {
        const { phone } = await agentRow(trx, id);
        const { digest, sip } = newPassword(phone, config);
        await trx.updateTable("agent").set({ sip_ha1: digest }).where("id", "=", id).execute();
        return { result: { sip }, focus: { phone } };
      }),
    "agent.state": ({ id, state }, by) =>
      inTurn(async () => {
        checkOwnChoice(engine.agent(id), state, by);
        if (isPostponed(engine.agent(id), state)) {
          await write((trx) => planState(trx, id, state));
          engine.ask({ kind: "statePlanned", at: Date.now(), agent: id, state });
          return {};
        }
        const changed = await write(async (trx) => {
          if ((await agentRow(trx, id)).state === state) return false;
          const at = new Date();
          await saveState(trx, { agent: id, state, at, byKey: isId(by.keyId) ? by.keyId : null });
          return true;
        });
        if (changed) {
          engine.agentState(id, state);
          applier.note(await readSettings(db));
        }
        return {};
      }),
  };
}

/** AGENT-03: do not disturb is set by the user. A supervisor may sign people in and out; an integration speaks for users. */
function checkOwnChoice(agent: Agent | undefined, state: AgentState, by: Asker): void {
  if (by.role !== "supervisor" || by.agentId === agent?.id || state !== "break") return;
  if (agent?.state === "offline") return;
  throw new CommandProblem(
    403,
    "own-choice",
    "do not disturb is set by the agent and by nobody else",
    "state",
  );
}

type AgentCommand =
  | "agent.create"
  | "agent.change"
  | "agent.delete"
  | "agent.lines"
  | "agent.newPassword"
  | "agent.state";

function rowOf(fields: Partial<AgentFields>) {
  const { name, shortNumber, email, acceptanceNeeded, consultationOnly, deferredAutoCall } = fields;
  return {
    ...(name !== undefined && { name }),
    ...(shortNumber !== undefined && { short_number: shortNumber }),
    ...(email !== undefined && { email }),
    ...(acceptanceNeeded !== undefined && { acceptance_needed: acceptanceNeeded }),
    ...(consultationOnly !== undefined && { consultation_only: consultationOnly }),
    ...(deferredAutoCall !== undefined && { deferred_auto_call: deferredAutoCall }),
  };
}

function check({ name, shortNumber, forwardNumber }: Partial<AgentFields>, config: Context["config"]): void {
  checkName(name);
  if (typeof forwardNumber === "string") checkOutside(forwardNumber, "forwardNumber", config);
  if (shortNumber !== undefined && !/^[0-9]{2,6}$/.test(shortNumber))
    throw new CommandProblem(422, "not-a-short-number", "a short number has 2 to 6 digits", "shortNumber");
}

/** How the agent places calls (LINE-11, LINE-13). @param before what stays when it is not named. */
function placing(
  { callMode, mobile, autoAnswer }: Partial<AgentFields>,
  config: Context["config"],
  before: Pick<Selectable<AgentTable>, "call_mode" | "mobile"> = { call_mode: "phone", mobile: null },
) {
  const number = mobile ? toE164(mobile, config.country) : null;
  if (number === undefined)
    throw new CommandProblem(422, "not-a-number", `«${mobile}» is not a phone number`, "mobile");
  if (number !== null && !mayDial(number, config))
    throw new CommandProblem(422, "not-allowed", "this number may not be called", "mobile");
  const called = mobile === undefined ? before.mobile : number;
  if ((callMode ?? before.call_mode) === "external" && called === null)
    throw new CommandProblem(422, "incomplete", "which number is called in this mode?", "mobile");
  if (callMode === "webrtc" && config.wssPort === undefined)
    throw new CommandProblem(
      422,
      "no-browser-phones",
      "browser phones are switched off here; DOZVON_WSS_PORT switches them on",
      "callMode",
    );
  return {
    ...(callMode !== undefined && { call_mode: callMode }),
    ...(mobile !== undefined && { mobile: number }),
    ...(autoAnswer !== undefined && { auto_answer: autoAnswer }),
  };
}

/** Another number has to be verified and approved anew (FWD-03). */
function ownNumber({ forwardNumber: number }: Partial<AgentFields>, before: string | null) {
  if (number === undefined || number === before) return {};
  return {
    forward_number: number,
    forward_state: number === null ? ("none" as const) : ("pending" as const),
  };
}

async function agentRow(db: Db, id: string) {
  const query = db
    .selectFrom("agent")
    .select(["phone", "state", "call_mode", "mobile", "forward_number"])
    .where("id", "=", id);
  return required(isId(id) ? await query.executeTakeFirst() : undefined, "agent");
}

/** A queue must not lose its last agent by somebody leaving. */
async function requireOthers(db: Db, id: string): Promise<void> {
  const { queues } = await readSettings(db);
  const alone = queues.find((queue) => queue.agents.length === 1 && queue.agents[0] === id);
  if (alone) throw new CommandProblem(409, "last-in-queue", `nobody else serves the queue «${alone.name}»`);
}

/** LINE-17: the agent serves the queues of exactly these lines; a queue that everybody serves gets a list. */
async function serveLines(trx: Db, agent: string, lineIds: readonly string[]): Promise<void> {
  const { queues, lines } = await readSettings(trx);
  const known = new Set(lines.map((line) => line.id));
  const unknown = lineIds.findIndex((id) => !known.has(id));
  if (unknown >= 0) required(undefined, "line", `lineIds.${unknown}`);
  const wanted = new Set(lines.filter((line) => lineIds.includes(line.id)).map((line) => line.queueId));
  const concerned = new Set(lines.map((line) => line.queueId));
  for (const queue of queues.filter((each) => concerned.has(each.id))) {
    if (queue.agents.includes(agent) === wanted.has(queue.id)) continue;
    const others = queue.agents.filter((id) => id !== agent);
    await setMembers(trx, queue.id, wanted.has(queue.id) ? [...others, agent] : others, "lineIds");
  }
}
