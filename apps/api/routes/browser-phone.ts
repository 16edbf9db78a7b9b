/** The agent's own browser as a phone: what the page that registers it has to know (LINE-12). */
import { SIP_REALM } from "../../core/agents/sip-realm.ts";
import { phoneAccount } from "../../store/reads/agents.ts";
import { audit } from "../../store/writes/audit.ts";
import type { Api, ApiContext, BrowserPhones } from "../context.ts";
import { notFound, Problem } from "../problem.ts";
import { BrowserPhone } from "../schemas/browser-phone.ts";
import { IdParams } from "../schemas/common.ts";
import { ownId } from "./agents.ts";

const SDP_NAMES = { opus: "opus", g722: "G722", alaw: "PCMA", ulaw: "PCMU" } as const;

/** Adds the route. */
export function browserPhoneRoutes(api: Api, { db, browserPhones }: ApiContext): void {
  api.get(
    "/v1/agents/:id/webrtc",
    {
      config: { permission: "agents:phone" },
      schema: {
        tags: ["agents"],
        summary: "Show what a browser needs to be this agent's phone",
        description:
          "For the page that registers the browser, for instance with JsSIP or SIP.js. With a secret: audited, and an agent's key sees only its own. 409 when the agent's callMode is not webrtc, or browser phones are switched off.",
        "x-ledger": ["LINE-11", "LINE-12"],
        params: IdParams,
        response: { 200: BrowserPhone },
      },
    },
    async (request, reply) => {
      const id = ownId(request.caller, request.params.id);
      const account = await phoneAccount(db, id);
      if (!account) throw notFound("agent");
      const phones = required(browserPhones, account.callMode);
      await audit(db, {
        by: request.caller,
        action: "agent.phone-account-shown",
        subjectType: "agent",
        subjectId: id,
      });
      reply.header("cache-control", "no-store");
      const { hostname } = new URL(phones.websocketUrl);
      return {
        websocketUrl: phones.websocketUrl,
        sipUri: `sip:${account.phone}@${hostname}`,
        displayName: account.name,
        authorizationUser: account.phone,
        realm: SIP_REALM,
        ha1: account.digest,
        iceServers: phones.stun.length === 0 ? [] : [{ urls: [...phones.stun] }],
        codecs: phones.codecs.map((codec) => SDP_NAMES[codec as keyof typeof SDP_NAMES]),
      };
    },
  );
}

/** @throws Problem 409 naming the field or the setting */
function required(phones: BrowserPhones | undefined, callMode: string): BrowserPhones {
  if (!phones)
    throw conflict(
      "no-browser-phones",
      "DOZVON_WSS_PORT",
      "browser phones are switched off here; it switches them on",
    );
  if (callMode !== "webrtc")
    throw conflict(
      "not-a-browser-phone",
      "callMode",
      `is ${callMode}; only with webrtc is a browser the agent's phone`,
    );
  return phones;
}

function conflict(code: string, field: string, message: string): Problem {
  return new Problem(409, code, `${field}: ${message}.`, [{ field, message }]);
}
