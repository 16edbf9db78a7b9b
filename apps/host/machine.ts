/** Is this a machine that we can run on at all? */
import { arch, platform } from "node:os";
import { HostError } from "./problem.ts";

const ARCHITECTURES = ["x64", "arm64"];

/** @throws HostError in one sentence when the kernel or the processor is not one of ours. */
export function checkMachine(kernel: string = platform(), processor: string = arch()): void {
  if (kernel !== "linux") throw new HostError(`Dozvon runs on Linux; this is ${kernel}.`);
  if (!ARCHITECTURES.includes(processor))
    throw new HostError(`Dozvon runs on ${ARCHITECTURES.join(" and ")} processors; this is ${processor}.`);
}
