/** Trunks: do those through which calls are placed answer. */
import { ApiClient } from "../peers/client.ts";
import type { Check } from "./finding.ts";

interface Trunk {
  readonly name: string;
  readonly host: string | null;
  readonly port: number;
  readonly live: { readonly state: string };
}

/** Asks this instance's API. */
export function trunkCheck(url: string, key: string): Check {
  return {
    name: "trunks",
    hint: "calls through it end at once: look at its host and port, and whether the far end answers OPTIONS from here",
    look: async () => {
      const { items } = await new ApiClient(url, key).get<{ items: Trunk[] }>("/v1/trunks");
      const away = items.filter(({ live }) => live.state === "unreachable");
      const names = away.map(({ name, host, port }) => `«${name}» (${host}:${port})`);
      if (away.length > 0) return { ok: false, text: `unreachable: ${names.join(", ")}` };
      const dialling = items.filter(({ host }) => host !== null).length;
      return `${items.length} known, ${dialling} with a host, through which calls are placed`;
    },
  };
}
