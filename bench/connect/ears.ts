/**
 * The agents' ears: where their phones want audio. What counts is the customer's sound in RTP that arrives there, not
 * what anybody believes is bridged.
 */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { linear } from "../../tests/support/ear.ts";
import { toneShare } from "../../tests/support/sound.ts";
import { CUSTOMER_HERTZ } from "./plan.ts";

const HEADER_BYTES = 12;
const FRAME_BYTES = 160;
const ULAW_SILENCE = 0xff;
/** Of the energy of a packet; a beep may sound with it. */
const LEAST_SHARE = 0.2;
/** Mean square of samples below which nobody hears anything. */
const LEAST_LOUD = 10_000;
/** Sound after so long without it is another customer's. */
const PAUSE_MS = 150;

/** One agent's ear. */
export class Ear {
  readonly #socket: Socket;
  #last = 0;
  readonly #onsets: number[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (packet, from) => this.#hear(packet, from));
  }

  /** When a customer was first heard between these times (milliseconds since 1970). */
  heard(from: number, to: number): number | undefined {
    return this.#onsets.find((at) => at >= from && at < to);
  }

  close(): void {
    this.#socket.close();
  }

  #hear(packet: Buffer, from: RemoteInfo): void {
    const at = performance.timeOrigin + performance.now();
    // Version 2, payload type 0: anything else is no µ-law audio.
    if (packet.length <= HEADER_BYTES || (packet[0] ?? 0) >> 6 !== 2 || ((packet[1] ?? 0) & 0x7f) !== 0)
      return;
    this.#answer(packet, from);
    const samples = linear(packet.subarray(HEADER_BYTES));
    const loud = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
    if (loud < LEAST_LOUD || toneShare(samples, CUSTOMER_HERTZ) < LEAST_SHARE) return;
    if (at - this.#last > PAUSE_MS) this.#onsets.push(at);
    this.#last = at;
  }

  /** The agent is silent, as a phone is: packet for packet. */
  #answer(packet: Buffer, { port, address }: RemoteInfo): void {
    const reply = Buffer.alloc(HEADER_BYTES + FRAME_BYTES, ULAW_SILENCE);
    packet.copy(reply, 0, 0, HEADER_BYTES);
    reply[1] = 0;
    this.#socket.send(reply, port, address);
  }
}

/** The ears of these short numbers; the port of each is `firstDigit` and the short number. */
export interface Ears {
  readonly firstDigit: number;
  readonly of: ReadonlyMap<number, Ear>;
  close(): void;
}

/**
 * Opens them.
 * @throws Error when no first digit has all of its ports free
 */
export async function openEars(address: string, shortNumbers: readonly number[]): Promise<Ears> {
  for (const firstDigit of [1, 2, 3, 5]) {
    const bound = await Promise.allSettled(
      shortNumbers.map((short) => bind(address, Number(`${firstDigit}${short}`))),
    );
    const sockets = bound.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    if (sockets.length === shortNumbers.length) {
      const of = new Map(shortNumbers.map((short, place) => [short, new Ear(sockets[place] as Socket)]));
      return {
        firstDigit,
        of,
        close: () => {
          for (const ear of of.values()) ear.close();
        },
      };
    }
    for (const socket of sockets) socket.close();
  }
  throw new Error("the ears' ports are taken");
}

function bind(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", reject);
    socket.bind(port, address, () => resolve(socket));
  });
}
