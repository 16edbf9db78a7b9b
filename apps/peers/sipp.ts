/**
 * SIPp as customers and agents' phones: one process each, on an address and port of its own on loopback.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Peer } from "../host/peers.ts";
import { type Callees, carrierScenario } from "./carrier.ts";
import {
  type CustomerBehaviour,
  colleagueScenario,
  customerScenario,
  type PbxBehaviour,
  type PhoneBehaviour,
  pbxScenario,
  phoneScenario,
  registerScenario,
} from "./scenarios.ts";

/** Where peers find Asterisk, and where they keep their scenarios and logs. */
export interface PeerPlace {
  readonly sipp: Peer;
  readonly folder: string;
  readonly asterisk: { readonly address: string; readonly port: number };
}

/** What a peer noted, by SIPp's own clock (milliseconds since 1970). */
export interface PeerNote {
  readonly at: number;
  readonly text: string;
}

/** The demonstration trunk's address: what comes from here is a customer. */
export const TRUNK_ADDRESS = "127.0.0.2";
/** Where a carrier that we call through lives. */
export const FAR_ADDRESS = "127.0.0.4";
/** Where a company's own PBX lives. */
export const PBX_ADDRESS = "127.0.0.5";
/** Where agents' phones live. */
export const PHONE_ADDRESS = "127.0.0.3";

/** SIPp's media takes two of four ports: audio, and video two above it. */
const STEP = 4;
const MEDIA = /^media (\d+)/;

/** Below where the kernel takes ports for connections (32768), above an instance's usual RTP. */
let range = { from: 20_000, to: 31_999 };
let nextPort = range.from + (process.pid % 100) * 100;
let nextPeer = 0;

/** Programs that run beside each other, such as tests, have ranges of their own for their peers (both ends included). */
export function peerPortsIn(own: { readonly from: number; readonly to: number }): void {
  range = { ...own };
  nextPort = own.from;
}

/** One SIPp process. */
export class SippPeer {
  readonly name: string;
  /** Where it speaks SIP. */
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #log: string;
  /** SIPp's exit code: 0 when every call went as the scenario says. */
  readonly done: Promise<number>;

  constructor(name: string, port: number, child: ChildProcess, log: string) {
    this.name = name;
    this.port = port;
    this.#child = child;
    this.#log = log;
    this.done = new Promise((resolve) =>
      child.once("exit", (code, signal) => resolve(code ?? (signal ? 128 : 1))),
    );
  }

  /** What happened so far, in order. */
  notes(): PeerNote[] {
    return this.#written().filter((note) => !MEDIA.test(note.text));
  }

  /** Where the other side wants to hear us, and since when; undefined before the first call. */
  media(): { readonly at: number; readonly port: number } | undefined {
    const last = this.#written()
      .filter((note) => MEDIA.test(note.text))
      .at(-1);
    return last && { at: last.at, port: Number(MEDIA.exec(last.text)?.[1]) };
  }

