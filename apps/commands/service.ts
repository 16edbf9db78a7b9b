/** The completion of a call's service: what it was about, and what the agent does next (WRAP-01..05, WRAP-08). */
import type { Db } from "../store/database.ts";
import { companySettings } from "../store/reads/company.ts";
import { scenarioOf } from "../store/reads/scenarios.ts";
import { listTopics } from "../store/reads/service.ts";
import { planState } from "../store/writes/agent-state.ts";
import { emitEvent } from "../store/writes/outbox.ts";
import { type Context, isId, required } from "./context.ts";
import { defer } from "./deferred.ts";
import { closeWithCall } from "./dial-tasks.ts";
import type { Handlers } from "./handlers.ts";
import { leaveWithCall, next } from "./list-next.ts";
import { type Asker, CommandProblem, type Completion } from "./port.ts";

type CompletionRow = Omit<Completion, "resultId"> & { resultId?: string | null };

/** Within this time after its end a call whose wrap-up ran out, or had none, can still be completed. */
const LATE_MS = 12 * 3_600_000;

export function serviceCommands(context: Context): Pick<Handlers, "call.complete"> {
  const { write, inTurn } = context;
  return {
    "call.complete": ({ callId, agentId, ...completion }, by) =>
      inTurn(async () => {
        const { agent, tell, listId } = await write(async (trx) => {
          const agent = await serverOf(trx, callId, agentId, by, context);
          const tell = await writeCompletion(trx, context, { callId, agent, completion }, by);
          const { resultId, comment } = completion;
          return { agent, tell, listId: await leaveWithCall(trx, { callId, agent, resultId, comment }) };
        });
        await completed(context, { callId, agent, after: completion.after }, tell);
        if (listId !== undefined) await goOn(context, listId, agent, completion.after);
        return { agentId: agent };
      }),
  };
}

/** The completion stands, whatever becomes of the next card. */
async function goOn(
  context: Context,
  listId: string,
  agent: string,
  after: Completion["after"],
): Promise<void> {
  context.engine.tell("list.left", { id: agent, listId });
  if (after !== "continue") return;
  await next(context, listId, agent).catch((error: unknown) =>
    context.log.warn({ error: String(error), agent }, "The next card of a list was not opened."),
  );
}

/** What is to be told when it is committed. */
type Telling = (() => Promise<void>) | undefined;

/**
 * Writes down that the agent has completed the service of a call, with everything that belongs to it.
 * @throws CommandProblem for what is missing or makes no sense
 */
export async function writeCompletion(
  trx: Db,
  context: Context,
  { callId, agent, completion }: { callId: string; agent: string; completion: Completion },
  by: Asker,
): Promise<Telling> {
  const { topicIds, resultId, deferred, after, comment, outcome } = completion;
  await checkTopics(trx, topicIds);
  if (resultId !== undefined) await checkResult(trx, callId, resultId);
  await save(trx, callId, agent, completion, by);
  if (deferred) await defer(trx, context, agent, { callId, ...deferred }, by);
  if (after === "break") await planState(trx, agent, "break");
  return closeWithCall(trx, context, { callId, agent, outcome, comment });
}

/** Only what is saved is done: a talk that was hung up cannot be taken back. */
export async function completed(
  { engine }: Context,
  { callId, agent, after }: { callId: string; agent: string; after: Completion["after"] },
  tell: Telling,
): Promise<void> {
  if (after === "break") engine.ask({ kind: "statePlanned", at: Date.now(), agent, state: "break" });
  const held = engine.agent(agent)?.call;
  if (held?.id === callId && (held.phase === "talking" || held.phase === "wrap-up"))
    engine.ask({ kind: "serviceCompleted", at: Date.now(), call: callId, agent });
  engine.deferredChanged();
  await tell?.();
}

/**
 * Whose service it is: the asking agent's own; a supervisor's request names the agent, or the only one there is.
 * @throws CommandProblem 404 no such call, 403 somebody else's, 409 nobody served it, or too long ago.
 */
