/** SIPp as the customers behind a carrier, who speak as soon as they have answered, and as all agents' phones. */
import {
  log,
  MEDIA_ACTIONS,
  OK_TO_LAST,
  REPLY,
  scenario,
  sdp,
  send,
  speak,
} from "../../apps/peers/scenario-parts.ts";
import { RING_MS, TALK_MS } from "./plan.ts";

const EMPTY = "Content-Length: 0";

/** Everybody rings, answers, speaks and hangs up. Notes: `answers [sip:<number>`, as the 200 leaves. */
export function customersScenario(speech: string): string {
  const bye = [
    ...["BYE [$target] SIP/2.0", "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"],
    ...["From:[$me];tag=[pid]p[call_number]", "To:[$caller]", "Call-ID: [call_id]"],
    ...["CSeq: 9 BYE", "Max-Forwards: 70", EMPTY],
  ];
  return scenario("customers", [
    `<recv request="INVITE" crlf="true" rrs="true"><action>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="me"/>
      <ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="target"/>
      <ereg regexp="sip:[^@ ]*" search_in="msg" assign_to="dialled"/>
      ${MEDIA_ACTIONS}
    </action></recv>`,
    send(["SIP/2.0 180 Ringing", ...REPLY, "Contact: <sip:[local_ip]:[local_port]>", EMPTY]),
    `<pause milliseconds="${RING_MS}"/>`,
    log("answers [$dialled]"),
    send(["SIP/2.0 200 OK", ...REPLY, "Contact: <sip:[local_ip]:[local_port]>", ...sdp()], true),
    '<recv request="ACK"/>',
    ...speak(speech),
    `<recv request="BYE" timeout="${TALK_MS}" ontimeout="leaves"/>`,
    send(OK_TO_LAST),
    log("left by us [$dialled]", "end"),
    '<label id="leaves"/>',
    send(bye, true),
    '<recv response="200" timeout="5000" ontimeout="end"/>',
    '<label id="end"/>',
    '<Reference variables="caller,me,target,dialled,line,port"/>',
  ]);
}

/**
 * All phones at one port: each answers at once and wants its audio at its ear (ears.ts), which is named by the first
 * digit of the ears' ports and the phone's short number. Notes: `rings agent-<short number>`, `left agent-<…>`.
 */
export function phonesScenario(firstDigit: number): string {
  return scenario("phones", [
    `<recv request="INVITE"><action>
      <ereg regexp="agent-([0-9]+)" search_in="msg" check_it="true" assign_to="account,short"/>
      <log message="[timestamp] rings [$account]"/>
    </action></recv>`,
    send(["SIP/2.0 200 OK", ...REPLY, "Contact: <sip:[local_ip]:[local_port]>", ...ear(firstDigit)], true),
    '<recv request="ACK"/>',
    '<recv request="BYE"/>',
    send(OK_TO_LAST),
    log("left [$account]"),
  ]);
}

function ear(firstDigit: number): string[] {
  return sdp().map((row) => row.replace(/^m=audio \S+/, `m=audio ${firstDigit}[$short]`));
}
