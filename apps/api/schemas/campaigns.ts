/** Campaigns. */
import { Type } from "typebox";
import type { AmdSettings, Announcement } from "../../core/dialling/campaign.ts";
import {
  CAMPAIGN_STATES,
  KEY_DOES,
  PREVIEW_TIMEOUTS,
  type PreviewSettings,
} from "../../core/dialling/campaign.ts";
import { HINDRANCES } from "../../core/dialling/hindrances.ts";
import {
  AppliedView,
  ChangeOf,
  Closed,
  Id,
  Instant,
  ListOf,
  Name,
  Nullable,
  PhoneText,
  PhoneView,
} from "./common.ts";
import { Mode, PolicyView, PolicyWish, PurposeOf } from "./policy.ts";

/** What a new campaign is when nothing else is said. */
export const NEW_CAMPAIGN = {
  queueId: null,
  agentIds: [] as string[],
  ratio: null,
  connect: "ring",
  blending: false,
  shedding: false,
  weight: 1,
  ringSeconds: 25,
  amd: null,
  messageSoundId: null,
  announcementSoundId: null,
  announcement: null,
  trunkIds: [] as string[],
  callsPerSecond: 5,
  maxLines: 100,
  callerNumbers: [] as string[],
  wrapUp: null,
  preview: { seconds: 120, onTimeout: "pause" },
} as const;

/** As app_amd has them (amd.conf), where nothing else is said. */
export const NEW_AMD: AmdSettings = {
  initialSilence: 2500,
  greeting: 1500,
  afterGreetingSilence: 800,
  totalAnalysisTime: 5000,
  minimumWordLength: 100,
  betweenWordsSilence: 50,
  maximumNumberOfWords: 3,
  silenceThreshold: 256,
  maximumWordLength: 5000,
  unsure: "person",
  machine: "hang-up",
  machineSoundId: null,
};

export const StateOf = Type.Enum([...CAMPAIGN_STATES], {
  description:
    "`draining`: dials nobody new and lets calls end, then it is `stopped`. `finished`: its list is through.",
});

const ms = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description });
const amd = {
  initialSilence: ms(100, 10_000, "Silence (ms) before the greeting that means a machine."),
  greeting: ms(100, 10_000, "A greeting longer than this (ms) is a machine's."),
  afterGreetingSilence: ms(50, 5000, "Silence (ms) after the greeting that means a person."),
  totalAnalysisTime: ms(500, 10_000, "Longer (ms) nobody listens."),
  minimumWordLength: ms(10, 1000, "Shorter sound (ms) is no word."),
  betweenWordsSilence: ms(10, 1000, "Silence (ms) between two words."),
  maximumNumberOfWords: ms(1, 50, "More words are a machine's."),
  silenceThreshold: ms(1, 32_767, "What is quieter is silence."),
  maximumWordLength: ms(100, 10_000, "A longer word (ms) is a machine's."),
  unsure: Type.Enum(["person", "machine"], { description: "What NOTSURE is taken for." }),
  machine: Type.Enum(["hang-up", "message"], {
    description: "What a machine gets: the end, or `machineSoundId` after its greeting.",
  }),
  machineSoundId: Nullable(Id()),
};
const AmdWish = Type.Unsafe<Partial<AmdSettings>>(
  Type.Partial(Type.Object(amd), {
    ...Closed,
    description: "Whether a machine has answered is listened for, with app_amd's parameters; {}: its own.",
  }),
);
const KeyWord = Type.Enum([...KEY_DOES], {
  description:
    "`answer`: noted, and the call ends. `queue`: to the agents of the campaign's queue, or of its line's. `refuse`: the number is not called again. `replay`: once more.",
});
const AnnouncementShape = Type.Unsafe<Announcement>(
  Type.Object(
    {
      times: Type.Integer({ minimum: 1, maximum: 5, description: "How often it is played." }),
      waitSeconds: Type.Integer({ minimum: 1, maximum: 30, description: "How long a key is waited for." }),
      keys: Type.Record(
        Type.String({ pattern: "^[0-9*#]$" }),
        Type.Object({ name: Name(), does: KeyWord }, Closed),
        { ...Closed, description: "What the keys mean." },
      ),
    },
    Closed,
  ),
);
const Seconds = Type.Optional(Type.Integer({ minimum: 1, maximum: 3600 }));

