/**
 * A phone that only signs in: REGISTER with digest authentication over UDP (RFC 3261, RFC 7616).
 */
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import type { SipAccount } from "../../apps/commands/port.ts";

/** Signs a phone in; answers the final status. */
export async function register(account: SipAccount | undefined): Promise<number> {
  if (!account) throw new Error("no account");
  const [host = "", port = ""] = account.server.split(":");
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const own = `127.0.0.1:${socket.address().port}`;
  const uri = `sip:${account.server}`;
  const user = `sip:${account.username}@${account.server}`;
  const md5 = (text: string) => createHash("md5").update(text).digest("hex");
  const callId = md5(`${Math.random()}`);
  const ask = (sequence: number, more: string[]) =>
    new Promise<string>((resolve) => {
      const timer = setInterval(() => socket.send(text, Number(port), host), 500);
      socket.on("message", (message) => {
        // Asterisk also asks (OPTIONS) whether the phone is there.
        if (!message.toString().startsWith("SIP/2.0 ") || !message.includes(`CSeq: ${sequence} `)) return;
        clearInterval(timer);
        resolve(message.toString());
      });
      const lines = [
        `REGISTER ${uri} SIP/2.0`,
        `Via: SIP/2.0/UDP ${own};branch=z9hG4bK${callId}${sequence};rport`,
        `From: <${user}>;tag=${callId.slice(0, 8)}`,
        `To: <${user}>`,
        `Call-ID: ${callId}`,
        `CSeq: ${sequence} REGISTER`,
        `Contact: <sip:${account.username}@${own}>`,
        ...["Max-Forwards: 70", "Expires: 60", ...more, "Content-Length: 0", "", ""],
      ];
      const text = lines.join("\r\n");
      socket.send(text, Number(port), host);
    });
  const first = await ask(1, []);
  const value = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(first)?.[1] ?? "";
  const realm = value("realm");
  const ha1 = md5(`${account.username}:${realm}:${account.password}`);
  const nc = "00000001";
  const response = md5(`${ha1}:${value("nonce")}:${nc}:0a4f113b:auth:${md5(`REGISTER:${uri}`)}`);
  const given = `username="${account.username}", realm="${realm}", nonce="${value("nonce")}", uri="${uri}"`;
  const proof = `response="${response}", algorithm=MD5, qop=auth, nc=${nc}, cnonce="0a4f113b", opaque="${value("opaque")}"`;
  const second = await ask(2, [`Authorization: Digest ${given}, ${proof}`]);
  socket.close();
  return Number(/^SIP\/2\.0 (\d+)/.exec(second)?.[1]);
}
