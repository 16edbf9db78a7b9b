/** Products, and which of them an agent knows. */
import { listProducts } from "../../store/reads/orders.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { notFound } from "../problem.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/orders.ts";

const tags = ["orders"];
const ledger = ["ROLE-17", "ORDQ-08"];

/** Adds the routes. */
export function productRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;

  api.get(
    "/v1/products",
    {
      config: { permission: "products:read" },
      schema: {
        tags,
        summary: "List products",
        description: "By name, with the agents who know each. An agent's key sees those that it knows.",
        "x-ledger": ledger,
        response: { 200: S.ProductList },
      },
    },
    async ({ caller }) => {
      const own = onlyAgent(caller);
      const products = await listProducts(db);
      if (own === undefined) return { items: products };
      const known = products.filter(({ agentIds }) => agentIds.includes(own));
      return { items: known.map((product) => ({ ...product, agentIds: [own] })) };
    },
  );

  api.post(
    "/v1/products",
    {
      config: { permission: "products:manage" },
      schema: {
        tags,
        summary: "Add a product",
        description: "Nobody knows it yet.",
        "x-ledger": ledger,
        body: S.NewProduct,
        response: { 201: S.ProductView },
      },
    },
    async (request, reply) => {
      const { id } = await commands.send("product.create", request.body, request.caller);
      return reply.code(201).send(await show(context, id));
    },
  );

  api.patch(
    "/v1/products/:id",
    {
      config: { permission: "products:manage" },
      schema: {
        tags,
        summary: "Rename a product",
        description: "Its orders show the new name.",
        "x-ledger": ledger,
        params: IdParams,
        body: S.ProductChange,
        response: { 200: S.ProductView },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { name = "" } = request.body;
      await commands.send("product.change", { id, change: { name } }, request.caller);
      return show(context, id);
    },
  );

  api.delete(
    "/v1/products/:id",
    {
      config: { permission: "products:manage" },
      schema: {
        tags,
        summary: "Delete a product",
        description: "Refused (409) once there are orders of it.",
        "x-ledger": ledger,
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("product.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.put(
    "/v1/agents/:id/products",
    {
      config: { permission: "products:manage" },
      schema: {
        tags: ["agents"],
        summary: "Set the products that an agent knows",
        description: "Only their orders are seen and taken by the agent.",
        "x-ledger": ledger,
        params: IdParams,
        body: S.AgentProducts,
        response: { 200: S.ProductList },
      },
    },
    async (request) => {
      const { id } = request.params;
      await commands.send("agent.products", { id, ...request.body }, request.caller);
      return { items: (await listProducts(db)).filter(({ agentIds }) => agentIds.includes(id)) };
    },
  );
}

async function show({ db }: ApiContext, id: string) {
  const [product] = await listProducts(db, id);
  if (!product) throw notFound("product");
  return product;
}
