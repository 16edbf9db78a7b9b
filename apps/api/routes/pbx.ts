/** The company's own PBX: calls are placed through it while it is connected (LINE-06..09). */
import type { PbxState } from "../../commands/port.ts";
import { pbxRow } from "../../store/reads/numbers.ts";
import type { Api, ApiContext } from "../context.ts";
import { phoneView } from "../phones.ts";
import { notFound } from "../problem.ts";
import * as S from "../schemas/pbx.ts";
import { iso } from "../times.ts";

const tags = ["pbx"];
const ledger = ["LINE-06", "LINE-07", "LINE-08"];

/** Adds the routes. */
export function pbxRoutes(api: Api, context: ApiContext): void {
  const { commands } = context;

  api.get(
    "/v1/pbx",
    {
      config: { permission: "trunks:read" },
      schema: {
        tags,
        summary: "Show the own PBX and its registration",
        description: "Without the password. 404 when none is connected.",
        "x-ledger": ledger,
        response: { 200: S.PbxView },
      },
    },
    async ({ caller }) => {
      await requirePbx(context);
      return show(context, await commands.send("pbx.state", {}, caller));
    },
  );

  api.post(
    "/v1/pbx",
    {
      config: { permission: "trunks:write" },
      schema: {
        tags,
        summary: "Connect the own PBX",
        description:
          "We register there and say whether it was accepted; from then on agents' calls to numbers outside go through it, with its number. It takes some seconds when the PBX does not answer.",
        "x-ledger": ledger,
        body: S.NewPbx,
        response: { 201: S.PbxApplied },
      },
    },
    async ({ body, caller }, reply) => {
      const done = await commands.send("pbx.connect", { domain: null, ...body }, caller);
      return reply.code(201).send({ ...(await show(context, done)), applied: done.applied });
    },
  );

  api.patch(
    "/v1/pbx",
    {
      config: { permission: "trunks:write" },
      schema: {
        tags,
        summary: "Change the own PBX",
        description: "What is not sent stays, the password too.",
        "x-ledger": ledger,
        body: S.PbxChange,
        response: { 200: S.PbxApplied },
      },
    },
    async ({ body, caller }) => {
      const done = await commands.send("pbx.change", { change: body }, caller);
      return { ...(await show(context, done)), applied: done.applied };
    },
  );

  api.delete(
    "/v1/pbx",
    {
      config: { permission: "trunks:write" },
      schema: {
        tags,
        summary: "Disconnect the own PBX",
        description: "Calls then need a new PBX, a carrier's trunk, or a verified number of one's own.",
        "x-ledger": ledger,
        response: { 200: S.PbxGone },
      },
    },
    async ({ caller }) => {
      const { number, applied } = await commands.send("pbx.disconnect", {}, caller);
      const { display } = phoneView(number);
      return { message: `The PBX ${display} is disconnected; calls do not go through it any more.`, applied };
    },
  );
}

async function requirePbx({ db }: ApiContext) {
  const row = await pbxRow(db);
  if (!row) throw notFound("PBX");
  return row;
}

async function show(context: ApiContext, { registered, reason }: PbxState) {
  const { id, number, host, port, username, domain, createdAt } = await requirePbx(context);
  return {
    id,
    number: phoneView(number ?? ""),
    server: `${host}:${port}`,
    login: username ?? "",
    domain,
    createdAt: iso(createdAt),
    registered,
    message: registered ? "The PBX is connected and has accepted the registration." : (reason ?? ""),
  };
}
