/** The soak's SIPp processes: one for each kind of customer, and one for all the agents' phones. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PHONE_ADDRESS, socketsAt, TRUNK_ADDRESS, takePort } from "../../apps/peers/sipp.ts";
import { sippRun } from "../../bench/instance.ts";
import { registerAllScenario } from "../../bench/sipp.ts";
import type { Scene, TestAgent } from "../support/scene.ts";
import { writeTone } from "../support/sound.ts";
import { customerRows, type Kind, phoneRows, TONES } from "./plan.ts";
import * as scenarios from "./scenarios.ts";

export class Peers {
  /** Where they keep their plans and logs. */
  readonly folder: string;
  readonly #scene: Scene;
  readonly #draw: () => number;

  constructor(scene: Scene, draw: () => number) {
    this.folder = join(scene.place.folder, "soak");
    this.#scene = scene;
    this.#draw = draw;
    mkdirSync(this.folder, { recursive: true });
  }

  /** Customers who call this number, so many each second. */
  customers(kind: Kind | "probe", number: string, count: number, rate: number) {
    const xml = scenarios.customers(this.#tone(kind), kind === "menu" ? "1" : undefined);
    return this.#start(kind, xml, TRUNK_ADDRESS, takePort(), [
      ...this.#table(kind, customerRows(kind, number, count, this.#draw)),
      ...["-m", String(count), "-r", String(Math.round(rate * 1000)), "-rp", "1000000", "-l", "2000"],
    ]);
  }

  /**
   * Registers all phones at one port, and lets them answer there.
   * @param calls for so many there is a plan
   * @throws Error when Asterisk does not accept them
   */
  async phones(agents: readonly TestAgent[], calls: number) {
    const port = takePort();
    const accounts = agents.map(({ account: { username, password } }) => {
      return `${username};[authentication username=${username} password=${password}]`;
    });
    const registered = this.#start("register", registerAllScenario(), PHONE_ADDRESS, port, [
      ...this.#table("accounts", accounts),
      ...["-m", String(agents.length), "-r", "20"],
    ]);
    const code = await registered.done;
    if (code !== 0) throw new Error(`the phones are not registered: SIPp ended with ${code}`);
    const plan = this.#table("phones", phoneRows(calls, this.#draw));
    const xml = scenarios.phones(this.#tone("agent"));
    return this.#start("phones", xml, PHONE_ADDRESS, port, [...plan, "-aa"]);
  }

  /** One SIPp process; all its calls share one media port. */
  #start(name: string, xml: string, address: string, port: number, extra: string[]) {
    const { address: host, port: remote } = this.#scene.place.asterisk;
    const errors = ["-trace_err", "-error_file", `${name}.err`];
    return sippRun(this.#scene.place.sipp, this.folder, name, xml, [
      ...[...socketsAt(address, port), ...errors, ...extra, `${host}:${remote}`],
    ]);
  }

  #tone(name: keyof typeof TONES): string {
    return writeTone(join(this.folder, `${name}.ulaw`), TONES[name]);
  }

  #table(name: string, rows: readonly string[]): string[] {
    writeFileSync(join(this.folder, `${name}.csv`), ["SEQUENTIAL", ...rows].join("\n"), { mode: 0o600 });
    return ["-inf", `${name}.csv`];
  }
}
