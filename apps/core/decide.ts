/**
 * The heart: what was heard, against the floor, gives what has happened and what is to be done.
 *
 * Pure (law L3): no clock, no chance, no I/O. The engine, the tests and the simulator run this function.
 */
import { conversationAsked, echoAsked, partnerGone, phoneTransferred } from "./conversation/asked.ts";
import { supervisionAsked } from "./conversation/supervise.ts";
import { moveRefused } from "./conversation/unmoved.ts";
import { openLineAsked, openLineGone, openLineStands } from "./dialling/open-line.ts";
import type { Floor } from "./floor.ts";
import { deviceChanged, stateChosen } from "./hear/agents.ts";
import { answerAsked, answerNotSent } from "./hear/answering.ts";
import {
  callbackAsked,
  callbackCancelled,
  callbackCommitted,
  callbackDue,
  callbackKept,
  callbackLost,
  callbackNotCommitted,
  callbackNotKept,
  callbacksRecovered,
  calledBack,
} from "./hear/callbacks.ts";
import {
  abandonHeard,
  announcementHeard,
  attemptsCommitted,
  attemptsRecovered,
  attemptsUnwanted,
  campaignsLoaded,
  carrierQuiet,
  carrierSilent,
  connectDeadline,
  customerAnswered,
  machineHeard,
} from "./hear/dialling.ts";
import { phoneSilent, phoneVanished, stillRinging } from "./hear/phones.ts";
import { callPlaced, hangUpAsked, numberDialled, originateFailed } from "./hear/placing.ts";
import {
  callerArrived,
  colleagueDialled,
  externalEnded,
  menuChose,
  offerEnded,
  ownerAwaited,
  queueLeft,
  welcomed,
} from "./hear/questions.ts";
import { serviceCompleted, statePlanned, wrapUpExpired, wrapUpsRecovered } from "./hear/service.ts";
import { callGone, phoneCalled, queueJoined, stepRefused, talkChanged } from "./hear/talk.ts";
import { verificationAsked } from "./hear/verifying.ts";
import type { Input } from "./inputs.ts";
import { type Decision, Turn } from "./turn.ts";

const NOTHING: Decision = { events: [], effects: [] };

/**
 * Decides, and moves the floor: the next input sees what this one did, so two callers at the same instant
 * are never given the same agent.
 */
export function decide(floor: Floor, input: Input): Decision {
  const turn = new Turn(floor);
  hear(turn, input);
  return turn.events.length > 0 || turn.effects.length > 0 || turn.refused ? turn : NOTHING;
}

/** What is done with each kind of input; the compiler names a kind that is missing. */
const HEARD: {
  readonly [Kind in Input["kind"]]: (turn: Turn, input: Extract<Input, { kind: Kind }>) => void;
} = {
  callerArrived,
  welcomed,
  offerEnded,
  menuChose,
  externalEnded,
  ownerAwaited,
  queueLeft,
  colleagueDialled,
  queueJoined,
  phoneCalled,
  talkStarted: talkChanged,
  talkEnded: talkChanged,
  stepRefused,
  callGone,
  deviceChanged,
  callbackAsked,
  callbackKept,
  callbackNotKept,
  callbackCommitted,
  callbackNotCommitted,
  calledBack,
  callbackDue,
  callbackCancelled,
  callbackLost,
  callbacksRecovered,
  campaignsLoaded,
  attemptsCommitted,
  attemptsUnwanted,
  attemptsRecovered,
  customerAnswered,
  connectDeadline,
  abandonHeard,
  machineHeard,
  announcementHeard,
  carrierSilent,
  carrierQuiet,
  stateChosen,
  statePlanned,
  serviceCompleted,
  answerAsked,
  answerNotSent,
  stillRinging,
  phoneSilent,
  phoneVanished,
  callPlaced,
  numberDialled,
  verificationAsked,
  originateFailed,
  hangUpAsked,
  wrapUpExpired,
  wrapUpsRecovered,
  conversationAsked,
  supervisionAsked,
  openLineAsked,
  openLineStands,
  openLineGone,
  echoAsked,
  partnerGone,
  phoneTransferred,
  moveRefused,
  settingsLoaded: (turn, input) => turn.happened({ ...input, kind: "SettingsLoaded" }),
  talksSeen: (turn, input) => turn.happened({ ...input, kind: "TalksSeen" }),
  callsRecovered: (turn, input) => turn.happened({ ...input, kind: "CallsRecovered" }),
};

function hear<Kind extends Input["kind"]>(turn: Turn, input: Extract<Input, { kind: Kind }>): void {
  const listener = HEARD[input.kind as Kind] as (turn: Turn, input: Extract<Input, { kind: Kind }>) => void;
  listener(turn, input);
}
