/** Recordings at rest: what opens a sealed file, what does not, and how keys change under it. */
import { randomUUID } from "node:crypto";
import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { adopt } from "../../apps/asterisk/recordings/adopt.ts";
import { wavHeader } from "../../apps/asterisk/recordings/wav.ts";
import { CHUNK_BYTES, HEADER_BYTES, SLOTS, TAG_BYTES } from "../../apps/vault/format.ts";
import { type KeySource, openMasterKeys, readMasterKeys } from "../../apps/vault/keys.ts";
import { openSealed, readSealed, rewrap, shred } from "../../apps/vault/sealed-file.ts";

const noise = Buffer.from(Array.from({ length: 2 * CHUNK_BYTES + 1000 }, (_, i) => (i * 7919) % 251));

/** A sealed recording of `bytes` of sound, and what it was made of. */
async function sealed(t: Test, bytes = noise.length, id = randomUUID()) {
  const folder = t.testdir({ "a.raw": noise.subarray(0, bytes) });
  const keys = openMasterKeys(join(folder, "keys.json"));
  const path = join(folder, "a.wav.enc");
  const adopted = await adopt({
    from: join(folder, "a.raw"),
    to: path,
    seal: { id, master: keys.newest() },
  });
  const plain = Buffer.concat([wavHeader({ channels: 2, rate: 8000 }, bytes), noise.subarray(0, bytes)]);
  return { folder, keys, path, id, adopted, plain };
}

async function part(path: string, keys: KeySource, from: number, to: number): Promise<Buffer> {
  const handle = await open(path);
  try {
    const pieces: Buffer[] = [];
    for await (const piece of readSealed(handle, await openSealed(handle, keys), from, to))
      pieces.push(piece);
    return Buffer.concat(pieces);
  } finally {
    await handle.close();
  }
}

