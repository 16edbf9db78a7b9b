/**
 * Who may do what: the one table (ROLE-03…06). A route names its permission; a server with a route that names
 * none does not start.
 */
import type { Role } from "../store/tables.ts";

/** `own`: only what belongs to the key's agent; everything else does not exist for it (answers 404). */
export type Scope = "all" | "own";

export const PERMISSIONS = [
  "me:read",
  "agents:read",
  "agents:write",
  "agents:state",
  "agents:phone",
  "queues:read",
  "queues:write",
  "queues:simulate",
  "lines:read",
  "lines:write",
  "settings:read",
  "sounds:read",
  "sounds:write",
  "menus:read",
  "menus:write",
  "trunks:read",
  "trunks:write",
  "tariffs:read",
  "tariffs:write",
  "charges:read",
  "numbers:read",
  "numbers:write",
  "numbers:verify",
  "contacts:read",
  "contacts:write",
  "contacts:delete",
  "calls:read",
  "calls:control",
  "callbacks:read",
  "callbacks:manage",
  "deferred:read",
  "deferred:manage",
  "scenarios:read",
  "scenarios:write",
  "topics:read",
  "topics:write",
  "company:read",
  "company:write",
  "calls:supervise",
  "recordings:read",
  "recordings:pause",
  "recordings:manage",
  "audit:read",
  "keys:read",
  "keys:write",
  "stream:read",
  "statistics:read",
  "webhooks:read",
  "webhooks:write",
  "notices:read",
  "notices:write",
  "metrics:read",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const ADMIN = Object.fromEntries(PERMISSIONS.map((permission) => [permission, "all"])) as Record<
  Permission,
  Scope
>;

export const ROLES: Readonly<Record<Role, Readonly<Partial<Record<Permission, Scope>>>>> = {
  admin: ADMIN,
  supervisor: {
    "me:read": "all",
    "agents:read": "all",
    "agents:state": "all",
    "queues:read": "all",
    "queues:write": "all",
    "queues:simulate": "all",
    "lines:read": "all",
    "settings:read": "all",
    "sounds:read": "all",
    "menus:read": "all",
    "trunks:read": "all",
    "numbers:read": "all",
    "contacts:read": "all",
    "contacts:write": "all",
    "contacts:delete": "all",
    "calls:read": "all",
    "calls:control": "all",
    "callbacks:read": "all",
    "callbacks:manage": "all",
    "deferred:read": "all",
    "deferred:manage": "all",
    "scenarios:read": "all",
    "topics:read": "all",
    "company:read": "all",
    "calls:supervise": "all",
    "recordings:read": "all",
    "notices:read": "all",
    "notices:write": "all",
    "metrics:read": "all",
    "recordings:pause": "all",
    "stream:read": "all",
    "statistics:read": "all",
  },
  agent: {
    "me:read": "own",
    "agents:read": "own",
    "agents:state": "own",
    "agents:phone": "own",
    "queues:read": "own",
    "lines:read": "own",
    "numbers:read": "own",
    "numbers:verify": "own",
    "contacts:read": "own",
    "contacts:write": "own",
    "calls:read": "own",
    "calls:control": "own",
    "deferred:read": "own",
    "deferred:manage": "own",
    "scenarios:read": "own",
    "topics:read": "own",
    "company:read": "own",
    "recordings:read": "own",
    "notices:read": "own",
    "notices:write": "own",
    "recordings:pause": "own",
    "stream:read": "own",
  },
};

/** How far a role's permission reaches; undefined: not at all. */
export function scopeOf(role: Role, permission: Permission): Scope | undefined {
  return ROLES[role][permission];
}