async function serverOf(
  trx: Db,
  callId: string,
  named: string | undefined,
  by: Asker,
  { engine }: Context,
): Promise<string> {
  const servers = await serversOf(trx, callId, engine.servers(callId));
  const wanted = by.role === "agent" ? by.agentId : named;
  if (by.role === "agent" && named !== undefined && named !== by.agentId)
    throw new CommandProblem(403, "not-yours", "this is another agent's service", "agentId");
  if (wanted !== undefined) {
    if (servers.includes(wanted)) return wanted;
    if (by.role === "agent") throw new CommandProblem(403, "not-yours", "this is another agent's call");
    throw new CommandProblem(422, "unknown", "this agent did not serve the call", "agentId");
  }
  const [only, ...others] = servers;
  if (only === undefined) throw new CommandProblem(409, "not-served", "nobody has served this call");
  if (others.length > 0)
    throw new CommandProblem(422, "ambiguous", "several agents served this call: which one?", "agentId");
  return only;
}

/** Agents who talk in the call or talked in it lately. */
async function serversOf(trx: Db, callId: string, live: readonly string[]): Promise<string[]> {
  if (!isId(callId)) required(undefined, "call");
  const call = await trx
    .selectFrom("call")
    .select(["type", "ended_at"])
    .where("id", "=", callId)
    .executeTakeFirst();
  if (live.length === 0) required(call, "call");
  if (call?.type === "internal") return [];
  if (call?.ended_at && Date.now() - call.ended_at.getTime() > LATE_MS && live.length === 0)
    throw new CommandProblem(409, "too-late", "the call ended too long ago");
  const talked = await trx
    .selectFrom("call_leg")
    .select("agent_id")
    .where("call_id", "=", callId)
    .where("agent_id", "is not", null)
    .where("talk_ms", "is not", null)
    .execute();
  return [...new Set([...live, ...talked.flatMap((leg) => leg.agent_id ?? [])])];
}

async function checkTopics(trx: Db, topicIds: readonly string[]): Promise<void> {
  const topics = (await listTopics(trx)).filter((topic) => !topic.archived);
  topicIds.forEach((id, index) => {
    if (!topics.some((topic) => topic.id === id)) required(undefined, "topic", `topicIds.${index}`);
  });
  const { wrapUpTopicRequired } = await companySettings(trx);
  if (topicIds.length === 0 && topics.length > 0 && wrapUpTopicRequired)
    throw new CommandProblem(422, "topic-required", "choose at least one topic", "topicIds");
}

/** SCEN-12: only a result of the script that belongs to this call. */
async function checkResult(trx: Db, callId: string, resultId: string): Promise<void> {
  const call = await trx
    .selectFrom("call")
    .select(["id", "type", "line_id as lineId"])
    .where("id", "=", callId)
    .executeTakeFirst();
  const scenario = call && (await scenarioOf(trx, call));
  if (!scenario?.results.some((result) => result.id === resultId))
    throw new CommandProblem(422, "unknown", "the call's script has no such result", "resultId");
}

async function save(
  trx: Db,
  call_id: string,
  agent_id: string,
  { topicIds, comment, after, resultId = null }: CompletionRow,
  by: Asker,
): Promise<void> {
  const completed_by = isId(by.keyId) ? by.keyId : null;
  const row = { call_id, agent_id, topic_ids: topicIds, comment, after, completed_by, result_id: resultId };
  const written = await trx
    .insertInto("completion")
    .values(row)
    .onConflict((conflict) => conflict.columns(["call_id", "agent_id"]).doNothing())
    .returning("completed_at")
    .executeTakeFirst();
  if (!written) throw new CommandProblem(409, "already-completed", "this service is completed already");
  await emitEvent(
    trx,
    "call.completed",
    { call: call_id },
    {
      agentId: agent_id,
      resultId,
      topicIds,
      comment,
      after,
      completedAt: written.completed_at.toISOString(),
    },
  );
}
