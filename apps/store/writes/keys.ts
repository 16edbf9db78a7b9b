/** Asterisk's names for queues, lines, trunks and campaigns: a letter and a number that is never used twice in a row. */
import { randomInt } from "node:crypto";
import type { Db } from "../database.ts";

const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

/** Letters and digits that cannot be mistaken for each other. */
export function randomText(length: number, letters = LETTERS): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
}

/**
 * A free key such as `q7`: one more than the highest. Queue logs and records of removed queues keep their meaning as
 * long as the newest is not removed, and a reader can remember it.
 */
export async function nextKey(
  db: Db,
  table: "queue" | "line" | "trunk" | "menu" | "campaign",
): Promise<string> {
  const rows = await db.selectFrom(table).select("key").execute();
  const numbers = rows.map(({ key }) => Number(/\d+$/.exec(key)?.[0] ?? 0));
  return `${table[0]}${Math.max(0, ...numbers) + 1}`;
}
