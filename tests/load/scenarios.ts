/**
 * SIPp scenarios for the soak: many calls in one process, each with a plan of its own from a CSV file. Every step that
 * the checker looks at is logged with SIPp's own clock.
 *
 * What may come at any moment is received by `optional="global"` steps that stand before all the others. A loop over
 * `recv`s with a time limit would lose what comes while it turns: SIPp does one step at a time, and aborts a call for a
 * BYE, or acknowledges a 200 to nobody, in the steps between.
 */

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
 * Customers. [field0] calls [field1] after [field3] ms and leaves after [field2] ms, wherever the call is then.
 * @param speech a µ-law file that is spoken over and over
 * @param key pressed a moment after the call is taken (SIP INFO)
 */
export function customers(speech: string, key?: string): string {
  const refuse = send([`ACK ${URI} SIP/2.0`, ...SAME_TRANSACTION, TO_PEER, "CSeq: 1 ACK", ...EMPTY]);
  return scenario("customers", [
    nop(numberFrom("patience", "[field2]"), numberFrom("delay", "[field3]")),
    '<pause variable="delay"/>',
    log("calls [field0] [field1]"),
    nop(now("deadline"), '<add assign_to="deadline" variable="patience"/>', is("inviting"), is("unanswered")),
    send(
      [
        ...[`INVITE ${URI} SIP/2.0`, INVITE_VIA, CUSTOMER, `To: <${URI}>`, "Call-ID: [call_id]"],
        ...["CSeq: 1 INVITE", CONTACT, "Max-Forwards: 70", ...SDP],
      ],
      true,
    ),
    ...[100, 180, 181, 182, 183].map((status) => anyTime(`response="${status}"`, "ringing", "inviting")),
    ...[403, 404, 480, 486, 488, 500, 503, 603].map((status) => anyTime(`response="${status}"`, "refused")),
    anyTime('response="200" rrs="true"', "answered", "unanswered"),
    anyTime('request="BYE"', "left"),
    // Never comes: SIPp wants a step here that is not optional.
    '<recv request="PUBLISH"/>',
    // Nobody may cancel before the first answer (RFC 3261, 9.1).
    '<label id="ringing"/>',
    nop(isNot("inviting")),
    ...rest("cancel"),
    '<nop next="cancel"/>',
    '<label id="answered"/>',
    send(["ACK [next_url] SIP/2.0", ...IN_DIALOG, "CSeq: 1 ACK", ...EMPTY]),
    nop(isNot("unanswered")),
    log("answered [field0]"),
    speak(speech),
    ...(key === undefined ? [] : press(key)),
    '<label id="talking"/>',
    ...rest("leave"),
    '<label id="leave"/>',
    log("leaves [field0]"),
    send(["BYE [next_url] SIP/2.0", ...IN_DIALOG, "CSeq: 20 BYE", ...EMPTY], true),
    '<recv request="BYE" optional="true" next="both-leave"/>',
    '<recv response="200" timeout="5000" ontimeout="end" next="end"/>',
    '<label id="both-leave"/>',
    send(OK, false, "end"),
    '<label id="left"/>',
    send(OK),
    log("left [field0]", "end"),
    '<label id="cancel"/>',
    log("cancels [field0]"),
    send([`CANCEL ${URI} SIP/2.0`, ...SAME_TRANSACTION, `To: <${URI}>`, "CSeq: 1 CANCEL", ...EMPTY], true),
    // The call may be taken at this very moment: its 200 and the CANCEL's come in any order.
    `<recv response="200" rrs="true" next="answer-to-cancel" test="taken"><action>
      <ereg regexp="INVITE" search_in="hdr" header="CSeq:" assign_to="taken"/>
    </action></recv>`,
    '<recv response="200" optional="true" next="crossed" rrs="true"/>',
    '<recv response="487"/>',
    refuse,
    log("cancelled [field0]", "end"),
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

/** All agents' phones at one port: each call rings [field0] ms and is ended after [field1] ms of talk. */
export function phones(speech: string): string {
  const caller = "[$account] [$caller]";
  return scenario("phones", [
    anyTime('request="CANCEL"', "cancelled"),
    anyTime('request="BYE"', "left"),
    `<recv request="INVITE" crlf="true" rrs="true"><action>
      <ereg regexp="agent-[0-9a-zA-Z-]+" search_in="msg" check_it="true" assign_to="account"/>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="me"/>
      <ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="target"/>
      ${numberFrom("ring", "[field0]")}${numberFrom("talk", "[field1]")}
      <log message="[timestamp] rings [call_id] ${caller}"/>
    </action></recv>`,
    send(["SIP/2.0 180 Ringing", ...REPLY, "[last_CSeq:]", CONTACT, "Content-Length: 0"]),
    '<pause variable="ring"/>',
    // Before the 200: its ACK must find the scenario waiting.
    log(`answers [call_id] ${caller}`),
    send(["SIP/2.0 200 OK", ...REPLY, "[last_CSeq:]", CONTACT, ...SDP], true),
    '<recv request="CANCEL" optional="true" next="crossed"/>',
    '<recv request="ACK"/>',
    speak(speech),
    '<pause variable="talk"/>',
    log(`ends [call_id] ${caller}`),
    send(
      [
        ...["BYE [$target] SIP/2.0", OWN_VIA, "From:[$me];tag=[pid]p[call_number]", "To:[$caller]"],
        ...["Call-ID: [call_id]", "CSeq: 9 BYE", ...EMPTY],
      ],
      true,
    ),
    '<recv request="BYE" optional="true" next="both-leave"/>',
    '<recv response="200" timeout="5000" ontimeout="end" next="end"/>',
    '<label id="both-leave"/>',
    send(OK, false, "end"),
    '<label id="left"/>',
    send(OK),
    log(`ends [call_id] ${caller}`, "end"),
    '<label id="cancelled"/>',
    send(OK),
    send(
      ["SIP/2.0 487 Request Terminated", ...REPLY, "CSeq: [last_cseq_number] INVITE", "Content-Length: 0"],
      true,
    ),
    '<recv request="ACK"/>',
    log(`stops [call_id] ${caller}`, "end"),
    '<label id="crossed"/>',
    send(OK),
    '<recv request="ACK"/>',
    '<recv request="BYE" next="left"/>',
    '<label id="end"/>',
    '<Reference variables="account,caller,me,target,ring-text,talk-text"/>',
  ]);
}

/** A key a moment after the greeting began, unless the call is over before. */
function press(key: string): string[] {
  const head = ["INFO [next_url] SIP/2.0", ...IN_DIALOG, "CSeq: 2 INFO", "Max-Forwards: 70"];
  const type = ["Content-Type: application/dtmf-relay", "Content-Length: [len]", ""];
  return [
    '<pause milliseconds="1500"/>',
    send([...head, ...type, `Signal=${key}`, "Duration=120"]),
    '<recv response="200" timeout="2000" ontimeout="talking"/>',
  ];
}

/** Received wherever the call is, by steps that stand after this one; then goes to the label, if the variable is true. */
function anyTime(what: string, label: string, test?: string): string {
  return `<recv ${what} optional="global" next="${label}"${test ? ` test="${test}"` : ""}/>`;
}

/** Waits for the deadline; goes to the label when it is over already. */
function rest(label: string): string[] {
  return [
    nop(
      ...[now("moment"), '<assign assign_to="rest" variable="deadline"/>'],
      '<subtract assign_to="rest" variable="moment"/>',
      '<test assign_to="late" variable="rest" compare="less_than" value="1"/>',
    ),
    `<nop test="late" next="${label}"/>`,
    '<pause variable="rest"/>',
  ];
}

/** Milliseconds since 1970. */
function now(variable: string): string {
  return [
    `<gettimeofday assign_to="${variable},micros"/>`,
    `<multiply assign_to="${variable}" value="1000"/><divide assign_to="micros" value="1000"/>`,
    `<add assign_to="${variable}" variable="micros"/>`,
  ].join("");
}

/** SIPp knows no constants that are true or false. */
function is(variable: string): string {
  return `<assign assign_to="nothing" value="0"/><test assign_to="${variable}" variable="nothing" compare="equal" value="0"/>`;
}

function isNot(variable: string): string {
  return `<test assign_to="${variable}" variable="nothing" compare="equal" value="1"/>`;
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
