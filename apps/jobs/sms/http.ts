/**
 * SMS by a gateway that takes JSON over HTTP: POST {id, to, text} with a bearer token. Whatever a provider wants
 * otherwise, a few lines between it and us can turn. The address is the administrator's own, from the configuration.
 */
import { Refused } from "../mail/port.ts";
import type { SmsPort } from "./port.ts";

const PATIENCE_MS = 15_000;

/** @param token sent as `Authorization: Bearer`; empty: no such header */
export function httpSms(url: string, token: string, timeoutMs = PATIENCE_MS): SmsPort {
  return {
    async send({ id, to, text }) {
      const response = await fetch(url, {
        method: "POST",
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
        headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ id, to, text }),
      });
      await response.body?.cancel();
      if (response.ok) return "sent";
      const said = `the gateway answered ${response.status}`;
      const forGood =
        response.status >= 400 && response.status < 500 && ![408, 425, 429].includes(response.status);
      throw forGood ? new Refused(said) : new Error(said);
    },
  };
}
