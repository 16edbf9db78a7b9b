/**
 * What SIPp scenarios are put together from: headers, SDP, sending, speaking, logging.
 */
export const CONTACT = ["Contact: <sip:sipp@[local_ip]:[local_port]>", "Max-Forwards: 70"];
export const REPLY = [
  "[last_Via:]",
  "[last_From:]",
  "[last_To:];tag=[pid]p[call_number]",
  "[last_Call-ID:]",
  "[last_CSeq:]",
  "[last_Record-Route:]",
];
export const OK_TO_LAST = [
  "SIP/2.0 200 OK",
  "[last_Via:]",
  "[last_From:]",
  "[last_To:]",
  "[last_Call-ID:]",
  "[last_CSeq:]",
  "Content-Length: 0",
];
export const IN_DIALOG = [
  "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
  "[last_From:]",
  "[last_To:]",
  "Call-ID: [call_id]",
];

/** CANCEL and the ACK of a refusal carry the INVITE's Via, which the last answer brought back. */
export const SAME_TRANSACTION = ["[last_Via:]", "[last_From:]", "Call-ID: [call_id]"];

export function dialogHead(from: string): string[] {
  return [
    "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
    `From: ${from}`,
    "Call-ID: [call_id]",
  ];
}

/** Where the other side wants our voice: for whoever speaks in the peer's place. */
export const MEDIA_ACTIONS =
  '<ereg regexp="m=audio ([0-9]+)" search_in="body" assign_to="line,port"/><log message="[timestamp] media [$port]"/>';
export const NOTE_MEDIA = `<action>${MEDIA_ACTIONS}</action>`;

export function sdp(earPort?: number): string[] {
  return [
    "Content-Type: application/sdp",
    "Content-Length: [len]",
    "",
    "v=0",
    "o=sipp 1 1 IN IP4 [local_ip]",
    "s=-",
    "c=IN IP4 [media_ip]",
    "t=0 0",
    `m=audio ${earPort ?? "[rtpstream_audio_port]"} RTP/AVP 0`,
    "a=rtpmap:0 PCMU/8000",
  ];
}

export function speak(file: string | undefined): string[] {
  return file ? [`<nop><action><exec rtp_stream="${file},-1,0,PCMU/8000"/></action></nop>`] : [];
}

export function send(lines: readonly string[], retransmit = false): string {
  const body = lines.includes("") ? lines : [...lines, "", ""];
  return `<send${retransmit ? ' retrans="500"' : ""}><![CDATA[\n${body.join("\n")}\n]]></send>`;
}

export function log(text: string, next?: string): string {
  return `<nop${next ? ` next="${next}"` : ""}><action><log message="[timestamp] ${text}"/></action></nop>`;
}

export function scenario(name: string, steps: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="${name}">\n${steps.join("\n")}\n</scenario>\n`;
}
