/**
 * The people of people.ts behind a carrier, as one SIPp scenario: SIPp takes no scenario as long as one with a part for
 * each kind of person would be, so how long it rings and how long one talks are two parts, each chosen by the number.
 */
import {
  log,
  MEDIA_ACTIONS,
  OK_TO_LAST,
  REPLY,
  scenario,
  sdp,
  send,
} from "../../apps/peers/scenario-parts.ts";
import { BUSY_SECONDS, DECLINES_SECONDS, RING_DIGITS, RINGS, TALK_DIGITS, TALKS } from "./people.ts";

const HOUR_MS = 3_600_000;
const EMPTY = "Content-Length: 0";

/** Notes: `dialled [sip:<number>`, and `answered [sip:<number>`. */
export function farEndScenario(): string {
  const rings = RINGS.map((seconds, part) => ({
    name: `ring${part}`,
    digits: RING_DIGITS[part],
    ms: ms(seconds),
  }));
  const talks = TALKS.map((seconds, part) => ({
    name: `talk${part}`,
    digits: `[0-9]${TALK_DIGITS[part]}`,
    ms: ms(seconds),
  }));
  const others = [
    { name: "declines", digits: "8" },
    { name: "ringsOn", digits: "9" },
  ];
  const named = [...rings, ...others, ...talks];
  return scenario("people", [
    `<recv request="INVITE" crlf="true" rrs="true"><action>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="me"/>
      <ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="target"/>
      <ereg regexp="sip:[^@ ]*" search_in="msg" assign_to="dialled"/>
      ${named.map(({ name, digits }) => `<ereg regexp="^INVITE sip:[+]?79${digits}" search_in="msg" assign_to="${name}"/>`).join("\n")}
      <log message="[timestamp] dialled [$dialled]"/>
      ${MEDIA_ACTIONS}
    </action></recv>`,
    send(["SIP/2.0 180 Ringing", ...REPLY, "Contact: <sip:[local_ip]:[local_port]>", EMPTY]),
    ...[...rings, ...others].map(({ name }) => `<nop test="${name}" next="${name}"/>`),
    // Whoever is none of these is busy.
    ...refuses("busy", 486, ms(BUSY_SECONDS)),
    ...refuses("declines", 480, ms(DECLINES_SECONDS)),
    '<label id="ringsOn"/>',
    waitForCancel(HOUR_MS, "end"),
    ...rings.flatMap(({ name, ms: after }) => [
      `<label id="${name}"/>`,
      waitForCancel(after, "answers"),
      '<nop next="cancelled"/>',
    ]),
    '<label id="cancelled"/>',
    ...cancelled(),
    '<label id="answers"/>',
    send(["SIP/2.0 200 OK", ...REPLY, "Contact: <sip:[local_ip]:[local_port]>", ...sdp()], true),
    '<recv request="ACK"/>',
    log("answered [$dialled]"),
    ...talks.map(({ name }) => `<nop test="${name}" next="${name}"/>`),
    ...talks.flatMap(({ name, ms: after }) => [
      `<label id="${name}"/>`,
      `<recv request="BYE" timeout="${after}" ontimeout="leaves" next="left"/>`,
    ]),
    '<label id="left"/>',
    send(OK_TO_LAST),
    log("left by us [$dialled]", "end"),
    '<label id="leaves"/>',
    ...leaves(),
    '<label id="end"/>',
    `<Reference variables="caller,me,target,dialled,line,port,${named.map(({ name }) => name).join(",")}"/>`,
  ]);
}

function waitForCancel(afterMs: number, then: string): string {
  return `<recv request="CANCEL" timeout="${afterMs}" ontimeout="${then}" next="cancelled"/>`;
}

function refuses(name: string, status: number, afterMs: number): string[] {
  return [
    `<label id="${name}"/>`,
    waitForCancel(afterMs, `no-${name}`),
    `<label id="no-${name}"/>`,
    send([`SIP/2.0 ${status} Refused`, ...REPLY, EMPTY]),
    '<recv request="ACK"/>',
    log(`refused [$dialled] ${status}`, "end"),
  ];
}

function cancelled(): string[] {
  const terminated = [
    ...[
      "SIP/2.0 487 Request Terminated",
      "[last_Via:]",
      "[last_From:]",
      "[last_To:];tag=[pid]p[call_number]",
    ],
    ...["[last_Call-ID:]", "CSeq: [last_cseq_number] INVITE", EMPTY],
  ];
  return [
    send(["SIP/2.0 200 OK", ...REPLY, EMPTY]),
    send(terminated, true),
    '<recv request="ACK"/>',
    log("cancelled [$dialled]", "end"),
  ];
}

function leaves(): string[] {
  const bye = [
    ...["BYE [$target] SIP/2.0", "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"],
    ...["From:[$me];tag=[pid]p[call_number]", "To:[$caller]", "Call-ID: [call_id]"],
    ...["CSeq: 9 BYE", "Max-Forwards: 70", EMPTY],
  ];
  return [
    send(bye, true),
    '<recv response="200" timeout="5000" ontimeout="end"/>',
    log("left [$dialled]", "end"),
  ];
}

function ms(seconds: number): number {
  return Math.round(seconds * 1000);
}
