/** Voice menus: what callers hear before anybody is looked for, and where their keys lead. */
import { type Menu, type MenuAction, readMenus } from "../../store/reads/menus.ts";
import type { Api, ApiContext } from "../context.ts";
import { phoneFrom } from "../phones.ts";
import { notFound } from "../problem.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/menus.ts";
import { iso } from "../times.ts";

const tags = ["menus"];

/** Adds the routes. */
export function menuRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;

  api.get(
    "/v1/menus",
    {
      config: { permission: "menus:read" },
      schema: {
        tags,
        summary: "List voice menus",
        description: "The main one first; lines say which they play, and when.",
        "x-ledger": ["IVR-01", "IVR-09"],
        response: { 200: S.MenuList },
      },
    },
    async () => ({ items: (await readMenus(db)).map(menuView) }),
  );

  api.post(
    "/v1/menus",
    {
      config: { permission: "menus:write" },
      schema: {
        tags,
        summary: "Create a voice menu",
        description: "Refused (422) when no way leads out of it, or it leads to something that is not there.",
        "x-ledger": ["IVR-01", "IVR-03", "IVR-04", "IVR-05", "IVR-06", "IVR-07", "IVR-08"],
        body: S.NewMenu,
        response: { 201: S.MenuApplied },
      },
    },
    async (request, reply) => {
      const fields = { ...S.NEW_MENU, ...request.body };
      const { id, applied } = await commands.send(
        "menu.create",
        { ...fields, ...readActions(context, fields) },
        request.caller,
      );
      return reply.code(201).send({ ...(await show(context, id)), applied });
    },
  );

  api.get(
    "/v1/menus/:id",
    {
      config: { permission: "menus:read" },
      schema: {
        tags,
        summary: "Show one voice menu",
        description: "Asterisk shows the same: dialplan show menu-<key>.",
        "x-ledger": ["IVR-01"],
        params: IdParams,
        response: { 200: S.MenuView },
      },
    },
    (request) => show(context, request.params.id),
  );

  api.patch(
    "/v1/menus/:id",
    {
      config: { permission: "menus:write" },
      schema: {
        tags,
        summary: "Change a voice menu",
        description: "Callers who are in it stay in it. `buttons` replaces all of them.",
        "x-ledger": ["IVR-03", "IVR-04", "IVR-05", "IVR-06", "IVR-07", "IVR-08"],
        params: IdParams,
        body: S.MenuChange,
        response: { 200: S.MenuApplied },
      },
    },
    async (request) => {
      const { id } = request.params;
      const change = { ...request.body, ...readActions(context, request.body) };
      const { applied } = await commands.send("menu.change", { id, change }, request.caller);
      return { ...(await show(context, id)), applied };
    },
  );

  api.put(
    "/v1/menus/:id/buttons/:digit",
    {
      config: { permission: "menus:write" },
      schema: {
        tags,
        summary: "Add a button, or change it",
        description: "One digit with its action; the others stay.",
        "x-ledger": ["IVR-04", "IVR-05"],
        params: S.ButtonParams,
        body: S.Button,
        response: { 200: S.MenuApplied },
      },
    },
    async (request) => {
      const { id, digit } = request.params;
      const action = readAction(context, request.body.action, "action");
      const { applied } = await commands.send("menu.setButton", { id, digit, action }, request.caller);
      return { ...(await show(context, id)), applied };
    },
  );

  api.delete(
    "/v1/menus/:id/buttons/:digit",
    {
      config: { permission: "menus:write" },
      schema: {
        tags,
        summary: "Take a button away",
        description: "Refused (422) when the menu would never end without it.",
        "x-ledger": ["IVR-04"],
        params: S.ButtonParams,
        response: { 200: S.MenuApplied },
      },
    },
    async (request) => {
      const { applied } = await commands.send("menu.removeButton", request.params, request.caller);
      return { ...(await show(context, request.params.id)), applied };
    },
  );

  api.delete(
    "/v1/menus/:id",
    {
      config: { permission: "menus:write" },
      schema: {
        tags,
        summary: "Delete a voice menu",
        description: "Refused (409) while a line plays it or another menu leads to it.",
        "x-ledger": ["IVR-01"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("menu.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );
}

async function show({ db }: ApiContext, id: string) {
  const views = (await readMenus(db)).map(menuView);
  const view = views.find((each) => each.id === id);
  if (!view) throw notFound("menu");
  return view;
}

function menuView({ greeting, sounds: _, createdAt, buttons, ...menu }: Menu, place: number) {
  return {
    ...menu,
    buttons: [...buttons],
    greetingId: greeting?.id ?? null,
    main: place === 0,
    createdAt: iso(createdAt),
  };
}

/** Numbers in any spelling as E.164. @throws Problem 422 naming the field */
function readActions(
  context: ApiContext,
  {
    buttons,
    fallback,
  }: { buttons?: readonly { digit: string; action: MenuAction }[]; fallback?: MenuAction },
) {
  return {
    ...(buttons && {
      buttons: buttons.map(({ digit, action }, index) => ({
        digit,
        action: readAction(context, action, `buttons.${index}.action`),
      })),
    }),
    ...(fallback && { fallback: readAction(context, fallback, "fallback") }),
  };
}

function readAction({ country }: ApiContext, action: MenuAction, field: string): MenuAction {
  if (action.type !== "external") return action;
  return { ...action, number: phoneFrom(action.number, country, `${field}.number`) };
}
