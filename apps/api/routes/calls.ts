/** Calls: what happened, and why. */
import { totalsOf } from "../../core/billing/charge.ts";
import { agentNames } from "../../store/reads/agents.ts";
import { type CallRow, eventsOf, legsOf, listCalls, partsOf } from "../../store/reads/calls.ts";
import { endingOfCall } from "../../store/reads/campaign-list.ts";
import { queueNames } from "../../store/reads/queues.ts";
import { listRecordings, pausedUntil } from "../../store/reads/recordings.ts";
import { chargesOf } from "../../store/reads/tariffs.ts";
import { type Api, type ApiContext, type Caller, onlyAgent } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { rangeFrom } from "../periods.ts";
import { scopeOf } from "../permissions.ts";
import { phoneView, phoneViewOrNull, spellings } from "../phones.ts";
import { notFound } from "../problem.ts";
import * as S from "../schemas/calls.ts";
import { IdParams } from "../schemas/common.ts";
import { iso, isoOrNull } from "../times.ts";
import { explain, idsIn } from "../why.ts";
import { recordingView } from "./recordings.ts";

const tags = ["calls"];
/** A call's story is some dozens of lines; this only keeps a runaway call from filling memory. */
const MOST_EVENTS = 5000;

/** Adds the routes. */
export function callRoutes(api: Api, context: ApiContext): void {
  const { db, country } = context;

  api.get(
    "/v1/calls",
    {
      config: { permission: "calls:read" },
      schema: {
        tags,
        summary: "List calls",
        description: "Newest first; filters are combined. An agent's key sees the calls that concerned it.",
        "x-ledger": ["MISS-04", "ROUTE-12", "LINE-15"],
        querystring: S.CallQuery,
        response: { 200: S.CallPage },
      },
    },
    async (request) => {
      const { from, to, cursor, ...filter } = rangeFrom(request.query);
      const page = await listCalls(db, {
        ...filter,
        from: from === undefined ? undefined : spellings(from, country),
        to: to === undefined ? undefined : spellings(to, country),
        only: onlyAgent(request.caller),
        after: cursorFrom(cursor),
      });
      return shown(page, callView);
    },
  );

  api.get(
    "/v1/calls/:id",
    {
      config: { permission: "calls:read" },
      schema: {
        tags,
        summary: "Show one call",
        description:
          "With its legs, its recording and what it cost. Whose phone only rang sees no recording.",
        "x-ledger": ["WRAP-06", "MISS-02", "XFER-12", "FWD-08"],
        params: IdParams,
        response: { 200: S.CallDetail },
      },
    },
    async (request) => {
      const row = await findCall(context, request.caller, request.params.id);
      const [legs, parts, recordings, paused, charges] = await Promise.all([
        legsOf(db, row.id),
        partsOf(db, row.id),
        listRecordings(db, { callId: row.id, kind: "call", only: onlyAgent(request.caller), limit: 1 }),
        pausedUntil(db, row.id),
        scopeOf(request.caller.role, "charges:read") ? chargesOf(db, row.id) : null,
      ]);
      const [recording] = recordings.items;
      return {
        ...callView(row),
        legs: legs.map((leg) => ({
          ...leg,
          toNumber: phoneViewOrNull(leg.toNumber),
          startedAt: iso(leg.startedAt),
          answeredAt: isoOrNull(leg.answeredAt),
          endedAt: isoOrNull(leg.endedAt),
        })),
        parts: parts.map((part) => ({ ...part, from: iso(part.from), to: isoOrNull(part.to) })),
        charges: charges?.map(chargeView) ?? null,
        chargeTotals: charges && totalsOf(charges),
        recording: recording ? recordingView(recording) : null,
        recordingPausedUntil: isoOrNull(paused),
      };
    },
  );

  api.get(
    "/v1/calls/:id/events",
    {
      config: { permission: "calls:read" },
      schema: {
        tags,
        summary: "The whole story of a call",
        description: "Every line of Asterisk's own record and every decision of ours, in order.",
        "x-ledger": ["WRAP-06"],
        params: IdParams,
        response: { 200: S.EventList },
      },
    },
    async (request) => {
      const { id } = await findCall(context, request.caller, request.params.id);
      const events = await eventsOf(db, id, MOST_EVENTS);
      return { items: events.map((event) => ({ ...event, at: iso(event.at) })) };
    },
  );

  api.get(
    "/v1/calls/:id/why",
    {
      config: { permission: "calls:read" },
      schema: {
        tags,
        summary: "Why did this call go where it went?",
        description: "Each decision with its rule, its reason and everyone who was considered (law L6).",
        "x-ledger": ["ROUTE-02", "ROUTE-03", "ROUTE-04", "ROUTE-05", "ROUTE-07", "ROUTE-11"],
        params: IdParams,
        response: { 200: S.WhyView },
      },
    },
    async (request) => {
      const row = await findCall(context, request.caller, request.params.id);
      const events = await eventsOf(db, row.id, MOST_EVENTS);
      const { agents, queues } = idsIn(events);
      if (row.agentId) agents.add(row.agentId);
      const [agentName, queueName, attemptEnding] = await Promise.all([
        agentNames(db, [...agents]),
        queueNames(db, [...queues]),
        endingOfCall(db, row.id),
      ]);
      const told = explain({ ...row, attemptEnding }, events, { agentName, queueName });
      return { callId: row.id, ...told };
    },
  );
}

/** A call that this key may see. @throws Problem 404 */
export async function findCall({ db }: ApiContext, caller: Caller, id: string): Promise<CallRow> {
  const [row] = (await listCalls(db, { id, only: onlyAgent(caller), limit: 1 })).items;
  if (!row) throw notFound("call");
  return row;
}

/** A call whose conversation this key may know: an agent's key, what it talked in. @throws Problem 404 */
export async function findTalked({ db }: ApiContext, caller: Caller, id: string): Promise<CallRow> {
  const [row] = (await listCalls(db, { id, talked: onlyAgent(caller), limit: 1 })).items;
  if (!row) throw notFound("call");
  return row;
}

function chargeView(charge: Awaited<ReturnType<typeof chargesOf>>[number]) {
  return { ...charge, number: phoneView(charge.number), answeredAt: iso(charge.answeredAt) };
}

/** A call in a list. */
export function callView(row: CallRow) {
  return {
    ...row,
    from: phoneViewOrNull(row.fromNumber),
    to: phoneViewOrNull(row.toNumber),
    forwardedTo: phoneViewOrNull(row.forwardedTo),
    arrivedAt: iso(row.arrivedAt),
    connectedAt: isoOrNull(row.connectedAt),
    endedAt: isoOrNull(row.endedAt),
  };
}