async function change<Result>(
  path: string,
  work: (handle: Awaited<ReturnType<typeof open>>) => Promise<Result>,
) {
  const handle = await open(path, "r+");
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

t.test("REC-03 a sealed recording opens to the very bytes, whole and in any part", async (t) => {
  const { path, keys, plain, adopted, id } = await sealed(t);
  t.equal(adopted.bytes, plain.length, "sizes and checksums are the plain file's");
  t.ok((await part(path, keys, 0, plain.length - 1)).equals(plain));
  const onDisk = readFileSync(path);
  t.notOk(onDisk.includes(noise.subarray(300, 316)), "the sound is not in the file");
  t.notOk(onDisk.includes("RIFF"));
  t.equal(statSync(path).size, HEADER_BYTES + plain.length + 3 * TAG_BYTES);
  const handle = await open(path);
  t.equal((await openSealed(handle, keys)).id, id);
  await handle.close();
  const limit = plain.length - 1;
  await fc.assert(
    fc.asyncProperty(fc.nat(limit), fc.nat(limit), async (a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      return (await part(path, keys, from, to)).equals(plain.subarray(from, to + 1));
    }),
    {
      numRuns: 60,
      examples: [
        [CHUNK_BYTES - 1, CHUNK_BYTES],
        [CHUNK_BYTES, CHUNK_BYTES],
        [0, limit],
        [limit, limit],
      ],
    },
  );
  for (const bytes of [0, 4, CHUNK_BYTES - 44, CHUNK_BYTES - 40, 2 * CHUNK_BYTES - 44]) {
    const other = await sealed(t, bytes);
    t.ok(
      (await part(other.path, other.keys, 0, other.plain.length - 1)).equals(other.plain),
      `${bytes} bytes`,
    );
  }
});

t.test(
  "a file that was changed, cut, put together differently or belongs elsewhere is noticed",
  async (t) => {
    const { path, keys, plain } = await sealed(t);
    const good = readFileSync(path);
    const chunk = CHUNK_BYTES + TAG_BYTES;
    const at = (index: number) =>
      good.subarray(HEADER_BYTES + index * chunk, HEADER_BYTES + (index + 1) * chunk);
    const refused = async (bytes: Buffer, code: string, what: string) => {
      writeFileSync(path, bytes);
      await t.rejects(part(path, keys, 0, plain.length - 1), { code }, what);
    };
    const flipped = (offset: number) => {
      const copy = Buffer.from(good);
      copy[offset] = (copy[offset] ?? 0) ^ 1;
      return copy;
    };
    await refused(flipped(HEADER_BYTES + 5), "damaged", "one bit of the sound");
    await refused(flipped(good.length - 1), "damaged", "one bit of the last tag");
    await refused(flipped(25), "no-key", "another recording's id");
    await refused(flipped(19), "no-key", "another length");
    await refused(flipped(SLOTS[0] + 40), "no-key", "the wrapped key");
    await refused(flipped(0), "not-sealed", "another kind of file");
    await refused(good.subarray(0, good.length - 1), "damaged", "cut");
    await refused(good.subarray(0, HEADER_BYTES + 2 * chunk), "damaged", "without its last chunk");
    await refused(good.subarray(0, 100), "not-sealed", "hardly begun");
    const swapped = Buffer.concat([
      good.subarray(0, HEADER_BYTES),
      at(1),
      at(0),
      good.subarray(HEADER_BYTES + 2 * chunk),
    ]);
    await refused(swapped, "damaged", "chunks in another order");
    const other = await sealed(t);
    const theirs = readFileSync(other.path).subarray(HEADER_BYTES);
    writeFileSync(path, Buffer.concat([good.subarray(0, HEADER_BYTES), theirs]));
    await t.rejects(
      part(path, keys, 0, 10),
      { code: "damaged" },
      "another recording's sound under this header",
    );
  },
);

t.test(
  "REC-03 keys rotate: the same sound under a new master key; without any copy nothing opens",
  async (t) => {
    const { path, keys, plain, folder } = await sealed(t);
    const sound = readFileSync(path).subarray(HEADER_BYTES);
    const reader = readMasterKeys(join(folder, "keys.json"));
    const first = keys.newest();
    t.ok(reader.find(first.id)?.key.equals(first.key), "another process reads the same key");
    const whole = (from: KeySource) => part(path, from, 0, plain.length - 1);
    for (let round = 0; round < 3; round++) {
      const [before, now] = [keys.newest(), keys.rotate()];
      await change(path, (handle) => rewrap(handle, keys, now));
      keys.forget(before.id);
      t.same(
        keys.all().map(({ id }) => id),
        [now.id],
      );
      t.ok((await whole(keys)).equals(plain));
      t.ok((await whole(reader)).equals(plain), "and finds the new one when a file asks for it");
      await t.rejects(whole({ find: (id) => (id === before.id ? before : undefined) }), { code: "no-key" });
    }
    t.ok(readFileSync(path).subarray(HEADER_BYTES).equals(sound), "the sound was not touched");
    keys.forget(keys.newest().id);
    t.equal(keys.all().length, 1, "the newest key is never forgotten");
    const [good, next] = [readFileSync(path), keys.rotate()];
    const torn = Buffer.from(good);
    torn.fill(0xab, SLOTS[0], SLOTS[0] + 30);
    torn.fill(0, SLOTS[1], SLOTS[1] + 76);
    writeFileSync(path, torn);
    await t.rejects(whole(keys), { code: "no-key" }, "neither copy is whole");
    // As if the machine had died while the second copy was written: the first one is still there, and whole.
    const half = Buffer.from(good);
    const empty = SLOTS.find((slot) => good.subarray(slot, slot + 76).every((byte) => byte === 0)) ?? 0;
    half.fill(0xab, empty, empty + 40);
    writeFileSync(path, half);
    t.ok((await whole(keys)).equals(plain), "a crash in the middle of it leaves the copy from before");
    await change(path, (handle) => rewrap(handle, keys, next));
    t.ok((await whole(keys)).equals(plain), "and it is done again");
    await change(path, shred);
    await t.rejects(whole(keys), { code: "no-key" }, "shredded");
  },
);

t.test("the keys' file is for us alone, and a damaged one is not replaced by a new one", (t) => {
  const path = join(t.testdir({}), "keys.json");
  const made = openMasterKeys(path);
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.same(openMasterKeys(path).newest(), made.newest(), "made once");
  t.equal(readMasterKeys(join(path, "..", "none.json")).find(made.newest().id), undefined);
  for (const text of ["", "{}", '{"keys":[{"id":"x","key":"","madeAt":""}]}']) {
    writeFileSync(path, text);
    utimesSync(path, 1, 1);
    t.throws(() => openMasterKeys(path), /cannot be read/, text);
    t.equal(readFileSync(path, "utf8"), text);
  }
  t.end();
});
