/**
 * SIPp scenarios as text: a customer behind the trunk, and an agent's phone.
 *
 * SIPp is a peer that nobody here wrote: what it says about a call is evidence. Each step is logged with
 * SIPp's own clock (`<log>`), so a test can ask SIPp, not us, who rang when.
 */
import {
  CONTACT,
  dialogHead,
  IN_DIALOG,
  log,
  MEDIA_ACTIONS,
  NOTE_MEDIA,
  OK_TO_LAST,
  REPLY,
  SAME_TRANSACTION,
  scenario,
  sdp,
  send,
  speak,
} from "./scenario-parts.ts";

export interface CustomerBehaviour {
  /** The caller's number as the trunk would send it. */
  readonly from: string;
  /** Gives up ringing after this long; default 120 s. */
  readonly cancelAfterMs?: number;
  /** Hangs up after this long in the call; default: waits for the other side to hang up. */
  readonly hangUpAfterMs?: number;
  /** A G.711 µ-law file to speak, over and over. */
  readonly speech?: string;
  /** Takes audio at this port of its address, instead of SIPp's own. */
  readonly earPort?: number;
  readonly displayName?: string;
  /** Keys that are pressed, each after so long; SIP INFO tells them (RFC 6086, application/dtmf-relay). */
  readonly keys?: readonly KeyPress[];
}

export interface KeyPress {
  readonly key: string;
  readonly afterMs: number;
}

export interface PhoneBehaviour {
  /** Answers after this long; `never`: rings until it is cancelled. */
  readonly answerAfterMs: number | "never";
  /** Answers at once when it is asked to: NOTIFY with `Event: talk` in the call's dialog. Others say yes and go on ringing. */
  readonly answersOnTalk?: boolean;
  /** Refuses with this status instead of ringing. */
  readonly refuse?: number;
  /** Hangs up after this long in the call; default: waits for the other side. */
  readonly hangUpAfterMs?: number;
  readonly speech?: string;
  /** Somebody else speaks and hears at this port of the peer's address; the peer only signals. */
  readonly earPort?: number;
  /** Notes the SIP dialog of each call it answers, for whoever sends more in it: Call-ID, own tag, the other's From. */
  readonly tellsDialog?: boolean;
  /** Presses its own transfer key (REFER, blind) for this number, so long after it answered. */
  readonly refer?: { readonly to: string; readonly afterMs: number };
}

/** Somebody's PBX: an account registers there, and calls through it are answered like a phone's. */
export interface PbxBehaviour extends PhoneBehaviour {
  readonly login: string;
  readonly password: string;
}

const HOUR_MS = 3_600_000;

