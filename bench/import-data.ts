/** A list of people as programs send them and as COPY takes them: the same data in each form. */
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const SURNAMES = "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров".split(" ");
const NAMES = "Александр Мария Сергей Анна Дмитрий Елена Андрей Ольга Алексей Наталья".split(" ");
const CITIES: readonly (readonly [string, string])[] = [
  ["Москва", "Europe/Moscow"],
  ["Самара", "Europe/Samara"],
  ["Омск", "Asia/Omsk"],
  ["Чита", "Asia/Chita"],
];
export const TAG = "список";

export interface Person {
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  readonly city: string;
  readonly zone: string;
}

/** The nth of them; no two have anything in common but the city. */
export function person(n: number): Person {
  const [city, zone] = CITIES[n % CITIES.length] as readonly [string, string];
  const name = `${SURNAMES[n % 10]} ${NAMES[(n >> 3) % 10]} ${n}`;
  return {
    name,
    phone: `+79${String(n).padStart(9, "0")}`,
    email: `user${n}@mail${n % 50}.example`,
    city,
    zone,
  };
}

/** NDJSON, written down piece by piece. */
export function ndjson(count: number): Readable {
  return Readable.from(
    batched(count, (n) => {
      const { name, phone, email, city } = person(n);
      return `${JSON.stringify({ name, phones: [phone.replace("+7", "8")], emails: [email], city, tags: [TAG] })}\n`;
    }),
    { objectMode: false },
  );
}

/** A table for a spreadsheet, headings first. */
export function rows(from: number, count: number): string[][] {
  const people = Array.from({ length: count }, (_, index) => person(from + index));
  return [
    ["ФИО", "Телефон", "E-mail", "Город", "Теги"],
    ...people.map(({ name, phone, email, city }) => [name, phone.slice(1), email, city, TAG]),
  ];
}

/** What COPY needs, in files. @returns table and columns → file */
export async function copyFiles(folder: string, count: number, tagId: string): Promise<Map<string, string>> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const texts: Record<string, (n: number) => string> = {
    "contact (id, kind, name, city, zone)": (n) => {
      const { name, city, zone } = person(n);
      return `${ids[n]}\tcontact\t${name}\t${city}\t${zone}\n`;
    },
    "contact_phone (contact_id, phone, position)": (n) => `${ids[n]}\t${person(n).phone}\t0\n`,
    "contact_email (contact_id, email, position)": (n) => `${ids[n]}\t${person(n).email}\t0\n`,
    "contact_tag (contact_id, tag_id)": (n) => `${ids[n]}\t${tagId}\n`,
  };
  const files = new Map<string, string>();
  for (const [into, text] of Object.entries(texts)) {
    const path = join(folder, `${files.size}.copy`);
    await pipeline(Readable.from(batched(count, text), { objectMode: false }), createWriteStream(path));
    files.set(into, path);
  }
  return files;
}

function* batched(count: number, text: (n: number) => string): Generator<string> {
  for (let from = 0; from < count; from += 1000)
    yield Array.from({ length: Math.min(1000, count - from) }, (_, index) => text(from + index)).join("");
}
