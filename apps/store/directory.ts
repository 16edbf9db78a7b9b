/**
 * Who owns a number: every contact's phones in memory, so that routing needs no database (OWN-10, law L2).
 *
 * A million contacts in about 60 MB: an open-addressing hash over typed arrays. E.164 has at most 15 digits, so a
 * number is exact in a double; a contact's id is four 32-bit words; owners are numbered. Look-up time does not
 * depend on the size.
 */
import { sql } from "kysely";
import type { Db } from "./database.ts";

const EMPTY = 0;
const DELETED = -1;
const NOBODY = -1;

export interface DirectoryEntry {
  readonly id: string;
  readonly ownerId?: string | undefined;
}

export class PhoneDirectory {
  #phones = new Float64Array(1024);
  #owners = new Int32Array(1024);
  #ids = new Uint32Array(4096);
  #used = 0;
  #size = 0;
  readonly #agents: string[] = [];
  readonly #agentNumbers = new Map<string, number>();

  /** Numbers known. */
  get size(): number {
    return this.#size;
  }

  /** @param phone E.164 with its plus */
  find(phone: string): DirectoryEntry | undefined {
    const slot = this.#slotOf(Number(phone));
    if (slot < 0) return undefined;
    const owner = this.#owners[slot] ?? NOBODY;
    return { id: readId(this.#ids, slot), ownerId: owner === NOBODY ? undefined : this.#agents[owner] };
  }

  set(phone: string, entry: DirectoryEntry): void {
    if ((this.#used + 1) * 2 > this.#phones.length) this.#grow();
    const key = Number(phone);
    let slot = this.#slotOf(key);
    if (slot < 0) {
      slot = this.#freeSlot(key);
      if (this.#phones[slot] === EMPTY) this.#used++;
      this.#phones[slot] = key;
      this.#size++;
    }
    this.#owners[slot] = entry.ownerId === undefined ? NOBODY : this.#agentNumber(entry.ownerId);
    writeId(this.#ids, slot, entry.id);
  }

  delete(phone: string): void {
    const slot = this.#slotOf(Number(phone));
    if (slot < 0) return;
    this.#phones[slot] = DELETED;
    this.#size--;
  }

  /** The phones that lead to this contact now; a scan, used only when a contact changes. */
  phonesOf(id: string): string[] {
    const wanted = new Uint32Array(4);
    writeId(wanted, 0, id);
    const found: string[] = [];
    for (let slot = 0; slot < this.#phones.length; slot++) {
      if ((this.#phones[slot] ?? 0) <= 0 || this.#ids[slot * 4] !== wanted[0]) continue;
      if (
        this.#ids[slot * 4 + 1] === wanted[1] &&
        this.#ids[slot * 4 + 2] === wanted[2] &&
        this.#ids[slot * 4 + 3] === wanted[3]
      )
        found.push(`+${this.#phones[slot]}`);
    }
    return found;
  }

  #slotOf(key: number): number {
    const mask = this.#phones.length - 1;
    for (let slot = hash(key) & mask; ; slot = (slot + 1) & mask) {
      const here = this.#phones[slot];
      if (here === key) return slot;
      if (here === EMPTY) return -1;
    }
  }

  #freeSlot(key: number): number {
    const mask = this.#phones.length - 1;
    let slot = hash(key) & mask;
    while ((this.#phones[slot] ?? 0) > 0) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [phones, owners, ids] = [this.#phones, this.#owners, this.#ids];
    const length = this.#size * 4 > phones.length ? phones.length * 2 : phones.length;
    this.#phones = new Float64Array(length);
    this.#owners = new Int32Array(length);
    this.#ids = new Uint32Array(length * 4);
    this.#used = this.#size;
    for (let old = 0; old < phones.length; old++) {
      const key = phones[old] ?? 0;
      if (key <= 0) continue;
      const slot = this.#freeSlot(key);
      this.#phones[slot] = key;
      this.#owners[slot] = owners[old] ?? NOBODY;
      this.#ids.set(ids.subarray(old * 4, old * 4 + 4), slot * 4);
    }
  }

  #agentNumber(id: string): number {
    let number = this.#agentNumbers.get(id);
    if (number === undefined) {
      number = this.#agents.push(id) - 1;
      this.#agentNumbers.set(id, number);
    }
    return number;
  }
}

/** Spreads consecutive numbers; both halves of the double's 53 bits take part. */
function hash(key: number): number {
  const high = Math.floor(key / 0x1_0000_0000);
  let mixed = Math.imul(key >>> 0, 0x9e37_79b1) ^ Math.imul(high, 0x85eb_ca6b);
  mixed ^= mixed >>> 15;
  return Math.imul(mixed, 0x2c1b_3c6d) >>> 1;
}

function writeId(words: Uint32Array, slot: number, id: string): void {
  const hex = id.replaceAll("-", "");
  for (let word = 0; word < 4; word++)
    words[slot * 4 + word] = Number.parseInt(hex.slice(word * 8, word * 8 + 8), 16);
}

function readId(words: Uint32Array, slot: number): string {
  let hex = "";
  for (let word = 0; word < 4; word++) hex += (words[slot * 4 + word] ?? 0).toString(16).padStart(8, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

interface PhoneRow {
  phone: string;
  id: string;
  owner_id: string | null;
}

/** Small enough that a call that is being decided waits a few milliseconds at most while everything is read. */
const PAGE = 4000;

/** Reads every phone into a new directory, in pages. A phone of several contacts: the oldest with an owner. */
export async function loadDirectory(db: Db): Promise<PhoneDirectory> {
  const directory = new PhoneDirectory();
  let after = "";
  for (;;) {
    const { rows } = await sql<PhoneRow>`
      select distinct on (p.phone) p.phone, c.id, c.owner_id
        from contact_phone p join contact c on c.id = p.contact_id
       where p.phone > ${after}
       order by p.phone, (c.owner_id is null), c.created_at
       limit ${PAGE}`.execute(db);
    for (const row of rows) directory.set(row.phone, { id: row.id, ownerId: row.owner_id ?? undefined });
    if (rows.length < PAGE) return directory;
    after = rows.at(-1)?.phone ?? "";
  }
}

/** Re-reads what a changed contact's phones lead to now, old phones included. */
export async function refreshContact(db: Db, directory: PhoneDirectory, contactId: string): Promise<void> {
  const before = directory.phonesOf(contactId);
  const { rows } = await sql<PhoneRow>`
    select distinct on (p.phone) p.phone, c.id, c.owner_id
      from contact_phone p join contact c on c.id = p.contact_id
     where p.phone in (select phone from contact_phone where contact_id = ${contactId}) or p.phone = any(${before})
     order by p.phone, (c.owner_id is null), c.created_at`.execute(db);
  const now = new Set(rows.map((row) => row.phone));
  for (const phone of before) if (!now.has(phone)) directory.delete(phone);
  for (const row of rows) directory.set(row.phone, { id: row.id, ownerId: row.owner_id ?? undefined });
}