/** A customer who calls [service] through the trunk. */
export function customerScenario(behaviour: CustomerBehaviour): string {
  const { from, cancelAfterMs = HOUR_MS, hangUpAfterMs = HOUR_MS, speech, displayName, earPort } = behaviour;
  const head = dialogHead(
    `${displayName ? `"${displayName}" ` : ""}<sip:${from}@[local_ip]:[local_port]>;tag=[pid]c[call_number]`,
  );
  // SIPp looks at the time limit of the first recv it waits in, so all of them carry it.
  const giveUp = `timeout="${cancelAfterMs}" ontimeout="cancel"`;
  return scenario("customer", [
    log("calls"),
    send(
      [
        "INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0",
        ...head,
        "To: <sip:[service]@[remote_ip]:[remote_port]>",
        "CSeq: 1 INVITE",
        ...CONTACT,
        ...sdp(earPort),
      ],
      true,
    ),
    ...[100, 180, 181, 182, 183].map((status) => `<recv response="${status}" optional="true" ${giveUp}/>`),
    ...[403, 404, 480, 486, 488, 500, 503, 603].map(
      (status) => `<recv response="${status}" optional="true" next="refused" ${giveUp}/>`,
    ),
    `<recv response="200" ${giveUp} rrs="true">${NOTE_MEDIA}</recv>`,
    send(["ACK [next_url] SIP/2.0", ...IN_DIALOG, "CSeq: 1 ACK", "Max-Forwards: 70", "Content-Length: 0"]),
    log("answered"),
    ...speak(speech),
    ...(behaviour.keys ?? []).flatMap(press),
    `<recv request="BYE" timeout="${hangUpAfterMs}" ontimeout="leave"/>`,
    '<label id="left"/>',
    send(OK_TO_LAST),
    log("left by us", "end"),
    '<label id="leave"/>',
    send(
      ["BYE [next_url] SIP/2.0", ...IN_DIALOG, "CSeq: 20 BYE", "Max-Forwards: 70", "Content-Length: 0"],
      true,
    ),
    '<recv response="200" timeout="5000" ontimeout="end"/>',
    log("left", "end"),
    '<label id="cancel"/>',
    send([
      "CANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0",
      ...SAME_TRANSACTION,
      "To: <sip:[service]@[remote_ip]:[remote_port]>",
      "CSeq: 1 CANCEL",
      "Max-Forwards: 70",
      "Content-Length: 0",
    ]),
    '<recv response="200"/>',
    '<recv response="487"/>',
    send([
      "ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0",
      ...SAME_TRANSACTION,
      "[last_To:]",
      "CSeq: 1 ACK",
      "Max-Forwards: 70",
      "Content-Length: 0",
    ]),
    log("gave up", "end"),
    '<label id="refused"/>',
    send([
      "ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0",
      ...SAME_TRANSACTION,
      "[last_To:]",
      "CSeq: 1 ACK",
      "Max-Forwards: 70",
      "Content-Length: 0",
    ]),
    log("refused"),
    '<label id="end"/>',
    '<Reference variables="line,port"/>',
  ]);
}

/** An agent's phone that calls [service]: challenged, then like a customer. [field0] user, [field1] authentication. */
export function colleagueScenario(hangUpAfterMs: number): string {
  const head = dialogHead("<sip:[field0]@[remote_ip]:[remote_port]>;tag=[pid]a[call_number]");
  const to = "To: <sip:[service]@[remote_ip]:[remote_port]>";
  const invite = "INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0";
  return scenario("colleague", [
    send([invite, ...head, to, "CSeq: 1 INVITE", ...CONTACT, ...sdp()], true),
    '<recv response="100" optional="true"/>',
    '<recv response="401" auth="true"/>',
    send([
      "ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0",
      ...SAME_TRANSACTION,
      "[last_To:]",
      "CSeq: 1 ACK",
      "Max-Forwards: 70",
      "Content-Length: 0",
    ]),
    send([invite, ...head, to, "CSeq: 2 INVITE", "[field1]", ...CONTACT, ...sdp()], true),
    ...[100, 180, 183].map((status) => `<recv response="${status}" optional="true"/>`),
    `<recv response="200" rrs="true"><action>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="other"/>
      <log message="[timestamp] dialog [call_id] [pid]a[call_number] [$other]"/>
    </action></recv>`,
    send(["ACK [next_url] SIP/2.0", ...IN_DIALOG, "CSeq: 2 ACK", "Max-Forwards: 70", "Content-Length: 0"]),
    log("answered"),
    `<recv request="BYE" timeout="${hangUpAfterMs}" ontimeout="leave"/>`,
    send(OK_TO_LAST),
    log("left by us", "end"),
    '<label id="leave"/>',
    send(
      ["BYE [next_url] SIP/2.0", ...IN_DIALOG, "CSeq: 3 BYE", "Max-Forwards: 70", "Content-Length: 0"],
      true,
    ),
    '<recv response="200" timeout="5000" ontimeout="end"/>',
    log("left"),
    '<label id="end"/>',
    '<Reference variables="other"/>',
  ]);
}

