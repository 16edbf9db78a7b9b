/**
 * Keeps one connection standing: opens it, notices that it is lost, opens it again, for ever.
 *
 *   down ──connect()──▶ connecting ──stands──▶ up
 *                         ▲    │ failed         │ lost
 *                         └─── wait (back-off) ◀┘          close() from anywhere ──▶ closed
 *
 * The waiting time doubles from `minMs` to `maxMs` with jitter, so that several engines do not come back
 * in step after Asterisk restarts. Both ARI drivers and AMI share it.
 */

export type LinkState = "connecting" | "up" | "down" | "closed";

/** What we need of a log; pino satisfies it. */
export interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
}

export interface LinkOptions {
  /** For the log: `ari`, `ami`. */
  readonly name: string;
  /**
   * One attempt. Resolves with a function that ends the connection once it is of use, rejects if it cannot
   * be had. `lost` reports the end of it, at any time; `retryMs` replaces the back-off once. `signal` tells
   * an attempt under way that nobody waits for it any more.
   */
  readonly open: (lost: Lost, signal: AbortSignal) => Promise<() => Promise<void>>;
  /** Whether a failed first attempt should reject `connect()` (a wrong password) instead of being tried again. */
  readonly fatal: (error: unknown) => boolean;
  /** What a pending `connect()` rejects with when we are closed first. */
  readonly closedError: () => Error;
  readonly minMs: number;
  readonly maxMs: number;
  readonly log: Log;
}

export type Lost = (reason: string, retryMs?: number) => void;

interface Attempt {
  readonly abort: AbortController;
  lost?: { reason: string; retryMs: number | undefined };
}

/** A connection that is made again whenever it is lost. */
export class Link {
  readonly #options: LinkOptions;
  #state: LinkState = "down";
  #attempt: Attempt | undefined;
  #end: (() => Promise<void>) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #first: PromiseWithResolversLike | undefined;
  #everUp = false;
  #upAt = 0;
  onConnected: () => void = () => {};
  onLost: (reason: string) => void = () => {};

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Starts; settles when the first connection stands or `fatal` says that it never will. */
  connect(): Promise<void> {
    if (this.#state === "closed") return Promise.reject(this.#options.closedError());
    if (!this.#first) {
      this.#first = withResolvers();
      // Whoever awaits it still sees the rejection; whoever does not must not lose the process.
      this.#first.promise.catch(() => {});
      this.#try();
    }
    return this.#first.promise;
  }

  /** Ends the connection and all further attempts. */
  async close(): Promise<void> {
    if (this.#state === "closed") return;
    const end = this.#end;
    this.#state = "closed";
    if (!end) this.#attempt?.abort.abort();
    this.#attempt = undefined;
    this.#end = undefined;
    clearTimeout(this.#timer);
    if (!this.#everUp) this.#first?.reject(this.#options.closedError());
    await end?.();
  }

  #try(): void {
    const attempt: Attempt = { abort: new AbortController() };
    this.#attempt = attempt;
    this.#state = "connecting";
    const lost: Lost = (reason, retryMs) => {
      if (attempt.lost) return;
      attempt.lost = { reason, retryMs };
      if (this.#attempt === attempt && this.#state === "up") this.#drop(attempt.lost);
    };
    this.#options.open(lost, attempt.abort.signal).then(
      (end) => this.#opened(attempt, end),
      (error: unknown) => this.#failed(attempt, error),
    );
  }

  #opened(attempt: Attempt, end: () => Promise<void>): void {
    if (this.#attempt !== attempt) {
      end().catch(() => {});
      return;
    }
    this.#end = end;
    this.#state = "up";
    this.#everUp = true;
    this.#upAt = performance.now();
    this.#options.log.info({ link: this.#options.name }, "connected");
    this.#first?.resolve();
    this.#guard(this.onConnected);
    if (attempt.lost) this.#drop(attempt.lost);
  }

  #failed(attempt: Attempt, error: unknown): void {
    if (this.#attempt !== attempt) return;
    const reason = error instanceof Error ? error.message : String(error);
    if (!this.#everUp && this.#options.fatal(error)) {
      this.#state = "down";
      this.#attempt = undefined;
      this.#first?.reject(error);
      this.#first = undefined;
      return;
    }
    // The first failures tell what is wrong; a long outage must not fill the log.
    if (this.#failures < 5 || this.#failures % 30 === 0)
      this.#options.log.warn({ link: this.#options.name, reason }, "no connection");
    this.#retry(attempt.lost?.retryMs);
  }

  #drop(lost: { reason: string; retryMs: number | undefined }): void {
    const end = this.#end;
    this.#end = undefined;
    // A connection that falls at once, again and again, must not be made anew in a tight loop.
    if (performance.now() - this.#upAt > this.#options.maxMs) this.#failures = 0;
    this.#options.log.warn({ link: this.#options.name, reason: lost.reason }, "connection lost");
    this.#retry(lost.retryMs);
    end?.().catch(() => {});
    this.#guard(() => this.onLost(lost.reason));
  }

  #retry(retryMs: number | undefined): void {
    const { minMs, maxMs } = this.#options;
    const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(this.#failures, 20));
    this.#failures += 1;
    this.#state = "down";
    this.#timer = setTimeout(() => this.#try(), retryMs ?? ceiling * (0.5 + Math.random() / 2));
  }

  #guard(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#options.log.warn({ link: this.#options.name, err: error }, "a listener of the link failed");
    }
  }
}

interface PromiseWithResolversLike {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** `Promise.withResolvers` comes with Node 22. */
function withResolvers(): PromiseWithResolversLike {
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
