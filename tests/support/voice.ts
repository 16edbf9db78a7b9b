/**
 * Somebody who speaks a tone of their own and hears what comes: a peer's mouth and ears, while SIPp does the signalling.
 * What is asked of them is what they heard on the wire, not what anybody believes they hear.
 */
import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import type { SippPeer } from "../../apps/peers/sipp.ts";
import { toneShare, writeTone } from "./sound.ts";
import { until } from "./until.ts";

const FRAME = 160;
const FRAME_MS = 20;
/** So much of what was heard last is asked about. */
const MEMORY_FRAMES = 20;

/** One voice at one address. */
export class Voice {
  readonly hertz: number;
  readonly port: number;
  readonly #socket: Socket;
  readonly #tone: Buffer;
  readonly #timer: NodeJS.Timeout;
  #peers: SippPeer[] = [];
  #sequence = 0;
  #heard: { at: number; samples: Float64Array }[] = [];

  constructor(socket: Socket, address: string, tone: Buffer, hertz: number) {
    this.hertz = hertz;
    this.port = socket.address().port;
    this.#socket = socket;
    this.#tone = tone;
    socket.on("message", (packet) => this.#hear(packet));
    this.#timer = setInterval(() => this.#speak(address), FRAME_MS);
  }

  /** Speaks in this peer's calls: to where the peer was told to send its voice last. */
  lend(peer: SippPeer): SippPeer {
    this.#peers.push(peer);
    return peer;
  }

  /** Waits until exactly these voices (and perhaps nobody) are heard, and no other of `all`. */
  async hears(
    what: string,
    expected: readonly Voice[],
    all: readonly Voice[],
    withinMs = 12_000,
  ): Promise<void> {
    const since = Date.now();
    let last = "";
    await until(
      `${what} (${this.hertz} Hz hears ${expected.map((voice) => voice.hertz).join(", ") || "nobody"})`,
      () => {
        const shares = this.#shares(all, since);
        last = JSON.stringify(shares);
        if (!shares) return expected.length === 0 && Date.now() - since > 600;
        return all.every((voice) => {
          if (voice === this) return true;
          const share = shares[voice.hertz] ?? 0;
          return expected.includes(voice) ? share > 0.15 : share < 0.02;
        });
      },
      withinMs,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; last: ${last}`);
    });
  }

  /** A voice's share of what was heard in the last moments, 0 to 1. */
  heardOf(other: Voice, all: readonly Voice[]): number {
    return this.#shares(all, 0)?.[other.hertz] ?? 0;
  }

  /** Waits until something is heard that is no voice: music. */
  async hearsMusic(all: readonly Voice[]): Promise<void> {
    await this.hears("only music", [], all);
    await until(`${this.hertz} Hz hears music`, () =>
      this.#heard.slice(-50).some(({ samples }) => loud(samples)),
    );
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  /** Each voice's share of what was heard in the last moments; undefined: nothing was. */
  #shares(all: readonly Voice[], since: number): Record<number, number> | undefined {
    const recent = this.#heard
      .filter((frame) => frame.at > since && frame.at > Date.now() - 1500)
      .slice(-MEMORY_FRAMES);
    if (recent.length < MEMORY_FRAMES) return undefined;
    const samples = Float64Array.from(recent.flatMap((frame) => [...frame.samples]));
    return Object.fromEntries(all.map((voice) => [voice.hertz, toneShare(samples, voice.hertz)]));
  }

  #hear(packet: Buffer): void {
    if (packet.length < 12 || (packet[1] ?? 0) % 128 !== 0) return;
    const samples = Float64Array.from(packet.subarray(12), fromMulaw);
    this.#heard.push({ at: Date.now(), samples });
    if (this.#heard.length > 200) this.#heard = this.#heard.slice(-100);
  }

  #speak(address: string): void {
    const port = this.#remote();
    if (port === undefined) return;
    const packet = Buffer.alloc(12 + FRAME);
    packet[0] = 0x80;
    packet.writeUInt16BE(this.#sequence % 65_536, 2);
    packet.writeUInt32BE((this.#sequence * FRAME) >>> 0, 4);
    packet.writeUInt32BE(this.hertz, 8);
    this.#tone.copy(packet, 12, (this.#sequence * FRAME) % this.#tone.length);
    this.#sequence++;
    this.#socket.send(packet, port, address);
  }

  #port: { port: number | undefined; readAt: number } = { port: undefined, readAt: 0 };

  /** The notes are read a few times a second. */
  #remote(): number | undefined {
    if (Date.now() - this.#port.readAt < 250) return this.#port.port;
    const known = this.#peers.flatMap((peer) => peer.media() ?? []);
    this.#port = { port: known.sort((one, other) => one.at - other.at).at(-1)?.port, readAt: Date.now() };
    return this.#port.port;
  }
}

/**
 * A voice at an address of loopback.
 * @param asterisk where Asterisk listens for RTP
 * @param folder where the tone is kept
 */
export async function voice(
  address: string,
  asterisk: string,
  hertz: number,
  folder: string,
): Promise<Voice> {
  const path = `${folder}/voice-${hertz}.ulaw`;
  writeTone(path, hertz);
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return new Voice(socket, asterisk, readFileSync(path), hertz);
}

function loud(samples: Float64Array): boolean {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length > 10_000;
}

/** ITU-T G.711: one byte as a sample. */
function fromMulaw(byte: number): number {
  const bits = ~byte & 0xff;
  const size = (((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7);
  return bits & 0x80 ? 0x84 - size : size - 0x84;
}
