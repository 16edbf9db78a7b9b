/**
 * The jobs process's inside: the outbox becomes jobs, and graphile-worker runs them.
 *
 *   fact + event, one commit ──NOTIFY──▶ dispatch ──add_job──▶ graphile-worker ─▶ deliver │ mail │ sms │ tidy
 *
 * A job that a killed process had in its hands is taken up again at the next start: this process is the only one
 * (`holdAlone`), so whatever is locked then belongs to nobody.
 */
import { Logger, parseCronItems, type Runner, run, runMigrations, type TaskList } from "graphile-worker";
import type { Config } from "../config.ts";
import type { Db } from "../store/database.ts";
import {
  dispatchEvents,
  dispatchMessages,
  JOBS,
  OUTBOX_BATCH,
  tidyOutbox,
  unlockLeftovers,
  wakePumps,
} from "../store/dispatch.ts";
import { listen } from "../store/listen.ts";
import { holdAlone } from "../store/single.ts";
import type { Log } from "./log.ts";
import { mailMissed } from "./mail/missed.ts";
import { logMail } from "./mail/port.ts";
import { smtpMail } from "./mail/smtp.ts";
import { sendMail, sendSms } from "./messages.ts";
import { httpSms } from "./sms/http.ts";
import { logSms } from "./sms/port.ts";
import { parseAllowed } from "./webhooks/address.ts";
import { PATIENCE, type Patience } from "./webhooks/backoff.ts";
import { createPoster, TIMEOUT_MS } from "./webhooks/post.ts";
import { pump } from "./webhooks/pump.ts";

export interface JobsOptions {
  readonly db: Db;
  readonly url: string;
  readonly config: Pick<
    Config,
    "webhookAllow" | "smtpUrl" | "mailFrom" | "smsDriver" | "smsUrl" | "smsToken"
  >;
  readonly log: Log;
  /** This process must end: it may no longer be the only one, or the library gave up. */
  readonly onLost: (why: string) => void;
  readonly patience?: Patience;
  readonly timeoutMs?: number;
}

/** A slow receiver holds one of these for 15 s at most, and mails go first. */
const CONCURRENCY = 10;
const SWEEP_MS = 5000;
/** Notices of one moment are one look. */
const GATHER_MS = 50;

/** Starts working; resolves when jobs are being taken. @throws when the database does not answer */
export async function startJobs(options: JobsOptions): Promise<{ stop(): Promise<void> }> {
  const { db, url, log, onLost, patience = PATIENCE } = options;
  const alone = await holdAlone(url, "jobs", () => onLost("the lock is lost"));
  const logger = libraryLogger(log);
  await runMigrations({ connectionString: url, logger });
  await unlockLeftovers(db);

  const ports = openPorts(options);
  const dispatcher = startDispatcher(db, url, patience, log);
  const tasks: TaskList = {
    [JOBS.deliver]: async (payload) => {
      const pumping = { db, poster: ports.poster, patience, chance: Math.random, now: Date.now };
      await pump(idIn(payload, "webhook"), pumping);
      dispatcher.wake();
    },
    [JOBS.missed]: async (payload) => {
      await mailMissed(db, idIn(payload, "call"));
    },
    [JOBS.mail]: (payload, { job }) =>
      sendMail(db, ports.mail, idIn(payload, "id"), job.attempts >= job.max_attempts),
    [JOBS.sms]: (payload, { job }) =>
      sendSms(db, ports.sms, idIn(payload, "id"), job.attempts >= job.max_attempts),
    [JOBS.tidy]: () => tidyOutbox(db),
  };
  const runner = await run({
    connectionString: url,
    maxPoolSize: CONCURRENCY,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    taskList: tasks,
    parsedCronItems: parseCronItems([{ task: JOBS.tidy, match: "23 * * * *" }]),
    logger,
  });
  watch(runner, onLost);
  dispatcher.wake();
  return {
    async stop() {
      await dispatcher.stop();
      await runner.stop().catch(() => {});
      ports.poster.close();
      ports.mail.close();
      await alone.release();
    },
  };
}

function openPorts({ config, log, timeoutMs = TIMEOUT_MS }: JobsOptions) {
  const { smtpUrl, mailFrom, smsDriver, smsUrl, smsToken, webhookAllow } = config;
  return {
    poster: createPoster({ allowed: parseAllowed(webhookAllow), timeoutMs }),
    mail: smtpUrl ? smtpMail(smtpUrl, mailFrom) : logMail(log),
    sms: smsDriver === "http" && smsUrl ? httpSms(smsUrl, smsToken ?? "") : logSms(log),
  };
}

/** Looks at the outbox when it is told to, and every few seconds; one look at a time. */
function startDispatcher(db: Db, url: string, { awayAfter }: Patience, log: Log) {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  async function look(): Promise<void> {
    do {
      again = false;
      while ((await dispatchEvents(db)) === OUTBOX_BATCH) {}
      while ((await dispatchMessages(db)) >= OUTBOX_BATCH) {}
      await wakePumps(db, awayAfter);
    } while (again && !stopped);
  }
  function wake(): void {
    again = true;
    if (looking || stopped) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      looking = look()
        .catch((error: unknown) => log.warn({ error: String(error) }, "The outbox waits for the database."))
        .finally(() => {
          looking = undefined;
        });
    }, GATHER_MS);
  }
  const listening = listen({ url, channel: "outbox", onNotice: wake, onConnected: wake, log });
  const sweep = setInterval(wake, SWEEP_MS);
  return {
    wake,
    async stop() {
      stopped = true;
      clearInterval(sweep);
      clearTimeout(timer);
      await listening.close();
      await looking;
    },
  };
}

function watch(runner: Runner, onLost: (why: string) => void): void {
  runner.promise.then(
    () => {},
    (error: unknown) => onLost(String(error)),
  );
}

function idIn(payload: unknown, field: string): string {
  return String((payload as Readonly<Record<string, unknown>>)[field]);
}

/** Jobs that fail are told with their reason; what goes well is not. */
function libraryLogger(log: Log): Logger {
  return new Logger(() => (level, message) => {
    if (level === "error") log.error({}, message);
    else if (level === "warning") log.warn({}, message);
  });
}
