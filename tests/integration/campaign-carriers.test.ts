/** A campaign's carriers, when one of them does not carry. */
import t from "tap";
import { carrier } from "../../apps/peers/sipp.ts";
import { OPEN_POLICY } from "../support/campaigns.ts";
import { Dialling, dialledBy } from "../support/dialling.ts";
import type { Scene } from "../support/scene.ts";
import { sceneOfFile } from "../support/scene-file.ts";

const scene: Scene = await sceneOfFile();
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());

const OTHER_ADDRESS = "127.0.0.6";

t.test(
  "L8 a carrier that says nothing to an INVITE has failed, not the customer; the next one carries",
  async (t) => {
    const agent = await scene.agent("Reached by the other");
    const line = await scene.line([agent]);
    const good = await dialling.carrier({
      "79167": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 },
      "79168": { does: "ring" },
    });
    const dead = scene.keep(carrier(scene.place, { "79167": { does: "nothing" } }, OTHER_ADDRESS));
    const trunk = { name: "Silent", addresses: [OTHER_ADDRESS], host: OTHER_ADDRESS, port: dead.port };
    const { id: deadId } = await scene.must("POST", "/v1/trunks", trunk);
    const trunks = await dialling.db.selectFrom("trunk").select(["id", "key"]).execute();
    await dialling.ready(agent);
    const retry = { failed: { minutes: 0, most: 3 } };
    const campaign = await dialling.campaign(line, [agent], ["+79167000001"], {
      trunk_ids: [deadId, good.trunkId],
      policy: JSON.stringify({ ...OPEN_POLICY, retry }),
    });
    const other = await scene.agent("Waiting for somebody who does not answer");
    await dialling.ready(other);
    const ringing = await dialling.campaign(line, [other], ["+79168000001"], {
      trunk_ids: [good.trunkId],
      policy: JSON.stringify({ ...OPEN_POLICY, retry: {} }),
    });
    await dialling.move(ringing, "running");
    await dialling.move(campaign, "running");
    const attempts = await dialling.settled(campaign, 2, 120_000);
    const keyOf = (id: string) => trunks.find((each) => each.id === id)?.key;
    t.same(
      attempts.map(({ ending, trunk_key, answered_at }) => [ending, trunk_key, answered_at !== null]),
      [
        ["failed", keyOf(deadId), false],
        ["answered", keyOf(good.trunkId), true],
      ],
    );
    const [rung] = await dialling.settled(ringing, 1, 60_000);
    t.equal(rung?.ending, "no_answer");
    t.same([...dialledBy(dead).values()], [1], "once through each");
    t.same([...dialledBy(good).values()], [1, 1], "once through each");
    const quiet = await dialling.db
      .selectFrom("call_event")
      .select(["call_id", "at"])
      .where("kind", "=", "CarrierQuiet")
      .execute();
    t.same(
      quiet.map(({ call_id }) => call_id),
      [attempts[0]?.call_id],
      "it is noticed of the one that says nothing, and not of the one that rings as long",
    );
    t.ok((quiet[0]?.at ?? 0) < (attempts[0]?.ended_at ?? 0), "before the ring time is over");
    t.match(await scene.get(`/v1/calls/${attempts[0]?.call_id}`), { ending: "failed", culprit: "carrier" });
    t.match((await scene.get(`/v1/campaigns/${campaign}/status`)).attempts, {
      endings: { failed: 1, answered: 1 },
    });
  },
);
