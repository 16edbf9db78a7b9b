/** Why a row of a file was not loaded, in words. */
import type { RefusalReason } from "./card.ts";

interface Words {
  readonly ru: string;
  readonly en: string;
}

const REASONS: Readonly<Record<RefusalReason | "duplicate" | "not-yours", Words>> = {
  duplicate: { ru: "такая запись уже есть", en: "there is such a record already" },
  "not-yours": {
    ru: "такая запись есть у другого сотрудника",
    en: "another employee has such a record",
  },
  "too-long": { ru: "в ячейке больше символов, чем можно", en: "the cell has too many characters" },
  "not-a-number": {
    ru: "это не номер телефона с кодом города или страны",
    en: "this is no phone number with its area or country code",
  },
  "not-an-address": { ru: "это не адрес e-mail", en: "this is no e-mail address" },
  unreadable: { ru: "нечитаемые символы", en: "unreadable characters" },
  nobody: {
    ru: "нет ни имени, ни организации, ни телефона, ни e-mail",
    en: "there is neither a name nor an organisation, a phone or an e-mail address",
  },
  "extra-cells": {
    ru: "ячеек больше, чем названий столбцов",
    en: "there are more cells than names of columns",
  },
  malformed: { ru: "строку нельзя прочитать", en: "the row cannot be read" },
  "unknown-field": { ru: "нет такого поля", en: "there is no such field" },
  "refused-by-database": { ru: "база данных не приняла строку", en: "the database does not take the row" },
};

/** The reason in both languages; a code that is not known is told as it is. */
export function reasonText(code: string): Words {
  return (REASONS as Readonly<Record<string, Words>>)[code] ?? { ru: code, en: code };
}
