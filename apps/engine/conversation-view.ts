/** A conversation as requests about it are answered. */
import type { ConversationView } from "../commands/port.ts";
import type { Target } from "../core/conversation/regroup.ts";
import type { Floor } from "../core/floor.ts";

/** What is known of it now; `over` when it is not on the floor any more. */
export function viewConversation(floor: Floor, id: string): ConversationView {
  const call = floor.calls.get(id);
  const group = call?.regroup;
  const agentId = group?.by ?? call?.agentId;
  const own = agentId === undefined ? undefined : floor.agents.get(agentId)?.call;
  const consulting = group?.kind === "consulting" ? group : undefined;
  return {
    id,
    state: group?.kind ?? (call ? "talking" : "over"),
    agentId: agentId ?? null,
    target: group && "target" in group ? shown(group.target) : null,
    answered: consulting?.answered ?? null,
    acceptanceNeeded: consulting?.acceptanceNeeded ?? null,
    muted: own?.id === id ? (own.muted ?? false) : false,
  };
}

function shown(target: Target): { kind: Target["kind"]; id: string } {
  return { kind: target.kind, id: target.kind === "number" ? target.number : target.id };
}
