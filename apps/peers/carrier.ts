/**
 * A carrier behind which many people are: what becomes of a call depends on the number that is dialled.
 */
import { log, MEDIA_ACTIONS, OK_TO_LAST, REPLY, scenario, sdp, send, speak } from "./scenario-parts.ts";

/** Somebody behind the carrier. */
export type Callee =
  | {
      /** Answers after this long. */
      readonly does: "answer";
      readonly afterMs: number | Spread;
      /** Hangs up after so long in the call; default: waits for us. */
      readonly hangUpAfterMs?: number | Spread;
      /** A G.711 µ-law file, spoken once or, with `over`, over and over. */
      readonly speech?: string;
      readonly over?: boolean;
      /** Somebody else speaks and hears at this port of the carrier's address; the carrier only signals. */
      readonly earPort?: number;
      /** Presses this key so long after the answer (SIP INFO). */
      readonly key?: { readonly key: string; readonly afterMs: number };
    }
  /** Rings until we give up. */
  | { readonly does: "ring" }
  /** Says nothing at all to the INVITE, not even 100. */
  | { readonly does: "nothing" }
  /** Plays something before any answer (183 with SDP), and never answers. */
  | { readonly does: "early-media" }
  /** Says no, after ringing for a while. */
  | { readonly does: "refuse"; readonly status: number; readonly afterMs?: number };

/** Between two times, all alike. */
export interface Spread {
  readonly from: number;
  readonly to: number;
}

/** Numbers that begin like this (digits of E.164) → who answers there. */
export type Callees = Readonly<Record<string, Callee>>;

const HOUR_MS = 3_600_000;

/**
 * The scenario of a carrier's far end. Numbers of no callee get 404. Notes: `dialled <number>` and what became of it.
 */
export function carrierScenario(callees: Callees): string {
  const all = Object.entries(callees);
  const names = all.map(([,], place) => `is${place}`);
  return scenario("carrier", [
    `<recv request="INVITE" crlf="true" rrs="true"><action>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="me"/>
      <ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="target"/>
      <ereg regexp="sip:[^@ ]*" search_in="msg" assign_to="dialled"/>
      ${all.map(([prefix], place) => `<ereg regexp="^INVITE sip:[+]?${prefix}" search_in="msg" assign_to="is${place}"/>`).join("\n")}
      <log message="[timestamp] dialled [$dialled] from [$caller]"/>
      ${MEDIA_ACTIONS}
    </action></recv>`,
    ...names.map((name) => `<nop test="${name}" next="${name}"/>`),
    ...refused(404),
    ...all.flatMap(([, callee], place) => [`<label id="is${place}"/>`, ...steps(callee, place)]),
    '<label id="end"/>',
    `<Reference variables="caller,me,target,dialled,line,port${names.map((name) => `,${name}`).join("")}"/>`,
  ]);
}

function steps(callee: Callee, place: number): string[] {
  switch (callee.does) {
    case "answer":
      return answers(callee, place);
    case "ring":
      return [ringing(), ...untilCancelled(`timeout="${HOUR_MS}" ontimeout="end"`)];
    case "nothing":
      return [`<recv request="CANCEL" timeout="${HOUR_MS}" ontimeout="end" next="end"/>`];
    case "early-media":
      return [
        send(["SIP/2.0 183 Session Progress", ...REPLY, "Contact: <sip:[local_ip]:[local_port]>", ...sdp()]),
        ...untilCancelled(`timeout="${HOUR_MS}" ontimeout="end"`),
      ];
    case "refuse": {
      const { status, afterMs = 0 } = callee;
      if (afterMs === 0) return refused(status);
      return [
        ringing(),
        ...untilCancelled(`timeout="${afterMs}" ontimeout="no${place}"`),
        `<label id="no${place}"/>`,
        ...refused(status),
      ];
    }
  }
}

function ringing(): string {
  return send([
    "SIP/2.0 180 Ringing",
    ...REPLY,
    "Contact: <sip:[local_ip]:[local_port]>",
    "Content-Length: 0",
  ]);
}

