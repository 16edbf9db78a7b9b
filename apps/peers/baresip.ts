/**
 * baresip as an agent's phone: a softphone that people really use, without a sound card. It registers, answers
 * by itself, speaks a file and writes down what it hears.
 */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Baresip } from "../host/peers.ts";
import type { Account } from "./sipp.ts";

/** Where softphones live; SIPp's phones are at 127.0.0.3. */
export const SOFTPHONE_ADDRESS = "127.0.0.4";

/** Where the softphone finds Asterisk, and where it keeps its configuration and what it heard. */
export interface SoftphonePlace {
  readonly baresip: Baresip;
  readonly folder: string;
  readonly asterisk: { readonly address: string; readonly port: number };
  /** As a browser: SIP over WebSocket to that port, DTLS-SRTP and ICE. */
  readonly webrtc?: boolean;
}

export interface SoftphoneBehaviour {
  /** `auto` answers at once, `never` rings. */
  readonly answer: "auto" | "never";
  /** A G.711 µ-law file to speak, over and over; silence without it. */
  readonly speech?: string;
}

const REGISTERED_WITHIN_MS = 10_000;
const STOP_WITHIN_MS = 3000;
const RATE = 8000;
/** No call of a test or a demonstration is longer. */
const SPEECH_SECONDS = 180;
const MODULES = ["g711", "aufile", "sndfile", "auresamp", "account", "uuid", "stdio", "menu", "ctrl_tcp"];
const WEB_MODULES = ["srtp", "dtls_srtp", "ice"];

let next = 0;

/** One running baresip. */
export class Softphone {
  readonly #child: ChildProcess;
  readonly #folder: string;
  #log = "";

  constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    const keep = (text: Buffer): void => {
      this.#log += text.toString("utf8");
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
  }

  /** Everything that baresip has said, e.g. "Call established". */
  log(): string {
    return this.#log;
  }

  has(text: string): boolean {
    return this.#log.includes(text);
  }

  /** WAV files of what was heard ("dec") and said ("enc"), one of each per call. */
  heard(kind: "dec" | "enc" = "dec"): string[] {
    const names = fs.readdirSync(this.#folder).filter((name) => name.endsWith(`-${kind}.wav`));
    return names.sort().map((name) => join(this.#folder, name));
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Hangs up, takes its registration back and ends. */
  async stop(): Promise<void> {
    if (!this.running) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), STOP_WITHIN_MS);
    await gone;
    clearTimeout(late);
  }
}

/**
 * Starts a softphone and waits until it is registered.
 * @throws Error with what baresip said when it does not come so far.
 */
export async function softphone(
  place: SoftphonePlace,
  account: Account,
  behaviour: SoftphoneBehaviour,
): Promise<Softphone> {
  const folder = join(place.folder, `baresip-${String(next++).padStart(2, "0")}-${account.username}`);
  fs.mkdirSync(folder, { recursive: true });
  const port = 31_000 + ((process.pid * 8 + next * 2) % 20_000);
  fs.writeFileSync(join(folder, "voice.wav"), wavOf(behaviour.speech));
  fs.writeFileSync(join(folder, "config"), configOf(place, folder, port));
  fs.writeFileSync(join(folder, "accounts"), accountOf(place, account, behaviour), { mode: 0o600 });
  fs.writeFileSync(join(folder, "contacts"), "");
  const { command, args } = place.baresip.run(["-f", folder]);
  const phone = new Softphone(spawn(command, args, { cwd: folder, stdio: ["pipe", "pipe", "pipe"] }), folder);
  const until = performance.now() + REGISTERED_WITHIN_MS;
  while (!/200 OK \(.*\) \[\d+ binding|registered successfully/.test(phone.log())) {
    if (!phone.running || performance.now() > until) {
      await phone.stop();
      throw new Error(`baresip did not register ${account.username}:\n${phone.log().slice(-2000)}`);
    }
    await pause(25);
  }
  return phone;
}

function configOf({ baresip, webrtc }: SoftphonePlace, folder: string, port: number): string {
  const settings = {
    sip_listen: `${SOFTPHONE_ADDRESS}:${port}`,
    // An address, not "lo": baresip would bind RTP to the interface's first address and fail.
    net_interface: SOFTPHONE_ADDRESS,
    rtp_ports: "40000-49998",
    audio_source: `aufile,${join(folder, "voice.wav")}`,
    audio_player: `aufile,${join(folder, "played.wav")}`,
    audio_alert: `aufile,${join(folder, "rung.wav")}`,
    ausrc_srate: RATE,
    auplay_srate: RATE,
    snd_path: folder,
    ctrl_tcp_listen: `${SOFTPHONE_ADDRESS}:${port + 1}`,
    module_path: baresip.moduleDir,
    rtcp_mux: webrtc ? "yes" : "no",
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} ${value}`);
  const present = [...MODULES, ...WEB_MODULES].filter((name) =>
    fs.existsSync(join(baresip.moduleDir, `${name}.so`)),
  );
  const loads = present.map(
    (name) =>
      `${name === "account" || name === "menu" || name === "ctrl_tcp" ? "module_app" : "module"} ${name}.so`,
  );
  return `${[...lines, ...loads].join("\n")}\n`;
}

function accountOf(
  { asterisk, webrtc }: SoftphonePlace,
  { username, password }: Account,
  { answer }: SoftphoneBehaviour,
): string {
  const parameters = {
    auth_user: username,
    auth_pass: password,
    answermode: answer === "auto" ? "auto" : "manual",
    audio_codecs: "PCMU",
    regint: 120,
    ...(webrtc && { mediaenc: "dtls_srtp", medianat: "ice" }),
  };
  const tail = Object.entries(parameters).map(([key, value]) => `;${key}=${value}`);
  return `<sip:${username}@${asterisk.address}:${asterisk.port};transport=${webrtc ? "ws" : "udp"}>${tail.join("")}\n`;
}

/** baresip's aufile speaks 16 bit WAV only, and baresip hangs up at its end: so it is made long enough. */
function wavOf(speech: string | undefined): Buffer {
  const once = speech ? fs.readFileSync(speech) : Buffer.alloc(RATE, 0xff);
  const coded = Buffer.alloc(SPEECH_SECONDS * RATE, once);
  const wav = Buffer.alloc(44 + coded.length * 2);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + coded.length * 2, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(coded.length * 2, 40);
  coded.forEach((code, index) => {
    wav.writeInt16LE(linear(code), 44 + index * 2);
  });
  return wav;
}

/** One µ-law byte as a 16 bit sample (ITU-T G.711). */
function linear(code: number): number {
  const bits = ~code & 0xff;
  const size = (((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7);
  return bits & 0x80 ? 0x84 - size : size - 0x84;
}