/** A PBX: who registers is challenged and believed only with the password; who calls is heard like by a phone. */
export function pbxScenario(behaviour: PbxBehaviour): string {
  const { login, password } = behaviour;
  const register = (assign: string) => `<action>${assign}
    <ereg regexp="sip:[^&gt;]*" search_in="hdr" header="To:" assign_to="aor"/>
    </action>`;
  const first = `<recv request="REGISTER" optional="true" next="challenge">${register("")}</recv>`;
  const others = [
    '<label id="challenge"/>',
    send([
      "SIP/2.0 401 Unauthorized",
      ...REPLY,
      'WWW-Authenticate: Digest realm="customers-pbx", nonce="47364c23432d2e131a5fb210812c", algorithm=MD5',
      "Content-Length: 0",
    ]),
    `<recv request="REGISTER">${register(
      `<verifyauth assign_to="known" username="${login}" password="${password}"/>`,
    )}</recv>`,
    '<nop test="known" next="welcome"/>',
    send(["SIP/2.0 403 Forbidden", ...REPLY, "Content-Length: 0"]),
    log("turned away [$aor]", "end"),
    '<label id="welcome"/>',
    send(["SIP/2.0 200 OK", ...REPLY, "[last_Contact:]", "Expires: 600", "Content-Length: 0"]),
    log("registered [$aor]", "end"),
    '<Reference variables="aor,known"/>',
  ];
  return phoneScenario(behaviour, { first, others });
}

/**
 * An agent's phone that takes whatever comes to its port, one scenario run per call; it may tell whom it is called as.
 * `first`: an optional recv of what is no call, which leads to a label in `others`.
 */
export function phoneScenario(
  behaviour: PhoneBehaviour,
  options: { tellDialled?: boolean; first?: string; others?: readonly string[] } = {},
): string {
  const { refuse } = behaviour;
  const { tellDialled = false, first = "", others = [] } = options;
  const refusal = [
    send([`SIP/2.0 ${refuse} Refused`, ...REPLY, "Content-Length: 0"]),
    '<recv request="ACK"/>',
    log("refused"),
  ];
  return scenario("phone", [
    ...(first ? [first] : []),
    `<recv request="INVITE" crlf="true" rrs="true"><action>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="me"/>
      <ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="target"/>
      ${tellDialled ? '<ereg regexp="sip:[^@ ]*" search_in="msg" assign_to="dialled"/>' : ""}
      <log message="[timestamp] rings [$caller]"/>
      ${behaviour.answersOnTalk ? REMEMBER_INVITE : ""}
      ${MEDIA_ACTIONS}
      ${tellDialled ? '<log message="[timestamp] dialled [$dialled]"/>' : ""}
    </action></recv>`,
    ...(refuse === undefined ? ringAndAnswer(behaviour) : refusal),
    ...(others.length > 0 ? ['<nop next="end"/>', ...others] : []),
    '<label id="end"/>',
    `<Reference variables="caller,me,target,line,port${behaviour.answersOnTalk ? ",via,cseq,event" : ""}"/>`,
  ]);
}

/** A NOTIFY comes in between, so the headers for the INVITE's answer are kept. */
const REMEMBER_INVITE = `<ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/>
      <ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="cseq"/>`;
const TO_INVITE = [
  "Via:[$via]",
  "From:[$caller]",
  "To:[$me];tag=[pid]p[call_number]",
  "Call-ID: [call_id]",
  "CSeq:[$cseq]",
];

function askedToAnswer(limit: string): string {
  return `<recv request="NOTIFY" optional="true" next="asked" ${limit}><action>
    <ereg regexp="talk" search_in="hdr" header="Event:" check_it="true" assign_to="event"/>
    <log message="[timestamp] asked to answer"/>
    </action></recv>`;
}

/** RFC 3515; SIPp answers the NOTIFYs by itself (-aa). */
function transferKey({ to, afterMs }: { to: string; afterMs: number }): string[] {
  return [
    `<pause milliseconds="${afterMs}"/>`,
    send(
      [
        "REFER [$target] SIP/2.0",
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
        "From:[$me];tag=[pid]p[call_number]",
        "To:[$caller]",
        "Call-ID: [call_id]",
        "CSeq: 8 REFER",
        "Contact: <sip:[local_ip]:[local_port]>",
        `Refer-To: <sip:${to}@[remote_ip]:[remote_port]>`,
        "Max-Forwards: 70",
        "Content-Length: 0",
      ],
      true,
    ),
    '<recv response="202" timeout="5000" ontimeout="leave"/>',
    log("transferred"),
  ];
}

