/**
 * The people of a bench: one SIPp process is all agents' phones, another one is all customers.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Peer } from "../apps/host/peers.ts";
import type { PeerPlace } from "../apps/peers/sipp.ts";
import { type SippRun, sippRun } from "./instance.ts";
import { registerAllScenario } from "./sipp.ts";
import { shortNumbers } from "./team.ts";

const CUSTOMERS = "127.0.0.2";
const PHONES = "127.0.0.3";

/** SIPp, and where it runs: its files lie in `folder`; `asterisk` is address:port. */
export interface CrowdPlace {
  readonly sipp: Peer;
  readonly folder: string;
  readonly asterisk: string;
  readonly phonePort: number;
}

/** Customers' calls: who calls what, how many a second, and how many at once. */
export interface Load {
  readonly name: string;
  readonly calls: readonly { readonly from: string; readonly to: string }[];
  readonly rate: number;
  readonly atOnce: number;
  readonly scenario: string;
}

export type Crowd = ReturnType<typeof createCrowd>;

export function createCrowd({ sipp, folder, asterisk, phonePort }: CrowdPlace) {
  const run = (name: string, scenario: string, options: readonly string[]): SippRun =>
    sippRun(sipp, folder, name, scenario, [...options, asterisk]);

  /** SIPp's way of handing each call its own words. */
  function csv(name: string, rows: readonly string[]): string[] {
    writeFileSync(join(folder, `${name}.csv`), ["SEQUENTIAL", ...rows].join("\n"));
    return ["-m", String(rows.length), "-inf", `${name}.csv`];
  }

  const [address = "", port] = asterisk.split(":");
  const place: PeerPlace = { sipp, folder, asterisk: { address, port: Number(port) } };

  return {
    /** Where peers of other kinds run. */
    place,

    /** Registers so many agents' phones, all at one port, and then listens there. */
    async phones(agents: number, scenario: string): Promise<SippRun> {
      const at = ["-i", PHONES, "-p", String(phonePort)];
      const accounts = shortNumbers(agents).map(
        (n) => `agent-${n};[authentication username=agent-${n} password=bench]`,
      );
      const all = csv("accounts", accounts);
      await run("register", registerAllScenario(), [...at, "-r", "50", ...all]).done;
      return run("phones", scenario, [...at, "-mi", PHONES, "-aa"]);
    },

    customers({ name, calls, rate, atOnce, scenario }: Load): SippRun {
      const at = ["-i", CUSTOMERS, "-p", String(phonePort + 1), "-mi", CUSTOMERS];
      const all = csv(
        name,
        calls.map(({ from, to }) => `${from};${to}`),
      );
      return run(name, scenario, [...at, "-r", String(rate), "-l", String(atOnce), ...all]);
    },
  };
}
