/**
 * SIPp scenarios for the soak: many calls in one process, each with a plan of its own from a CSV file. Every step that
 * the checker looks at is logged with SIPp's own clock.
 *
 * A wait that may be ended from both sides is a loop over a short `recv`: SIPp's time limits are constants, a plan's
 * are not.
 */

/** How long one turn of a waiting loop takes; plans count in it. */
export const TICK_MS = 250;

const OWN_VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]";
/** A customer's headers are all its own: SIPp's `[last_…]` are empty before the first answer, and then break the packet. */
const URI = "sip:[field1]@[remote_ip]:[remote_port]";
const CUSTOMER = "From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]c[call_number]";
const TO_PEER = `To: <${URI}>[peer_tag_param]`;
const INVITE_VIA =
  "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-[pid]-[call_number]-invite";
const IN_DIALOG = [OWN_VIA, CUSTOMER, TO_PEER, "Call-ID: [call_id]"];
const SAME_TRANSACTION = [INVITE_VIA, CUSTOMER, "Call-ID: [call_id]"];
const REPLY = ["[last_Via:]", "[last_From:]", "[last_To:];tag=[pid]p[call_number]", "[last_Call-ID:]"];
const EMPTY = ["Max-Forwards: 70", "Content-Length: 0"];
const CONTACT = "Contact: <sip:load@[local_ip]:[local_port]>";
const OK = [
  ...["SIP/2.0 200 OK", "[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]"],
  "Content-Length: 0",
];
const SDP = [
  ...["Content-Type: application/sdp", "Content-Length: [len]", "", "v=0", "o=sipp 1 1 IN IP4 [local_ip]"],
  ...[
    "s=-",
    "c=IN IP4 [media_ip]",
    "t=0 0",
    "m=audio [rtpstream_audio_port] RTP/AVP 0",
    "a=rtpmap:0 PCMU/8000",
  ],
];

/**
 * Customers. [field0] calls [field1] after [field3] ms and leaves after [field2] ticks, wherever the call is then.
 * @param speech a µ-law file that is spoken over and over
 * @param key pressed a moment after the call is taken (SIP INFO)
 */
export function customers(speech: string, key?: string): string {
  const waiting = `timeout="${TICK_MS}" ontimeout="still-ringing"`;
  const refuse = send([`ACK ${URI} SIP/2.0`, ...SAME_TRANSACTION, TO_PEER, "CSeq: 1 ACK", ...EMPTY]);
  return scenario("customers", [
    nop(numberFrom("patience", "[field2]"), numberFrom("delay", "[field3]")),
    '<pause variable="delay"/>',
    log("calls [field0] [field1]"),
    send(
      [
        ...[`INVITE ${URI} SIP/2.0`, INVITE_VIA, CUSTOMER, `To: <${URI}>`, "Call-ID: [call_id]"],
        ...["CSeq: 1 INVITE", CONTACT, "Max-Forwards: 70", ...SDP],
      ],
      true,
    ),
    // Nobody may cancel before the first answer (RFC 3261, 9.1).
    ...outcomes("ringing", ""),
    '<nop next="answered"/>',
    '<label id="ringing"/>',
    ...outcomes(undefined, waiting),
    '<label id="answered"/>',
    send(["ACK [next_url] SIP/2.0", ...IN_DIALOG, "CSeq: 1 ACK", ...EMPTY]),
    log("answered [field0]"),
    speak(speech),
    ...(key === undefined ? [] : press(key)),
    '<label id="talking"/>',
    `<recv request="BYE" timeout="${TICK_MS}" ontimeout="still-talking"/>`,
    '<label id="left"/>',
    send(OK),
    log("left [field0]", "end"),
    '<label id="still-talking"/>',
    countdown("patience", "leave"),
    '<nop next="talking"/>',
    '<label id="leave"/>',
    log("leaves [field0]"),
    send(["BYE [next_url] SIP/2.0", ...IN_DIALOG, "CSeq: 20 BYE", ...EMPTY], true),
    '<recv request="BYE" optional="true" next="both-leave"/>',
    '<recv response="200" timeout="5000" ontimeout="end" next="end"/>',
    '<label id="both-leave"/>',
    send(OK, false, "end"),
    '<label id="still-ringing"/>',
    countdown("patience", "cancel"),
    '<nop next="ringing"/>',
    '<label id="cancel"/>',
    log("cancels [field0]"),
    send([`CANCEL ${URI} SIP/2.0`, ...SAME_TRANSACTION, `To: <${URI}>`, "CSeq: 1 CANCEL", ...EMPTY], true),
    `<recv response="200" rrs="true"><action>
      <ereg regexp="INVITE" search_in="hdr" header="CSeq:" assign_to="taken"/>
    </action></recv>`,
    '<nop test="taken" next="answer-to-cancel"/>',
    '<recv response="200" optional="true" next="crossed" rrs="true"/>',
    '<recv response="487"/>',
    refuse,
    log("cancelled [field0]", "end"),
    // The call was taken at the moment in which it was given up: its 200 and the CANCEL's come in any order.
    '<label id="answer-to-cancel"/>',
    '<recv response="481" optional="true" timeout="1000" ontimeout="crossed" next="crossed"/>',
    '<recv response="200" timeout="1000" ontimeout="crossed"/>',
    '<label id="crossed"/>',
    send(["ACK [next_url] SIP/2.0", ...IN_DIALOG, "CSeq: 1 ACK", ...EMPTY]),
    log("answered [field0]", "leave"),
    '<label id="refused"/>',
    refuse,
    log("refused [field0]"),
    '<label id="end"/>',
    '<Reference variables="patience-text,delay-text"/>',
  ]);
}

