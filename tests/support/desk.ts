/**
 * A small company whose API reaches the real commands over a real database; the engine beyond them is a list of what it
 * was asked, and answers what a test wants.
 */
import { createCommands } from "../../apps/commands/commands.ts";
import type { CommandOptions } from "../../apps/commands/context.ts";
import type { Asker } from "../../apps/commands/port.ts";
import type { Agent } from "../../apps/core/floor.ts";
import type { Input } from "../../apps/core/inputs.ts";
import type { Refusal } from "../../apps/core/turn.ts";
import { callIdOf } from "../../apps/engine/call-id.ts";
import { addKey } from "./api.ts";
import { openCompany } from "./company.ts";

/** What was said on the live stream. */
export interface Told {
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: read freely in tests.
  readonly data: any;
}

/** Opens it for the whole file. */
export async function openDeskCompany() {
  const company = await openCompany();
  const { db, engine, ask } = company;
  const asked: Input[] = [];
  const told: Told[] = [];
  const floor = new Map<string, Agent>();
  /** How often the engine's desk was asked to look at what is due. */
  const looks = { asked: 0 };
  const says: { refusal: Refusal | undefined } = { refusal: undefined };
  const handlers = createCommands({
    db,
    config: {
      ...{ sipBind: "127.0.0.1", sipPort: 5060, publicAddress: "", country: "RU", wssPort: 8089 },
      ...{ dialAllow: "+7", webhookAllow: "" },
    },
    applier: {
      apply: async () => ({ applied: { reloaded: [], verified: {}, warnings: [] }, undo: async () => {} }),
      note: () => {},
    },
    engine: {
      settingsChanged: () => {},
      agent: (id: string) => floor.get(id),
      servers: (call: string) =>
        [...floor.values()].filter((each) => each.call?.id === call).map(({ id }) => id),
      ringingFor: () => undefined,
      deferredChanged: () => void looks.asked++,
      previewOver: () => {},
      callIdOf,
      ask: (input: Input) => {
        asked.push(input);
        return says.refusal;
      },
      tell: (kind: string, data: object) => void told.push({ kind, data }),
      agentState: () => {},
    },
    sounds: {},
    recordings: {},
    log: { info: () => {}, warn: () => {} },
  } as unknown as CommandOptions);
  engine.send = (name, args, by) =>
    (handlers[name] as unknown as (args: unknown, by: Asker) => Promise<never>)(args, by);
  const boriss = await addKey(db, "agent", company.boris);
  const send = async (
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    url: string,
    key: string,
    body?: object,
  ) => {
    const answer = await ask(method, url, key, body);
    // biome-ignore lint/suspicious/noExplicitAny: answers are read freely in tests.
    return { status: answer.statusCode, body: (answer.body === "" ? undefined : answer.json()) as any };
  };
  /** The record of a placed call, as if it were over. */
  const over = async (
    callId: string,
    {
      dialled = true,
      talkMs = null,
      ending = "no_answer",
    }: { dialled?: boolean; talkMs?: number | null; ending?: string } = {},
  ): Promise<void> => {
    const at = new Date();
    const attempt = await db
      .selectFrom("attempt")
      .selectAll()
      .where("call_id", "=", callId)
      .executeTakeFirstOrThrow();
    await db
      .insertInto("call")
      .values({
        ...{
          id: callId,
          linkedid: attempt.id,
          type: "outbound",
          from_number: null,
          to_number: attempt.number,
        },
        ...{ line_id: null, queue_id: null, contact_id: attempt.contact_id, owner_id: null, cause: null },
        ...{
          agent_id: attempt.agent_id,
          first_offered_id: null,
          arrived_at: at,
          ended_at: at,
          wait_ms: null,
        },
        ...{
          connected_at: talkMs === null ? null : at,
          talk_ms: talkMs,
          ending,
          culprit: "theirs",
          fallback: false,
        },
        ...{ wrap_up_ms: null, forwarded_to: null, retention_days: null },
      })
      .execute();
    const leg = {
      call_id: callId,
      name: "PJSIP/x",
      started_at: at,
      answered_at: talkMs === null ? null : at,
      ended_at: at,
    };
    const legs = [
      {
        ...leg,
        channel: attempt.id,
        agent_id: attempt.agent_id,
        cause: 16,
        to_number: null,
        talk_ms: talkMs,
      },
    ];
    if (dialled)
      legs.push({
        ...leg,
        channel: `${attempt.id}.far`,
        agent_id: null,
        cause: 16,
        to_number: attempt.number as never,
        talk_ms: talkMs,
      });
    await db.insertInto("call_leg").values(legs).execute();
  };
  return { ...company, asked, told, floor, says, looks, handlers, boriss, send, over };
}
