/** An SMTP server of a few lines, on loopback: keeps what it gets, refuses whom it is told to. */

import { type AddressInfo, createServer, type Socket } from "node:net";

export interface SmtpSink {
  readonly url: string;
  readonly mails: { from: string; to: string; text: string }[];
  /** What RCPT is answered from now on; undefined: accepted. */
  refuse: ((to: string) => string | undefined) | undefined;
  close(): Promise<void>;
}

export async function openSmtp(): Promise<SmtpSink> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    let rest = "";
    let data: string[] | undefined;
    let [from, to] = ["", ""];
    const say = (line: string) => socket.write(`${line}\r\n`);
    const hear = (line: string): void => {
      if (data) {
        if (line !== ".") return void data.push(line.replace(/^\./, ""));
        sink.mails.push({ from, to, text: data.join("\n") });
        data = undefined;
        return void say("250 kept");
      }
      const address = /<(.*)>/.exec(line)?.[1] ?? "";
      if (/^(EHLO|HELO)/i.test(line)) say("250 sink");
      else if (/^MAIL/i.test(line)) {
        from = address;
        say("250 ok");
      } else if (/^RCPT/i.test(line)) {
        to = address;
        say(sink.refuse?.(to) ?? "250 ok");
      } else if (/^DATA/i.test(line)) {
        data = [];
        say("354 go on");
      } else if (/^QUIT/i.test(line)) {
        say("221 bye");
        socket.end();
      } else say("250 ok");
    };
    say("220 sink");
    socket.on("data", (part) => {
      rest += part.toString("utf8");
      const lines = rest.split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) hear(line);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const sink: SmtpSink = {
    url: `smtp://127.0.0.1:${port}`,
    mails: [],
    refuse: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return sink;
}