  #written(): PeerNote[] {
    if (!existsSync(this.#log)) return [];
    const lines = readFileSync(this.#log, "utf8").split("\n");
    return lines.flatMap((line) => {
      // SIPp's timestamp: date, time and seconds.micros since 1970, tab separated.
      const found = /(\d{9,}\.\d{3,6})\s(.*)$/.exec(line);
      return found ? [{ at: Number(found[1]) * 1000, text: found[2] ?? "" }] : [];
    });
  }

  has(text: string): boolean {
    return this.notes().some((note) => note.text.startsWith(text));
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
    await this.done;
  }
}

/** A customer who calls `number` through the demonstration trunk. */
export function callFromTrunk(place: PeerPlace, number: string, behaviour: CustomerBehaviour): SippPeer {
  const args = ["-s", number, "-m", "1"];
  return start(place, "customer", customerScenario(behaviour), TRUNK_ADDRESS, takePort(), args);
}

/** A SIP account of an agent. */
export interface Account {
  readonly username: string;
  readonly password: string;
}

/**
 * Registers an account and then listens on the same port as its phone.
 * @throws Error when Asterisk does not accept the registration
 */
export async function phone(
  place: PeerPlace,
  account: Account,
  behaviour: PhoneBehaviour,
): Promise<SippPeer> {
  const port = takePort();
  await register(place, account, port, 600);
  return start(place, `phone-${account.username}`, phoneScenario(behaviour), PHONE_ADDRESS, port, ["-aa"]);
}

/** A carrier with many people behind it; as many calls at once as come. No two carriers have one address. */
export function carrier(place: PeerPlace, callees: Callees, address: string = FAR_ADDRESS): SippPeer {
  return carrierOf(place, carrierScenario(callees), address);
}

/** The same with a scenario of one's own. */
export function carrierOf(place: PeerPlace, scenario: string, address: string = FAR_ADDRESS): SippPeer {
  return start(place, "carrier", scenario, address, takePort(), ["-aa"]);
}

/** A carrier's far end: takes the calls that we place to numbers outside, and notes whom it is called as. */
export function farEnd(place: PeerPlace, behaviour: PhoneBehaviour): SippPeer {
  const scenario = phoneScenario(behaviour, { tellDialled: true });
  return start(place, "far-end", scenario, FAR_ADDRESS, takePort(), ["-aa"]);
}

/** Somebody's PBX, where an account of ours registers and through which we call. */
export function pbx(place: PeerPlace, behaviour: PbxBehaviour): SippPeer {
  return start(place, "pbx", pbxScenario(behaviour), PBX_ADDRESS, takePort(), ["-aa"]);
}

/** An agent's phone calls a short number (SOFT-08), from a port of its own. */
export function colleagueCalls(
  place: PeerPlace,
  account: Account,
  shortNumber: string,
  behaviour: { readonly hangUpAfterMs: number },
): SippPeer {
  const port = takePort();
  const csv = writeAccount(place, account, port, 0);
  const args = ["-s", shortNumber, "-m", "1", "-inf", csv];
  return start(place, "colleague", colleagueScenario(behaviour.hangUpAfterMs), PHONE_ADDRESS, port, args);
}

/** Registers (or with 0 seconds unregisters) an account at a port of the phones' address. */
export async function register(
  place: PeerPlace,
  account: Account,
  port: number,
  seconds: number,
): Promise<void> {
  const csv = writeAccount(place, account, port, seconds);
  const peer = start(place, `register-${account.username}`, registerScenario(), PHONE_ADDRESS, port, [
    "-m",
    "1",
    "-inf",
    csv,
  ]);
  const code = await peer.done;
  if (code !== 0)
    throw new Error(`Asterisk did not accept the registration of ${account.username} (SIPp said ${code})`);
}

/** SIPp takes credentials from a file, so that they are not on a command line. */
function writeAccount(place: PeerPlace, account: Account, port: number, seconds: number): string {
  const { username, password } = account;
  const csv = join(place.folder, `account-${username}-${port}.csv`);
  mkdirSync(place.folder, { recursive: true });
  const authentication = `[authentication username=${username} password=${password}]`;
  writeFileSync(csv, `SEQUENTIAL\n${username};${authentication};${seconds}\n`, { mode: 0o600 });
  return csv;
}

function start(
  place: PeerPlace,
  name: string,
  scenario: string,
  address: string,
  port: number,
  extra: readonly string[],
): SippPeer {
  mkdirSync(place.folder, { recursive: true });
  const base = join(place.folder, `${String(nextPeer++).padStart(4, "0")}-${name}`);
  writeFileSync(`${base}.xml`, scenario);
  const { address: host, port: remote } = place.asterisk;
  const { command, args } = place.sipp.run([
    ...["-sf", `${base}.xml`, ...socketsAt(address, port)],
    ...["-nostdin", "-trace_logs", "-log_file", `${base}.log`, "-trace_err", "-error_file", `${base}.err`],
    ...["-timeout", "600", "-recv_timeout", "600000", ...extra, `${host}:${remote}`],
  ]);
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], cwd: place.folder });
  child.stderr?.on("data", (text: Buffer) => appendFileSync(`${base}.err`, text));
  return new SippPeer(name, port, child, `${base}.log`);
}

/**
 * Where a SIPp process binds: SIP, media (two sockets, the second two ports up) and its control socket. Without `-ci`
 * that last one takes its port at every address of the machine, and collides with other SIPps' and Asterisk's media.
 */
export function socketsAt(address: string, port: number): string[] {
  return [
    ...["-i", address, "-p", String(port), "-mi", address, "-mp", String(takePort())],
    ...["-ci", address, "-cp", String(takePort())],
  ];
}

/** A UDP port that nobody has, and the three above it: handed out upwards, from the beginning again after the last. */
export function takePort(): number {
  const taken = takenPorts();
  for (let port = nextPort, tries = 0; tries <= range.to - range.from; tries += STEP) {
    if (port + STEP - 1 > range.to) port = range.from;
    const free = [0, 1, 2, 3].every((each) => !taken.has(port + each));
    nextPort = port + STEP;
    if (free) return port;
    port = nextPort;
  }
  throw new Error(`no UDP port from ${range.from} to ${range.to} is free`);
}

/** SIPp does not look for another port when one is taken; it ends with 254. So the kernel's table is asked before. */
function takenPorts(): Set<number> {
  const rows = readFileSync("/proc/net/udp", "latin1").split("\n").slice(1);
  return new Set(rows.map((row) => Number.parseInt(/^\s*\d+: \w+:(\w+)/.exec(row)?.[1] ?? "0", 16)));
}
