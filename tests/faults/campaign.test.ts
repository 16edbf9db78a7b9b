/**
 * The engine is killed again and again in the middle of a campaign of 300 (N8, P1, law L4): nobody is dialled twice,
 * each attempt has one ending, who talks goes on talking, the campaign goes on by itself and finishes, and abandonment is
 * within the limit, of those too who answered while no engine ran. `npm run test:faults`, some three minutes.
 */
import t from "tap";
import { campaignWithKills } from "../support/campaign-kills.ts";
import { OPEN_POLICY } from "../support/campaigns.ts";
import { Dialling } from "../support/dialling.ts";
import { openScene, type Scene } from "../support/scene.ts";

t.setTimeout(900_000);
const scene: Scene = await openScene();
t.teardown(() => scene.close());
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());

t.test("N8, P1, L4 three kills of the engine in a campaign of 300", (t) =>
  campaignWithKills(t, scene, dialling, {
    ...{ contacts: 300, agents: 10, kills: 3, withinMs: 400_000 },
    limitPercent: OPEN_POLICY.abandonment.limitPercent,
  }),
);
