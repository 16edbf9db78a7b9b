/** A manager's campaign from the first request to its end, through the API alone, dialled on a real Asterisk. */
import t from "tap";
import { Dialling, dialledBy } from "../support/dialling.ts";
import type { Scene } from "../support/scene.ts";
import { sceneOfFile } from "../support/scene-file.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());

const ALWAYS = { week: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }] };

t.test("DIAL-15 a manager makes a campaign, lists numbers, starts it, and reads how it went", async (t) => {
  const agent = await scene.agent("Dialler's agent");
  const line = await scene.line([agent]);
  const far = await dialling.carrier({
    "791631": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 },
    "791632": { does: "refuse", status: 486 },
    "791633": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 },
  });
  const campaign = await scene.must("POST", "/v1/campaigns", {
    name: "Reminders",
    mode: "progressive",
    purpose: "service",
    lineId: line.id,
    agentIds: [agent.id],
    policy: { preset: "russia-service", calendar: ALWAYS },
  });
  t.equal(campaign.state, "draft");
  const early = await scene.ask("POST", `/v1/campaigns/${campaign.id}/start`);
  t.equal(early.status, 409, "nobody is on its list");
  const numbers = ["+79163100001", "8 916 320-00-01", "+79163300001"];
  await scene.must("POST", `/v1/campaigns/${campaign.id}/contacts`, { contacts: numbers });
  const refusals = [{ phone: "+79163300001", reason: "asked not to be called" }];
  await scene.must("POST", "/v1/refusals", { refusals });
  const check = await scene.must("POST", "/v1/campaigns/check", {
    campaignId: campaign.id,
    phone: "+79163300001",
  });
  t.equal(check.allowed, false, JSON.stringify(check));
  await dialling.ready(agent);
  t.equal(far.notes().length, 0, "a draft dials nobody");
  await scene.must("POST", `/v1/campaigns/${campaign.id}/start`);
  const status = await until(
    "two numbers are tried, the third is refused",
    async () => {
      const now = await scene.get(`/v1/campaigns/${campaign.id}/status`);
      return now.attempts.total >= 2 && now.attempts.open === 0 && now.list.states.refused === 1
        ? now
        : undefined;
    },
    60_000,
  );
  t.match(status, {
    attempts: { total: 2, endings: { answered: 1, busy: 1 } },
    abandonment: { abandoned: 0 },
  });
  t.same([...dialledBy(far).keys()].sort(), ["+79163100001", "+79163200001"], "who refused was not dialled");
  const { items } = await scene.get(`/v1/campaigns/${campaign.id}/attempts`);
  t.same(items.map((attempt: { ending: string }) => attempt.ending).sort(), ["answered", "busy"]);
  await scene.must("POST", `/v1/campaigns/${campaign.id}/stop`);
  t.equal((await scene.get(`/v1/campaigns/${campaign.id}`)).state, "stopped");
});
