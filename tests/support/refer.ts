/**
 * A phone's "transfer" key after a consultation: REFER with Replaces (RFC 3515, RFC 3891), sent in the dialogs of two
 * SIPp peers by their notes, because one SIPp scenario knows one dialog.
 */
import { createSocket } from "node:dgram";
import { PHONE_ADDRESS, type SippPeer } from "../../apps/peers/sipp.ts";
import { until } from "./until.ts";

interface Dialog {
  readonly callId: string;
  readonly ownTag: string;
  /** The other side's address header, with its tag. */
  readonly other: string;
  readonly otherTag: string;
}

/** The dialog that a peer noted last. */
export async function dialogOf(peer: SippPeer): Promise<Dialog> {
  return until("the peer notes its dialog", () => {
    const note = peer.notes().findLast(({ text }) => text.startsWith("dialog "));
    const found = /^dialog (\S+) (\S+) (.*;tag=([^;\s]+).*)$/.exec(note?.text ?? "");
    const [, callId = "", ownTag = "", other = "", otherTag = ""] = found ?? [];
    return found ? { callId, ownTag, other: other.trim(), otherTag } : undefined;
  });
}

/**
 * Sends REFER in `talk`, to be replaced by the one who talks in `consultation`.
 * @returns the status of the answer
 */
export async function transferAfterConsultation(
  asterisk: { readonly address: string; readonly port: number },
  talk: { readonly dialog: Dialog; readonly me: string; readonly port: number },
  consultation: Dialog,
): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, PHONE_ADDRESS, resolve));
  const { port } = socket.address();
  const uri = `sip:${asterisk.address}:${asterisk.port}`;
  const { callId, otherTag, ownTag } = consultation;
  const replaces = encodeURIComponent(`${callId};to-tag=${otherTag};from-tag=${ownTag}`);
  const message = [
    `REFER ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${PHONE_ADDRESS}:${port};branch=z9hG4bK-refer-${port}`,
    `From: <${talk.me}>;tag=${talk.dialog.ownTag}`,
    `To: ${talk.dialog.other}`,
    `Call-ID: ${talk.dialog.callId}`,
    "CSeq: 7 REFER",
    `Contact: <sip:${PHONE_ADDRESS}:${talk.port}>`,
    `Refer-To: <${uri}?Replaces=${replaces}>`,
    "Max-Forwards: 70",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
  try {
    const answer = new Promise<string>((resolve) => socket.once("message", (text) => resolve(String(text))));
    socket.send(message, asterisk.port, asterisk.address);
    return Number(/^SIP\/2\.0 (\d+)/.exec(await answer)?.[1]);
  } finally {
    socket.close();
  }
}