const PreviewShape = Type.Unsafe<PreviewSettings>(
  Type.Object(
    {
      seconds: Type.Integer({ minimum: 5, maximum: 3600, description: "So long somebody is shown." }),
      onTimeout: Type.Enum([...PREVIEW_TIMEOUTS], {
        description:
          "When the agent has not decided by then: `pause`: back to the list, and a break for the agent; `call`: called without the agent's word, which is a machine's dial and not for advertising.",
      }),
    },
    { ...Closed, description: "In mode `preview`." },
  ),
);

const settings = {
  name: Name(),
  mode: Mode,
  purpose: PurposeOf,
  lineId: Id("Whose number is shown, and whose prompts, recording and language are used."),
  queueId: Nullable(Id("Whose agents serve it.")),
  agentIds: Type.Array(Id(), { maxItems: 1000, description: "Who serves it, without a queue." }),
  ratio: Nullable(
    Type.Number({ minimum: 1, maximum: 10, description: "In mode `power`: calls for each free agent." }),
  ),
  connect: Type.Enum(["ring", "open-line"], {
    description: "How agents are reached: their phone rings, or they keep a line open.",
  }),
  blending: Type.Boolean({ description: "Its agents may take queue calls as well." }),
  shedding: Type.Boolean({
    description: "Calls that have rung for the minimum time may be hung up when too many would answer.",
  }),
  weight: Type.Integer({
    minimum: 1,
    maximum: 100,
    description: "Its share of agents who serve several campaigns.",
  }),
  ringSeconds: Type.Integer({ minimum: 15, maximum: 60, description: "How long a phone rings." }),
  messageSoundId: Nullable(Id("Played when no agent is there; null: the built-in message.")),
  announcementSoundId: Nullable(Id("Agentless: what is played.")),
  announcement: Nullable(AnnouncementShape),
  trunkIds: Type.Array(Id(), { maxItems: 20, description: "In the order of failover." }),
  callsPerSecond: Type.Integer({ minimum: 1, maximum: 100 }),
  maxLines: Type.Integer({ minimum: 1, maximum: 1000, description: "Calls in the air at once." }),
  wrapUp: Nullable(
    Type.Object({ mode: Type.Enum(["none", "limit", "until-completed"]), seconds: Seconds }, Closed),
  ),
  preview: PreviewShape,
};
const written = {
  ...settings,
  amd: Nullable(AmdWish),
  callerNumbers: Type.Array(PhoneText, {
    maxItems: 500,
    description:
      "Shown in turn; none: the line's. Numbers of lines, or proved to be the company's (422 `not-own`).",
  }),
  policy: PolicyWish,
};
const { name, mode, purpose, lineId, policy, ...rest } = written;

export const NewCampaign = Type.Object(
  { name, mode, purpose, lineId, policy, ...Type.Partial(Type.Object(rest)).properties },
  { ...Closed, description: `Left out: ${JSON.stringify(NEW_CAMPAIGN)}.` },
);
export const CampaignChange = ChangeOf(written);

const view = {
  id: Id(),
  key: Type.String({ description: "Its name in the dialplan and in Asterisk's records." }),
  state: StateOf,
  ...settings,
  amd: Nullable(Type.Object(amd)),
  callerNumbers: Type.Array(PhoneView),
  policy: PolicyView,
  createdAt: Instant(),
  startedAt: Nullable(Instant()),
  endedAt: Nullable(Instant()),
};
export const CampaignView = Type.Object(view);
export const CampaignApplied = Type.Object({
  ...view,
  applied: AppliedView,
  warnings: Type.Array(
    Type.Object({ code: Type.String(), text: Type.String(), field: Type.Optional(Type.String()) }),
    { description: "`unserved`: it has no agents yet, and cannot be started before it has." },
  ),
});
export const CampaignList = ListOf(CampaignView);
export const CampaignQuery = Type.Object({ state: Type.Optional(StateOf) }, Closed);
export const Warnings = Type.Array(
  Type.Object({
    code: Type.Enum([...HINDRANCES]),
    text: Type.String({ description: "In plain words." }),
    field: Type.Optional(Type.String({ description: "The campaign's field that would mend it." })),
  }),
  { description: "What keeps it from dialling, the gravest first; nothing was refused for it." },
);
export const Moved = Type.Object({ id: Id(), state: StateOf, warnings: Warnings });

export const PresetList = ListOf(Type.Object({ name: Type.String(), policy: PolicyView }));
