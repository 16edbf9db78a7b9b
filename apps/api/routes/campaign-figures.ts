/** A campaign in figures, its evidence, and whether a number may be dialled. */

import { listWords } from "../../core/dialling/list-words.ts";
import type { AbandonmentPolicy } from "../../core/dialling/policy.ts";
import { localText } from "../../core/routing/wall-clock.ts";

import {
  abandonmentOf,
  attemptFigures,
  listDecisions,
  listFigures,
} from "../../store/reads/campaign-figures.ts";
import { listAbandoned } from "../../store/reads/campaign-list.ts";
import { loadCampaign } from "../../store/reads/campaigns.ts";
import { checkNumber } from "../../store/reads/dial-check.ts";
import { listReasons } from "../../store/reads/list-reasons.ts";
import { previewFigures } from "../../store/reads/previews.ts";
import { agentsNow, warningsOf } from "../campaign-now.ts";
import { type Api, type ApiContext, floorOrNull, onlyAgent } from "../context.ts";
import { type Cell, csvOf } from "../csv.ts";
import { instantFrom, zoneFrom } from "../periods.ts";
import { phoneFrom, phoneView } from "../phones.ts";
import { notFound, wrongField } from "../problem.ts";
import * as S from "../schemas/campaign-figures.ts";
import { IdParams } from "../schemas/common.ts";
import { iso, isoOrNull } from "../times.ts";
import { findCampaign } from "./campaigns.ts";

const tags = ["campaigns"];
const DAY_MS = 86_400_000;

