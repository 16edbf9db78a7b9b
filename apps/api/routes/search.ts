/** The search field of a page: colleagues, contacts, or a number that nobody has yet. */
import { toE164 } from "../../phone/number.ts";
import { listColleagues } from "../../store/reads/agents.ts";
import { searchContacts } from "../../store/reads/contact-search.ts";
import { hasContact, listContacts } from "../../store/reads/contacts.ts";
import { type Api, type ApiContext, floorOrNull, onlyAgent } from "../context.ts";
import { phoneView } from "../phones.ts";
import * as S from "../schemas/search.ts";
import { contactView } from "./contacts.ts";

/** Adds the route. */
export function searchRoutes(api: Api, { db, commands, country }: ApiContext): void {
  api.get(
    "/v1/search",
    {
      config: { permission: "contacts:read" },
      schema: {
        tags: ["contacts"],
        summary: "Search employees and contacts",
        description:
          "Whom to call: colleagues by name or short number, with their status; contacts by a part of the name, of a number, of an e-mail address or of their organisation's name (an agent's key sees those it owns); a telephone number that was typed in full.",
        "x-ledger": ["SOFT-07", "SOFT-08", "SOFT-09", "CONT-05"],
        querystring: S.SearchQuery,
        response: { 200: S.Found },
      },
    },
    async ({ query: { q, limit }, caller }) => {
      const employeesOnly = q.startsWith("*");
      const text = employeesOnly ? q.slice(1) : q;
      const [employees, floor, contacts, number] = await Promise.all([
        listColleagues(db, text, limit),
        floorOrNull(commands),
        employeesOnly ? [] : contactsFor(text, onlyAgent(caller), limit),
        employeesOnly ? null : typedNumber(text),
      ]);
      const status = new Map(floor?.agents.map((agent) => [agent.id, agent.status]));
      return {
        employees: employees.map((each) => ({ ...each, status: status.get(each.id) ?? null })),
        contacts: contacts.map(contactView),
        number,
      };
    },
  );

  /** A number typed in full is looked up in whatever spelling, anything else as a part. */
  async function contactsFor(text: string, only: string | undefined, limit: number) {
    const phone = toE164(text, country);
    const asked = phone ? { phone } : { ids: await searchContacts(db, text, only, limit) };
    return (await listContacts(db, { ...asked, only, limit })).items;
  }

  async function typedNumber(text: string) {
    const e164 = toE164(text, country);
    return e164 === undefined ? null : { ...phoneView(e164), known: await hasContact(db, e164) };
  }
}
