/**
 * A customer's ear: takes the audio that Asterisk really sends (RTP, G.711 µ-law) and tells which tones came in which
 * order.
 */
import { createSocket, type Socket } from "node:dgram";
import { TRUNK_ADDRESS } from "../../apps/peers/sipp.ts";
import { toneShare } from "./sound.ts";

/** Samples of a tone that count as heard: a quarter of a second. A note of the hold music is shorter, or less pure. */
const HEARD_SAMPLES = 2000;
const HEADER_BYTES = 12;

/** A stretch of one tone. */
export interface Stretch {
  readonly tone: string;
  readonly ms: number;
  /** When it began and ended, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

export class Ear {
  readonly port: number;
  readonly #socket: Socket;
  readonly #packets: { at: number; audio: Buffer }[] = [];
  /** Each packet's tone, by the tones that were asked for: whoever listens while it goes on asks again and again. */
  readonly #named = new WeakMap<object, string[]>();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on("message", (packet) => {
      // Version 2, and payload type 0: anything else is no µ-law audio.
      if (
        packet.length > HEADER_BYTES &&
        (packet.readUInt8(0) & 0xc0) === 0x80 &&
        (packet.readUInt8(1) & 0x7f) === 0
      )
        this.#packets.push({ at: Date.now(), audio: Buffer.from(packet.subarray(HEADER_BYTES)) });
    });
  }

  /** Everything that was heard, as it was coded. */
  bytes(): Buffer {
    return Buffer.concat(this.#packets.map(({ audio }) => audio));
  }

  /** Where the inside of a µ-law file was heard (its first byte), or -1. Callers with G.711 get files as they are. */
  findFile(file: Buffer): number {
    // Not from its very edge: the first packet of a file may begin with the end of what was before.
    const middle = file.subarray(file.length >> 2, (file.length >> 2) + 2000);
    return this.bytes().indexOf(middle);
  }

  /**
   * Where a recording was heard (sample), or -1: by the likeness of a piece from its middle, because a file that is
   * not G.711 is coded anew for the call.
   */
  findRecording(samples: Float64Array): number {
    return this.findRecordings(samples)[0] ?? -1;
  }

  /** Every place where it was heard. */
  findRecordings(samples: Float64Array): number[] {
    const places: number[] = [];
    const piece = samples.subarray(samples.length >> 1, (samples.length >> 1) + 800);
    const heard = linear(this.bytes());
    const own = piece.reduce((sum, each) => sum + each * each, 0);
    let energy = 0;
    for (let end = 0; end < heard.length; end++) {
      const start = end - piece.length;
      energy += (heard[end] ?? 0) ** 2 - (start < 0 ? 0 : (heard[start] ?? 0) ** 2);
      // Most places are too loud or too quiet to be looked at closely.
      if (start < -1 || energy < own / 2 || energy > own * 2) continue;
      if (start < (places.at(-1) ?? -1) + piece.length) continue;
      let product = 0;
      for (let index = 0; index < piece.length; index++)
        product += (piece[index] ?? 0) * (heard[start + 1 + index] ?? 0);
      if (product / Math.sqrt(own * energy) > 0.95) places.push(start + 1);
    }
    return places;
  }

  /** The known tones in their order; what is none of them (music, ringing, silence) is left out. */
  heard(tones: Readonly<Record<string, number>>): Stretch[] {
    const stretches: { tone: string; samples: number; from: number; to: number }[] = [];
    const named = this.#names(tones);
    for (const [index, { at, audio }] of this.#packets.entries()) {
      const tone = named[index] ?? "";
      const last = stretches.at(-1);
      if (last?.tone === tone) {
        last.samples += audio.length;
        last.to = at;
      } else stretches.push({ tone, samples: audio.length, from: at, to: at });
    }
    const real = stretches.filter(({ tone, samples }) => tone !== "" && samples >= HEARD_SAMPLES);
    const joined: Stretch[] = [];
    for (const { tone, samples, from, to } of real) {
      const last = joined.at(-1);
      const ms = samples / 8;
      if (last?.tone === tone) joined.splice(-1, 1, { ...last, ms: last.ms + ms, to });
      else joined.push({ tone, ms, from, to });
    }
    return joined;
  }

  #names(tones: Readonly<Record<string, number>>): string[] {
    const names = this.#named.get(tones) ?? [];
    this.#named.set(tones, names);
    for (const { audio } of this.#packets.slice(names.length)) names.push(nameOf(linear(audio), tones));
    return names;
  }

  /** The names alone. */
  order(tones: Readonly<Record<string, number>>): string[] {
    return this.heard(tones).map(({ tone }) => tone);
  }

  close(): void {
    this.#socket.close();
  }
}

/** An ear at the customers' address, or another peer's; its port goes into the peer's behaviour. */
export async function openEar(address = TRUNK_ADDRESS): Promise<Ear> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return new Ear(socket);
}

function nameOf(samples: Float64Array, tones: Readonly<Record<string, number>>): string {
  const names = Object.keys(tones);
  return names.find((name) => toneShare(samples, tones[name] ?? 0) > 0.85) ?? "";
}

/** ITU-T G.711 µ-law to 16-bit samples. */
export function linear(coded: Buffer): Float64Array {
  return Float64Array.from(coded, (code) => {
    const bits = ~code & 0xff;
    const size = (((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7);
    return bits & 0x80 ? 0x84 - size : size - 0x84;
  });
}
