/**
 * A wait that an event ends early; a ring while nobody waits is remembered, `end` ends all waits for good.
 */
export function createWake() {
  let rung = false;
  let ended = false;
  let wakeUp: (() => void) | undefined;
  let endSleep: (() => void) | undefined;
  const pause = (ms: number, hold: (end: () => void) => void) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      hold(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  return {
    ring() {
      rung = true;
      wakeUp?.();
    },
    end() {
      ended = true;
      wakeUp?.();
      endSleep?.();
    },
    /** Until a ring, the end, or the time. */
    async wait(ms: number) {
      if (!rung && !ended)
        await pause(ms, (end) => {
          wakeUp = end;
        });
      wakeUp = undefined;
      rung = false;
    },
    /** Until the end or the time; rings are kept for later. */
    async sleep(ms: number) {
      if (!ended)
        await pause(ms, (end) => {
          endSleep = end;
        });
      endSleep = undefined;
    },
  };
}
