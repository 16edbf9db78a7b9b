/**
 * What files of scenes begin with: one instance for the whole file, and customers who have never called before.
 */
import t from "tap";
import type { SippPeer } from "../../apps/peers/sipp.ts";
import { openScene, type Scene } from "./scene.ts";

/** Longer than any file of scenes takes; each wait in it has a limit of its own. */
const LIMIT_MS = 420_000;

/** Opens the file's scene: its tests run one after another, each leaves it quiet, and it is closed behind the last. */
export async function sceneOfFile(settings: Record<string, string> = {}): Promise<Scene> {
  t.jobs = 1;
  t.setTimeout(LIMIT_MS);
  const scene = await openScene(settings);
  t.teardown(() => scene.close());
  t.afterEach(() => scene.clear());
  return scene;
}

/** Another number with each call, upwards from the first. */
export function numbersFrom(first: `+${number}`): () => string {
  let next = Number(first);
  return () => `+${next++}`;
}

/** How often a phone, or a carrier's far end, was rung. */
export function rings(peer: Pick<SippPeer, "notes">): number {
  return peer.notes().filter(({ text }) => text.startsWith("rings")).length;
}
