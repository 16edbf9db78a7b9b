/**
 * Ports for tests, so that they run side by side: of one run, of two checkouts, and beside what else the machine does.
 *
 * A test program has a range of its own, and the kernel keeps it: whoever listens at a range's first port has it, and
 * loses it with its process. All ranges are below those that the kernel itself takes for connections (from 32768 on).
 */
import { createServer, type Server } from "node:net";

/** Ports of a range, in order: the first one (the lock), services of instances (TCP), Asterisk's RTP, peers. */
const FIRST = 12_000;
const PER_RANGE = 1600;
const RANGES = 12;
const SERVICES = 60;
const RTP = 300;

/** From and to, both included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

let base: Promise<number> | undefined;
let nextService = 1;

/** Free TCP ports on loopback, all different, which no other test program is given. */
export async function freePorts(count: number): Promise<number[]> {
  const from = await ownRange();
  const ports: number[] = [];
  for (let tries = 0; ports.length < count && tries < SERVICES; tries++) {
    const port = from + nextService;
    nextService = (nextService % (SERVICES - 1)) + 1;
    const server = await listen(port);
    if (!server) continue;
    await new Promise((resolve) => server.close(resolve));
    ports.push(port);
  }
  if (ports.length < count) throw new Error(`fewer than ${count} ports from ${from} on are free`);
  return ports;
}

/** This program's UDP ports for the RTP of an instance: 150 channels. */
export async function rtpPorts(): Promise<PortRange> {
  const from = (await ownRange()) + SERVICES;
  return { from, to: from + RTP - 2 };
}

/** This program's UDP ports for SIPp peers. */
export async function peerPorts(): Promise<PortRange> {
  const from = await ownRange();
  return { from: from + SERVICES + RTP, to: from + PER_RANGE - 1 };
}

function ownRange(): Promise<number> {
  base ??= takeRange();
  return base;
}

async function takeRange(): Promise<number> {
  for (let index = 0; index < RANGES; index++) {
    const from = FIRST + index * PER_RANGE;
    const lock = await listen(from);
    if (!lock) continue;
    lock.unref();
    return from;
  }
  throw new Error(`all ${RANGES} ranges of ports are taken: too many tests at once`);
}

/** Resolves with nothing when the port is taken. */
async function listen(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(server));
  });
}