/** Adds the routes. */
export function campaignFigureRoutes(api: Api, context: ApiContext): void {
  const { db, commands, country } = context;

  api.get(
    "/v1/campaigns/:id/status",
    {
      config: { permission: "campaigns:read" },
      schema: {
        tags,
        summary: "How a campaign stands",
        description:
          "What keeps it from dialling (`warnings`), its list by state and by reason, its attempts by ending, abandonment in the policy's window with numerator and denominator, its agents now, and why it dialled as it did last.",
        "x-ledger": ["DIAL-15"],
        params: IdParams,
        querystring: S.StatusQuery,
        response: { 200: S.CampaignStatus },
      },
    },
    async (request) => {
      const { id } = request.params;
      await findCampaign(context, id, onlyAgent(request.caller));
      const campaign = await loadCampaign(db, id);
      if (!campaign) throw notFound("campaign");
      const now = Date.now();
      const { since } = request.query;
      const from = since === undefined ? now - DAY_MS : instantFrom(since, "since");
      const { abandonment: policy } = campaign.policy;
      const [reasons, tried, lost, decisions, previews, floor] = await Promise.all([
        listReasons(db, id, now),
        attemptFigures(db, id, new Date(from)),
        abandonmentOf(db, id, policy, now),
        listDecisions(db, id, 1),
        previewFigures(db, id, new Date(from)),
        floorOrNull(commands),
      ]);
      const list = listFigures(reasons);
      const exceeded = lost.percent !== null && lost.percent > policy.limitPercent;
      return {
        ...{ id, state: campaign.state, mode: campaign.mode },
        warnings: await warningsOf(context, campaign, floor, exceeded),
        list: {
          ...{ ...list, nextAt: isoOrNull(list.nextAt) },
          reasons: reasons.map((reason) => ({
            ...{ ...reason, text: listWords(reason.code), nextAt: isoOrNull(reason.nextAt) },
          })),
        },
        attempts: { since: iso(from), total: tried.attempts, open: tried.open, endings: tried.endings },
        previews,
        abandonment: {
          ...lost,
          since: iso(lost.since),
          limitPercent: policy.limitPercent,
          exceeded,
        },
        agents: floor && agentsNow(floor, campaign),
        connectSeconds: tried.connectSeconds,
        answerSeconds: tried.answerSeconds,
        talkSeconds: tried.talkSeconds,
        pacing: decisions.map(decisionView)[0] ?? null,
      };
    },
  );

  api.get(
    "/v1/campaigns/:id/decisions",
    {
      config: { permission: "campaigns:run" },
      schema: {
        tags,
        summary: "Why a campaign dialled as many as it did",
        description: "The newest decisions of its pacer, each with its reason.",
        "x-ledger": ["DIAL-15"],
        params: IdParams,
        querystring: S.DecisionQuery,
        response: { 200: S.DecisionList },
      },
    },
    async (request) => {
      const { id } = await findCampaign(context, request.params.id);
      return { items: (await listDecisions(db, id, request.query.limit)).map(decisionView) };
    },
  );

  api.get(
    "/v1/campaigns/:id/evidence",
    {
      config: { permission: "campaigns:write" },
      schema: {
        tags,
        summary: "Evidence of abandoned calls",
        description:
          "A file for a spreadsheet: each abandoned call with the times of dial, answer, greeting's end, abandonment, message and end.",
        "x-ledger": ["DIAL-15"],
        params: IdParams,
        querystring: S.EvidenceQuery,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { name, policy } = await findCampaign(context, id);
      const now = Date.now();
      const { since, until } = request.query;
      const from =
        since === undefined ? now - policy.abandonment.windowHours * 3_600_000 : instantFrom(since, "since");
      const to = until === undefined ? now : instantFrom(until, "until");
      if (to <= from) throw wrongField("until", "must be later than since");
      const rows = await listAbandoned(db, id, new Date(from), new Date(to));
      return reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="abandoned-${iso(from).slice(0, 10)}.csv"`)
        .send(
          csvOf(
            EVIDENCE,
            rows.map((row) => evidenceRow(name, policy.abandonment.clock, row)),
          ),
        );
    },
  );

  api.post(
    "/v1/campaigns/check",
    {
      config: { permission: "campaigns:run" },
      schema: {
        tags,
        summary: "May this campaign dial this number now?",
        description: "With everything that the answer rests on. Nobody is taken and nothing is changed.",
        "x-ledger": ["DIAL-02"],
        body: S.CheckRequest,
        response: { 200: S.CheckAnswer },
      },
    },
    async (request) => {
      const { campaignId, zone, at } = request.body;
      await findCampaign(context, campaignId);
      const phone = phoneFrom(request.body.phone, country, "phone");
      const now = at === undefined ? Date.now() : instantFrom(at, "at");
      const campaign = await loadCampaign(db, campaignId);
      if (!campaign) throw notFound("campaign");
      const { verdict, callee, consentId, listed, counted } = await checkNumber(db, campaign, {
        phone,
        now,
        allowed: context.mayDial(phone),
        known: zoneFrom(zone),
      });
      const idle = verdict.allowed && campaign.state !== "running";
      return {
        allowed: verdict.allowed && !idle,
        code: idle ? ("not-running" as const) : verdict.allowed ? null : verdict.code,
        text: idle
          ? `it might, but the campaign is ${campaign.state}`
          : verdict.allowed
            ? null
            : verdict.text,
        notBefore: verdict.allowed ? null : isoOrNull(verdict.notBefore),
        because: {
          phone: phoneView(phone),
          at: iso(now),
          state: campaign.state,
          zones: callee.zones.map((one) => ({ zone: one, clock: localText(one, now) })),
          listed,
          onRefusalList: callee.refusal !== null,
          consentId,
          attempts: { campaign: callee.attempts, ...counted },
          policy: campaign.policy,
        },
      };
    },
  );
}

function decisionView({ at, ...decision }: Awaited<ReturnType<typeof listDecisions>>[number]) {
  return { ...decision, at: iso(at) };
}

const EVIDENCE = [
  ...["campaign", "attempt", "call", "number", "caller number", "dialled at", "answered at"],
  ...[
    "greeting ended at",
    "agent there at",
    "abandoned at",
    "message played at",
    "ended at",
    "seconds without agent",
  ],
];

function evidenceRow(
  campaign: string,
  clock: AbandonmentPolicy["clock"],
  row: Awaited<ReturnType<typeof listAbandoned>>[number],
): Cell[] {
  const from = clock === "answer" ? row.answeredAt : (row.greetingEndedAt ?? row.answeredAt);
  const alone = from && row.abandonedAt ? (row.abandonedAt.getTime() - from.getTime()) / 1000 : null;
  return [
    ...[campaign, row.id, row.callId, row.number, row.callerNumber, iso(row.dialledAt)],
    ...[isoOrNull(row.answeredAt), isoOrNull(row.greetingEndedAt), isoOrNull(row.connectedAt)],
    ...[isoOrNull(row.abandonedAt), isoOrNull(row.messagePlayedAt), isoOrNull(row.endedAt), alone],
  ];
}
