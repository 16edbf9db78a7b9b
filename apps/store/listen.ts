/**
 * LISTEN on a connection of its own, reconnecting for ever; after every (re)connect the listener is told, because
 * notices sent in between are lost.
 */
import pg from "pg";

export interface Listening {
  close(): Promise<void>;
}

/** Calls `onNotice(payload)` for each NOTIFY on `channel`, and `onConnected()` after each (re)connect. */
export function listen(options: {
  url: string;
  channel: string;
  onNotice(payload: string): void;
  onConnected(): void;
  onLost?(): void;
  log: { warn(fields: object, text: string): void };
}): Listening {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const connect = async (): Promise<void> => {
    timer = undefined;
    const next = new pg.Client({
      connectionString: options.url,
      application_name: `dozvon-listen-${options.channel}`,
      keepAlive: true,
      connectionTimeoutMillis: 3000,
    });
    let lost = false;
    const lose = (error?: Error): void => {
      if (lost) return;
      lost = true;
      if (client === next) client = undefined;
      next.end().catch(() => {});
      if (closed) return;
      options.onLost?.();
      if (error)
        options.log.warn(
          { error: error.message, channel: options.channel },
          "Listening to the database broke off.",
        );
      timer = setTimeout(connect, 500);
    };
    next.on("error", lose);
    next.on("end", () => lose());
    next.on("notification", (notice) => options.onNotice(notice.payload ?? ""));
    try {
      await next.connect();
      await next.query(`listen ${options.channel}`);
      if (closed) return void next.end();
      client = next;
      options.onConnected();
    } catch (error) {
      lose(error as Error);
    }
  };
  void connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
