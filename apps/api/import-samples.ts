/** Sample files for people who prepare a list (IMP-01): the same few rows to look at, as CSV and as a workbook. */
import type { Readable } from "node:stream";
import { FIELD_TITLES, IMPORT_FIELDS } from "../core/contacts/headings.ts";
import { columnLetter } from "../core/contacts/table.ts";
import { type ZipEntry, zipBytes, zipStream } from "./zip.ts";

export type SampleLanguage = "ru" | "en";

const ROWS: Readonly<Record<SampleLanguage, readonly (readonly string[])[]>> = {
  ru: [
    [
      ...["ООО «Ромашка»", "Иванова Мария Петровна", "директор", "+7 (495) 000-00-01; 8 916 000-00-01"],
      ...["maria@romashka.example,info@romashka.example", "Москва", "Торговля", "romashka.example"],
      ...["7700000000", "770001001", "Звонить после обеда", "опт; постоянный клиент"],
    ],
    ["ООО «Ромашка»", "Петров Пётр", "бухгалтер", "84950000002", "", "Москва", "", "", "", "", "", "опт"],
    ["", "Сидоров Иван", "", "+380 44 000 00 00", "ivan@mail.example", "Киев", "", "", "", "", "", "новый"],
  ],
  en: [
    [
      ...["Daisy Ltd", "Maria Ivanova", "director", "+7 (495) 000-00-01; 8 916 000-00-01"],
      ...["maria@daisy.example,info@daisy.example", "Moscow", "Retail", "daisy.example"],
      ...["7700000000", "770001001", "Call after lunch", "wholesale; regular"],
    ],
    ["Daisy Ltd", "Peter Petrov", "accountant", "84950000002", "", "Moscow", "", "", "", "", "", "wholesale"],
    ["", "Ivan Sidorov", "", "+380 44 000 00 00", "ivan@mail.example", "Kiev", "", "", "", "", "", "new"],
  ],
};

const ABOUT: Readonly<Partial<Record<string, Record<SampleLanguage, string>>>> = {
  organisation: {
    ru: "Строки с одним названием — сотрудники одной организации",
    en: "Rows with one name are people of one organisation",
  },
  phones: {
    ru: "С кодом города или страны; несколько — через запятую или точку с запятой",
    en: "With area or country code; several with commas or semicolons",
  },
  emails: { ru: "Несколько — через запятую без пробелов", en: "Several with commas and no spaces" },
  tags: { ru: "Несколько — через точку с запятой", en: "Several with semicolons" },
};

/** The sample as a table for the screen. */
export function sampleTable(language: SampleLanguage) {
  return {
    columns: IMPORT_FIELDS.map((field) => ({
      field,
      heading: FIELD_TITLES[field][language],
      about: ABOUT[field]?.[language] ?? "",
    })),
    rows: ROWS[language].map((row) => [...row]),
  };
}

const tableOf = (language: SampleLanguage) => [
  IMPORT_FIELDS.map((field) => FIELD_TITLES[field][language]),
  ...ROWS[language],
];

/** UTF-8 with semicolons, which spreadsheets in Russian open as a table. */
export function sampleCsv(language: SampleLanguage): string {
  const quoted = (cell: string) => (/[";\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return `\ufeff${tableOf(language)
    .map((row) => `${row.map(quoted).join(";")}\r\n`)
    .join("")}`;
}

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** The smallest workbook that there is (ECMA-376, part 1); every cell is text, so that numbers keep their plus. */
export function sampleWorkbook(language: SampleLanguage): { bytes: number; stream: Readable } {
  const rows = tableOf(language).map((row, index) => {
    const cells = row.map(
      (cell, column) =>
        `<c r="${columnLetter(column)}${index + 1}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`,
    );
    return `<row r="${index + 1}">${cells.join("")}</row>`;
  });
  const relation = (type: string, target: string) =>
    `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/${type}" Target="${target}"/></Relationships>`;
  const files: Readonly<Record<string, string>> = {
    "[Content_Types].xml": `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${OFFICE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${OFFICE}.worksheet+xml"/></Types>`,
    "_rels/.rels": relation("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="${language === "ru" ? "Контакты" : "Contacts"}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relation("worksheet", "worksheets/sheet1.xml"),
    "xl/worksheets/sheet1.xml": `${XML}<worksheet xmlns="${MAIN}"><sheetData>${rows.join("")}</sheetData></worksheet>`,
  };
  const entries: ZipEntry[] = Object.entries(files).map(([name, text]) => {
    const bytes = Buffer.from(text);
    const read = async function* () {
      yield bytes;
    };
    return { name, at: new Date(Date.UTC(2026, 0, 1)), bytes: bytes.length, read };
  });
  return { bytes: zipBytes(entries), stream: zipStream(entries) };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
