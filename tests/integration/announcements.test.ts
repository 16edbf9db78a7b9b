/**
 * Queues say where a caller stands and how long it may take, in Russian and English: the right files, and audible.
 */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { asteriskPlaces } from "../../apps/confgen/places.ts";
import { type Ear, openEar } from "../support/ear.ts";
import { openScene, type Scene } from "../support/scene.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
t.setTimeout(240_000);

const scene: Scene = await openScene();
const ears: Ear[] = [];
t.teardown(async () => {
  for (const ear of ears) ear.close();
  await scene.close();
});
const sounds = join(asteriskPlaces(scene.instance.config.dataDir).data, "sounds");

/** The file that Asterisk would play, whatever its format. */
function fileOf(language: string, name: string): string | undefined {
  const folder = join(sounds, language, name, "..");
  const stem = name.slice(name.lastIndexOf("/") + 1);
  const found = existsSync(folder)
    ? readdirSync(folder).filter((each) => each.replace(/\.\w+$/, "") === stem)
    : [];
  return found.length === 1 ? join(folder, found[0] ?? "") : undefined;
}

/** What say.c plays for a number below a thousand, as Queue() asks for it ("n"). */
function filesOf(language: string, number: number): string[] {
  const [hundreds, rest] = [Math.floor(number / 100), number % 100];
  const russian = hundreds > 0 ? [`digits/${hundreds * 100}`] : [];
  const english = hundreds > 0 ? [`digits/${hundreds}`, "digits/hundred"] : [];
  const head = language === "ru" ? russian : english;
  if (rest === 0) return head;
  const unit = rest < 20 ? rest : rest % 10;
  const ending = language === "ru" && unit < 3 ? "n" : "";
  const tens = rest < 20 ? [] : [`digits/${rest - unit}`];
  return [...head, ...tens, ...(unit > 0 ? [`digits/${unit}${ending}`] : [])];
}

t.test("every number up to 999 and every word around it can be said in both languages", async (t) => {
  const words = [
    "youarenext",
    "thereare",
    "callswaiting",
    "holdtime",
    "minute",
    "minutes",
    "seconds",
    "thankyou",
  ];
  for (const language of ["ru", "en"]) {
    const names = new Set(words.map((word) => `queue-${word}`));
    for (let number = 1; number < 1000; number++)
      for (const file of filesOf(language, number)) names.add(file);
    const missing = [...names].filter((name) => fileOf(language, name) === undefined);
    t.same(missing, [], `${language}: nothing is missing, and nothing is there twice`);
    t.ok(fileOf(language, "beep") && fileOf(language, "digits/0"), "a beep, and digits");
  }
  t.match(
    realpathSync(fileOf("ru", "digits/3") ?? ""),
    /IvrvoiceRU/,
    "numbers that fit are the package's own",
  );
});

/** The samples of a WAV or of a µ-law file. */
function samplesOf(path: string): Float64Array {
  const file = readFileSync(path);
  if (path.endsWith(".ulaw"))
    return Float64Array.from(file, (code) => {
      const bits = ~code & 0xff;
      const size = (((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7);
      return bits & 0x80 ? 0x84 - size : size - 0x84;
    });
  const data = file.indexOf("data") + 8;
  return Float64Array.from({ length: (file.length - data) >> 1 }, (_, index) =>
    file.readInt16LE(data + 2 * index),
  );
}

let nextCustomer = 5000;

for (const [language, order] of [
  ["ru", ["queue-thereare", "digits/2n", "queue-thankyou"]],
  ["en", ["queue-thereare", "digits/2", "queue-callswaiting", "queue-thankyou"]],
] as const)
  t.test(`the second caller hears it in ${language}, the first that it is the next one's turn`, async (t) => {
    t.teardown(() => scene.clear());
    const agent = await scene.agent(`Busy ${language}`);
    const line = await scene.line([agent], {
      queue: { announcePosition: true, announceEverySeconds: 15 },
      line: { language },
    });
    await scene.onShift(agent, { answerAfterMs: 100 });
    const call = async (): Promise<Ear> => {
      const ear = await openEar();
      ears.push(ear);
      scene.customer(line.number, { from: `+7916333${nextCustomer++}`, earPort: ear.port });
      return ear;
    };
    await call();
    await scene.status(agent, "talking");
    const waiting = async (count: number) =>
      until(
        `${count} wait`,
        async () => (await scene.get(`/v1/queues/${line.queueId}`)).live.waiting === count,
      );
    const first = await call();
    await waiting(1);
    const second = await call();
    await waiting(2);
    const said = (name: string) => samplesOf(fileOf(language, name) ?? "");
    await until("thanks", () => second.findRecording(said("queue-thankyou")) >= 0, 30_000);
    const places = order.map((name) => second.findRecording(said(name)));
    t.ok(
      places.every((place) => place >= 0),
      `all is heard (${places.join(", ")})`,
    );
    t.same(
      [...places].sort((a, b) => a - b),
      places,
      "in this order",
    );
    t.equal(second.findRecording(said("queue-youarenext")), -1, "the second is not the next");
    t.ok(first.findRecording(said("queue-youarenext")) >= 0, "the first is");
    const other = language === "ru" ? "en" : "ru";
    t.equal(
      second.findRecording(samplesOf(fileOf(other, "queue-thereare") ?? "")),
      -1,
      "in one language only",
    );
  });
