/**
 * One-time tickets for the live stream: a browser cannot send an Authorization header with a WebSocket, and a key
 * must not stand in an address.
 */
import { randomBytes } from "node:crypto";
import type { Caller } from "../context.ts";
import { hashOf } from "../keys.ts";

export const TICKET_MS = 30_000;
const MOST = 5000;

export interface Tickets {
  issue(holder: Caller): { ticket: string; expiresAt: Date };
  /** The holder, once; undefined when unknown, used or too old. */
  redeem(ticket: string): Caller | undefined;
}

/** Tickets live in memory: after a restart of the API a browser asks for another one. */
export function createTickets(now: () => number = Date.now): Tickets {
  const open = new Map<string, { holder: Caller; until: number }>();
  const sweep = (): void => {
    for (const [hash, { until }] of open) {
      if (until > now() && open.size < MOST) return;
      open.delete(hash);
    }
  };
  return {
    issue(holder) {
      sweep();
      const ticket = randomBytes(32).toString("base64url");
      const until = now() + TICKET_MS;
      open.set(hashOf(ticket), { holder, until });
      return { ticket, expiresAt: new Date(until) };
    },
    redeem(ticket) {
      const hash = hashOf(ticket);
      const entry = open.get(hash);
      open.delete(hash);
      return entry && entry.until > now() ? entry.holder : undefined;
    },
  };
}