/** What may come for an INVITE; a provisional answer leads to the label, the 200 to the next step. */
function outcomes(provisional: string | undefined, limits: string): string[] {
  const goTo = provisional === undefined ? "" : ` next="${provisional}"`;
  return [
    ...[100, 180, 181, 182, 183].map(
      (status) => `<recv response="${status}" optional="true"${goTo} ${limits}/>`,
    ),
    ...[403, 404, 480, 486, 488, 500, 503, 603].map(
      (status) => `<recv response="${status}" optional="true" next="refused" ${limits}/>`,
    ),
    `<recv response="200" rrs="true" ${limits}/>`,
  ];
}

/** All agents' phones at one port: each call rings [field0] ticks and is ended after [field1] ticks of talk. */
export function phones(speech: string): string {
  const caller = "[$account] [$caller]";
  return scenario("phones", [
    `<recv request="INVITE" crlf="true" rrs="true"><action>
      <ereg regexp="agent-[0-9a-zA-Z-]+" search_in="msg" check_it="true" assign_to="account"/>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="me"/>
      <ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="target"/>
      ${numberFrom("ring", "[field0]")}${numberFrom("talk", "[field1]")}
      <log message="[timestamp] rings [call_id] ${caller}"/>
    </action></recv>`,
    send(["SIP/2.0 180 Ringing", ...REPLY, "[last_CSeq:]", CONTACT, "Content-Length: 0"]),
    '<label id="ringing"/>',
    `<recv request="CANCEL" timeout="${TICK_MS}" ontimeout="still-ringing"/>`,
    send(OK),
    send(
      ["SIP/2.0 487 Request Terminated", ...REPLY, "CSeq: [last_cseq_number] INVITE", "Content-Length: 0"],
      true,
    ),
    '<recv request="ACK"/>',
    log(`stops [call_id] ${caller}`, "end"),
    '<label id="still-ringing"/>',
    countdown("ring", "answer"),
    '<nop next="ringing"/>',
    '<label id="answer"/>',
    // Before the 200: its ACK must find the scenario waiting.
    log(`answers [call_id] ${caller}`),
    send(["SIP/2.0 200 OK", ...REPLY, "[last_CSeq:]", CONTACT, ...SDP], true),
    '<recv request="CANCEL" optional="true" next="crossed"/>',
    '<recv request="ACK"/>',
    speak(speech),
    '<label id="talking"/>',
    `<recv request="BYE" timeout="${TICK_MS}" ontimeout="still-talking"/>`,
    send(OK),
    log(`ends [call_id] ${caller}`, "end"),
    '<label id="still-talking"/>',
    countdown("talk", "leave"),
    '<nop next="talking"/>',
    '<label id="leave"/>',
    log(`ends [call_id] ${caller}`),
    send(
      [
        ...["BYE [$target] SIP/2.0", OWN_VIA, "From:[$me];tag=[pid]p[call_number]", "To:[$caller]"],
        ...["Call-ID: [call_id]", "CSeq: 9 BYE", ...EMPTY],
      ],
      true,
    ),
    '<recv response="200" timeout="5000" ontimeout="end" next="end"/>',
    '<label id="crossed"/>',
    send(OK),
    '<recv request="ACK"/>',
    '<recv request="BYE"/>',
    send(OK),
    log(`ends [call_id] ${caller}`),
    '<label id="end"/>',
    '<Reference variables="account,caller,me,target,ring-text,talk-text"/>',
  ]);
}

/** A key a moment after the greeting began, unless the call is over before. */
function press(key: string): string[] {
  const head = ["INFO [next_url] SIP/2.0", ...IN_DIALOG, "CSeq: 2 INFO", "Max-Forwards: 70"];
  const type = ["Content-Type: application/dtmf-relay", "Content-Length: [len]", ""];
  return [
    '<recv request="BYE" timeout="1500" ontimeout="press" next="left"/>',
    '<label id="press"/>',
    send([...head, ...type, `Signal=${key}`, "Duration=120"], true),
    '<recv response="200"/>',
  ];
}

/** One turn less; at the end of the turns it goes to the label. */
function countdown(variable: string, label: string): string {
  return `<nop test="${variable}-over" next="${label}"><action>
    <subtract assign_to="${variable}" value="1"/>
    <test assign_to="${variable}-over" variable="${variable}" compare="less_than" value="1"/>
  </action></nop>`;
}

function numberFrom(variable: string, field: string): string {
  return `<assignstr assign_to="${variable}-text" value="${field}"/><todouble assign_to="${variable}" variable="${variable}-text"/>`;
}

function speak(file: string): string {
  return nop(`<exec rtp_stream="${file},-1,0,PCMU/8000"/>`);
}

function nop(...actions: string[]): string {
  return `<nop><action>${actions.join("")}</action></nop>`;
}

function log(text: string, next?: string): string {
  return `<nop${next ? ` next="${next}"` : ""}><action><log message="[timestamp] ${text}"/></action></nop>`;
}

function send(lines: readonly string[], retransmit = false, next?: string): string {
  const body = lines.includes("") ? lines : [...lines, "", ""];
  const goTo = next === undefined ? "" : ` next="${next}"`;
  return `<send${retransmit ? ' retrans="500"' : ""}${goTo}><![CDATA[\n${body.join("\n")}\n]]></send>`;
}

function scenario(name: string, steps: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="${name}">\n${steps.join("\n")}\n</scenario>\n`;
}