function ringAndAnswer(behaviour: PhoneBehaviour): string[] {
  const { answerAfterMs, hangUpAfterMs = HOUR_MS, speech, earPort, refer, answersOnTalk } = behaviour;
  const limit = `timeout="${answerAfterMs === "never" ? HOUR_MS : Math.max(1, answerAfterMs)}" ontimeout="answer"`;
  return [
    send(["SIP/2.0 180 Ringing", ...REPLY, "Contact: <sip:[local_ip]:[local_port]>", "Content-Length: 0"]),
    ...(answersOnTalk ? [askedToAnswer(limit)] : []),
    `<recv request="CANCEL" ${limit}/>`,
    send(["SIP/2.0 200 OK", ...REPLY, "Content-Length: 0"]),
    send(
      [
        "SIP/2.0 487 Request Terminated",
        "[last_Via:]",
        "[last_From:]",
        "[last_To:];tag=[pid]p[call_number]",
        "[last_Call-ID:]",
        "CSeq: [last_cseq_number] INVITE",
        "Content-Length: 0",
      ],
      true,
    ),
    '<recv request="ACK"/>',
    log("cancelled", "end"),
    ...(answersOnTalk ? ['<label id="asked"/>', send(OK_TO_LAST)] : []),
    '<label id="answer"/>',
    send(
      [
        "SIP/2.0 200 OK",
        ...(answersOnTalk ? TO_INVITE : REPLY),
        "Contact: <sip:[local_ip]:[local_port]>",
        ...sdp(earPort),
      ],
      true,
    ),
    '<recv request="ACK"/>',
    log("answered [$caller]"),
    ...(behaviour.tellsDialog ? [log("dialog [call_id] [pid]p[call_number] [$caller]")] : []),
    ...speak(speech),
    ...(refer ? transferKey(refer) : []),
    `<recv request="BYE" timeout="${hangUpAfterMs}" ontimeout="leave"/>`,
    send(OK_TO_LAST),
    log("left by the other", "end"),
    '<label id="leave"/>',
    send(
      [
        "BYE [$target] SIP/2.0",
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
        "From:[$me];tag=[pid]p[call_number]",
        "To:[$caller]",
        "Call-ID: [call_id]",
        "CSeq: 9 BYE",
        "Max-Forwards: 70",
        "Content-Length: 0",
      ],
      true,
    ),
    '<recv response="200" timeout="5000" ontimeout="end"/>',
    log("left"),
  ];
}

/** Registers a phone: challenge, answer, done. [field0] user, [field1] authentication. */
export function registerScenario(): string {
  const common = [
    "From: <sip:[field0]@[remote_ip]:[remote_port]>;tag=[pid]r[call_number]",
    "To: <sip:[field0]@[remote_ip]:[remote_port]>",
    "Call-ID: [call_id]",
    "Contact: <sip:[field0]@[local_ip]:[local_port]>",
    "Max-Forwards: 70",
    "Expires: [field2]",
  ];
  const head = [
    "REGISTER sip:[remote_ip]:[remote_port] SIP/2.0",
    "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
  ];
  return scenario("register", [
    send([...head, ...common, "CSeq: 1 REGISTER", "Content-Length: 0"], true),
    '<recv response="100" optional="true"/>',
    '<recv response="401" auth="true"/>',
    send([...head, ...common, "CSeq: 2 REGISTER", "[field1]", "Content-Length: 0"], true),
    '<recv response="100" optional="true"/>',
    '<recv response="200"/>',
  ]);
}

/** One key, unless the other side hangs up before it. */
function press({ key, afterMs }: KeyPress, index: number): string[] {
  const body = [`Signal=${key}`, "Duration=120"];
  return [
    `<recv request="BYE" timeout="${afterMs}" ontimeout="key${index}" next="left"/>`,
    `<label id="key${index}"/>`,
    send(
      [
        "INFO [next_url] SIP/2.0",
        ...IN_DIALOG,
        `CSeq: ${2 + index} INFO`,
        "Max-Forwards: 70",
        "Content-Type: application/dtmf-relay",
        "Content-Length: [len]",
        "",
        ...body,
      ],
      true,
    ),
    '<recv response="200"/>',
    log(`pressed ${key}`),
  ];
}
