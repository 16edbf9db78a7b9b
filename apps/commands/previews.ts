/** Preview campaigns: the agent to whom somebody is shown calls, or skips. */
import { randomInt } from "node:crypto";
import type { SkipTo } from "../core/dialling/preview.ts";
import { turnOf } from "../core/dialling/trunks.ts";
import type { Millis } from "../core/floor.ts";
import { cannotPlace } from "../core/outgoing/place.ts";
import { PREVIEWED } from "../core/records/attempt-previewed.ts";
import type { Refusal } from "../core/turn.ts";
import { mayDial } from "../phone/allowed.ts";
import type { Db } from "../store/database.ts";
import { findShown, isListedNumber, skipShown, wasShownTo } from "../store/previews.ts";
import { attemptPlaced, settleAttempt } from "../store/settle.ts";
import { takeShown } from "../store/take.ts";
import { refuse } from "./calls.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { type Asker, CommandProblem, type Placed } from "./port.ts";

/** A year: what is to be called later than that belongs elsewhere. */
const LATEST_MS = 366 * 86_400_000;

export function previewCommands(context: Context): Pick<Handlers, "preview.call" | "preview.skip"> {
  const { db, engine, write } = context;
  return {
    "preview.call": async ({ id, ...wish }, by) => callShown(context, await ownShown(db, id, by), wish),
    "preview.skip": async ({ id, reason, comment, to }, by) => {
      if (reason === "other" && comment.trim() === "")
        throw new CommandProblem(422, "required", "say why, when it is none of the reasons", "comment");
      const now = Date.now();
      checkTime(to, now);
      const { agentId } = await ownShown(db, id, by);
      if (!(await write((trx) => skipShown(trx, id, { reason, comment, to, now })))) throw over();
      engine.previewOver(id);
      engine.tell("preview.over", { id: agentId, previewId: id, outcome: "skipped" });
      return {};
    },
  };
}

type ShownRow = NonNullable<Awaited<ReturnType<typeof findShown>>> & { readonly agentId: string };

/**
 * The attempt is committed, with the gate asked once more, before the agent's phone rings (law L4); it ends as the
 * record says, or here, when nothing was even begun.
 */
async function callShown(
  { db, engine, config, write }: Context,
  shown: ShownRow,
  { phone, byItself = false }: { phone?: string | undefined; byItself?: boolean },
): Promise<Placed> {
  const { id, agentId, campaignId, lineId, listedId, contactId } = shown;
  if (phone !== undefined && !(await isListedNumber(db, listedId, phone)))
    throw new CommandProblem(422, "unknown", "not one of the contact's numbers on this list", "phone");
  requireAble(engine.agent(agentId));
  const channel = `${PREVIEWED}${Math.floor(Date.now() / 1000)}.${randomInt(1e9)}`;
  const call = engine.callIdOf(channel);
  let turn = 0;
  const taken = await write((trx) =>
    takeShown(trx, {
      ...{ campaign: campaignId, contact: listedId, agentId, phone, byItself },
      mayDial: (number) => mayDial(number, config),
      nextId: (number) => {
        turn = turnOf(number.phone, number.attempt);
        return { id: channel, callId: call };
      },
    }),
  );
  if (!taken) throw over();
  if ("refused" in taken) {
    const { code, text } = taken.refused;
    if (taken.over) {
      engine.previewOver(id);
      engine.tell("preview.over", { id: agentId, previewId: id, outcome: "refused", reason: code });
    }
    throw new CommandProblem(409, code, `it may not be called now: ${text}`);
  }
  engine.previewOver(id);
  const refusal = engine.ask({
    kind: "callPlaced",
    at: Date.now(),
    ...{ call, channel, agent: agentId, lineId },
    to: { kind: "outside", number: taken.phone, contactId: contactId ?? undefined },
    errand: { kind: "campaign", id: campaignId, turn },
  });
  await note(db, channel, refusal);
  engine.tell("preview.over", { id: agentId, previewId: id, outcome: "called", callId: call, byItself });
  refuse(refusal);
  return { callId: call, number: taken.phone, contactId };
}

/** What cannot be written now is found by looking (engine/dialler/settling.ts). */
async function note(db: Db, attempt: string, refusal: Refusal | undefined): Promise<void> {
  const done = refusal
    ? settleAttempt(db, attempt, { ending: "not_placed", endedAt: Date.now() })
    : attemptPlaced(db, attempt);
  await done.catch(() => {});
}

/** Before anything is written, so that a phone that is off the hook does not cost the contact its turn. */
function requireAble(agent: ReturnType<Context["engine"]["agent"]>): void {
  const away = agent?.callMode !== "external" && agent?.device !== "idle";
  const reason = agent
    ? (cannotPlace(agent) ?? (away ? `the phone is ${agent.device}` : undefined))
    : "unknown";
  if (reason !== undefined)
    throw new CommandProblem(409, "not-available", `the agent cannot place a call: ${reason}`, "agentId");
}

function checkTime(to: SkipTo, now: Millis): void {
  if (to.next === "at" && !(to.at > now && to.at < now + LATEST_MS))
    throw new CommandProblem(422, "out-of-range", "must be in the future, within a year", "at");
}

/** One that is shown now (409 when it was), to whoever asks; an agent learns of no other's (404). */
async function ownShown(db: Db, id: string, by: Asker): Promise<ShownRow> {
  const row = isId(id) ? await findShown(db, id) : undefined;
  const agentId = row?.agentId ?? (isId(id) ? await wasShownTo(db, id) : undefined);
  const own = agentId !== undefined && (by.role !== "agent" || agentId === by.agentId);
  const whose = required(own ? agentId : undefined, "contact that is shown");
  if (!row) throw over();
  return { ...row, agentId: whose };
}

function over(): CommandProblem {
  return new CommandProblem(
    409,
    "over",
    "it is not shown to this agent any more: it was called, skipped or given back",
  );
}