/** Ends the scenario's run when the call is given up. @param limit attributes of the wait for it */
function untilCancelled(limit: string): string[] {
  return [
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
    log("cancelled [$dialled]", "end"),
  ];
}

function refused(status: number): string[] {
  return [
    send([`SIP/2.0 ${status} Refused`, ...REPLY, "Content-Length: 0"]),
    '<recv request="ACK"/>',
    log(`refused [$dialled] ${status}`, "end"),
  ];
}

/** A wait that may be cut short by `request`; SIPp has no random time for a recv, so a spread is cut into slices. */
function answers(callee: Extract<Callee, { does: "answer" }>, place: number): string[] {
  const { afterMs, hangUpAfterMs = HOUR_MS, speech, over = false, earPort, key } = callee;
  const waits = slices(afterMs);
  const talks = slices(hangUpAfterMs);
  return [
    ringing(),
    // A fixed time is one wait; a spread is a chance after each slice to go on.
    ...waits.flatMap(({ ms, chance }, slice) => [
      `<recv request="CANCEL" timeout="${ms}" ontimeout="w${place}s${slice}" next="c${place}"/>`,
      `<label id="w${place}s${slice}"/>`,
      ...(chance === undefined ? [] : [`<nop next="a${place}" chance="${chance}"/>`]),
    ]),
    `<nop next="a${place}"/>`,
    `<label id="c${place}"/>`,
    ...untilCancelled("").slice(1),
    `<label id="a${place}"/>`,
    send(["SIP/2.0 200 OK", ...REPLY, "Contact: <sip:[local_ip]:[local_port]>", ...sdp(earPort)], true),
    '<recv request="ACK"/>',
    log("answered [$dialled]"),
    ...(speech && over ? speak(speech) : []),
    ...(speech && !over ? [`<nop><action><exec rtp_stream="${speech},1,0,PCMU/8000"/></action></nop>`] : []),
    ...(key ? press(key, place) : []),
    ...talks.flatMap(({ ms, chance }, slice) => [
      `<recv request="BYE" timeout="${ms}" ontimeout="t${place}s${slice}" next="b${place}"/>`,
      `<label id="t${place}s${slice}"/>`,
      ...(chance === undefined ? [] : [`<nop next="h${place}" chance="${chance}"/>`]),
    ]),
    `<nop next="h${place}"/>`,
    `<label id="b${place}"/>`,
    send(OK_TO_LAST),
    log("left by us [$dialled]", "end"),
    `<label id="h${place}"/>`,
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
    log("left [$dialled]", "end"),
  ];
}

const SLICES = 10;

/** A fixed time is one slice. A spread: after each of ten slices the same share of all goes on. */
function slices(time: number | Spread): { ms: number; chance?: number }[] {
  if (typeof time === "number") return [{ ms: Math.max(1, time) }];
  const { from, to } = time;
  const ms = Math.max(1, Math.round((to - from) / SLICES));
  return Array.from({ length: SLICES }, (_, slice) => ({
    ms: slice === 0 ? Math.max(1, from + Math.round(ms / 2)) : ms,
    chance: Number((1 / (SLICES - slice)).toFixed(4)),
  }));
}

function press({ key, afterMs }: { key: string; afterMs: number }, place: number): string[] {
  return [
    `<recv request="BYE" timeout="${afterMs}" ontimeout="k${place}" next="b${place}"/>`,
    `<label id="k${place}"/>`,
    send(
      [
        "INFO [$target] SIP/2.0",
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
        "From:[$me];tag=[pid]p[call_number]",
        "To:[$caller]",
        "Call-ID: [call_id]",
        "CSeq: 8 INFO",
        "Max-Forwards: 70",
        "Content-Type: application/dtmf-relay",
        "Content-Length: [len]",
        "",
        `Signal=${key}`,
        "Duration=120",
      ],
      true,
    ),
    '<recv response="200"/>',
    log(`pressed ${key} [$dialled]`),
  ];
}
