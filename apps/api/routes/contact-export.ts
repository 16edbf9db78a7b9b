/** The contact base as a file for a spreadsheet (REP-09). */
import { Readable } from "node:stream";
import { localText } from "../../core/routing/wall-clock.ts";
import { display } from "../../phone/number.ts";
import { type ExportedContact, exportContacts } from "../../store/reads/contact-export.ts";
import { audit } from "../../store/writes/audit.ts";
import { filterFrom } from "../contact-filters.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { type Cell, csvOf, csvRows } from "../csv.ts";
import { zoneFrom } from "../periods.ts";
import * as S from "../schemas/contact-export.ts";

const PHONES = 3;
const COLUMNS = {
  en: "Manager,Creation date,Creation time,Client,Contact,Position,Phone 1,Phone 2,Phone 3,E-mail,City,Field of activity,Site,INN,KPP,Description,Tags",
  ru: "Менеджер,Дата создания,Время создания,Клиент,Контакт,Должность,Телефон 1,Телефон 2,Телефон 3,E-mail,Город,Сфера деятельности,Сайт,ИНН,КПП,Описание,Теги",
} as const;

/** Adds the route. */
export function contactExportRoutes(api: Api, { db, country }: ApiContext): void {
  api.get(
    "/v1/contacts/export",
    {
      config: { permission: "contacts:export" },
      schema: {
        tags: ["contacts"],
        summary: "Download contacts as CSV",
        description:
          "All that match the filter, the newest first; what would be a formula in a spreadsheet is marked as text. Who downloads is audited.",
        "x-ledger": ["REP-09"],
        querystring: S.ContactExportQuery,
        produces: ["text/csv"],
      },
    },
    async ({ query, caller }, reply) => {
      const { language, zone, ...asked } = query;
      const filter = filterFrom(asked, country);
      const clock = zoneFrom(zone) ?? "UTC";
      await audit(db, {
        ...{ by: caller, action: "contacts.exported", subjectType: "contacts", detail: { filter: asked } },
      });
      async function* lines() {
        yield csvOf(COLUMNS[language].split(","), []);
        for await (const rows of exportContacts(db, filter, onlyAgent(caller)))
          yield csvRows(rows.map((row) => cellsOf(row, clock)));
      }
      return reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", 'attachment; filename="contacts.csv"')
        .send(Readable.from(lines()));
    },
  );
}

function cellsOf(row: ExportedContact, clock: string): Cell[] {
  const [day = "", time = ""] = localText(clock, row.createdAt.getTime()).split("T");
  const [client, person] = row.kind === "organisation" ? [row.name, null] : [row.organisation, row.name];
  const phones = Array.from({ length: PHONES }, (_, at) => {
    // Whatever has no column of its own stands in the last one.
    const some = at < PHONES - 1 ? row.phones.slice(at, at + 1) : row.phones.slice(at);
    return some.map(display).join("; ");
  });
  return [
    ...[row.owner, day, time, client, person, row.position, ...phones, row.emails.join(","), row.city],
    ...[row.industry, row.site, row.inn, row.kpp, row.description],
    row.tags.map(({ name }) => name).join("; "),
  ];
}
