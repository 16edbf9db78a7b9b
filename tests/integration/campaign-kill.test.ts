/** The engine is killed in the middle of a campaign (law L4): a short form of tests/faults/campaign.test.ts. */
import t from "tap";
import { campaignWithKills } from "../support/campaign-kills.ts";
import { Dialling } from "../support/dialling.ts";
import type { Scene } from "../support/scene.ts";
import { sceneOfFile } from "../support/scene-file.ts";

const scene: Scene = await sceneOfFile();
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());

t.test("N8, L4 the engine is killed in a campaign of 30, which goes on by itself", (t) =>
  campaignWithKills(t, scene, dialling, { contacts: 30, agents: 4, kills: 1, withinMs: 120_000 }),
);
