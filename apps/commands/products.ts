/** Products, and which of them an agent knows (ROLE-17). */
import type { Db } from "../store/database.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem } from "./port.ts";

type ProductCommand = "product.create" | "product.change" | "product.delete" | "agent.products";

export function productCommands({ write }: Context): Pick<Handlers, ProductCommand> {
  return {
    "product.create": ({ name }) =>
      write(async (trx) => {
        checkName(name);
        return trx.insertInto("product").values({ name }).returning("id").executeTakeFirstOrThrow();
      }),
    "product.change": ({ id, change: { name } }) =>
      write(async (trx) => {
        await requireProduct(trx, id);
        checkName(name);
        await trx.updateTable("product").set({ name }).where("id", "=", id).execute();
        return {};
      }),
    "product.delete": ({ id }) =>
      write(async (trx) => {
        await requireProduct(trx, id);
        const used = await trx
          .selectFrom("customer_order")
          .select("id")
          .where("product_id", "=", id)
          .executeTakeFirst();
        if (used) throw new CommandProblem(409, "in-use", "there are orders of this product");
        await trx.deleteFrom("product").where("id", "=", id).execute();
        return {};
      }),
    "agent.products": ({ id, productIds }) =>
      write(async (trx) => {
        const agent = trx.selectFrom("agent").select("id").where("id", "=", id);
        required(isId(id) ? await agent.executeTakeFirst() : undefined, "agent");
        for (const [index, product] of productIds.entries())
          await requireProduct(trx, product, `productIds.${index}`);
        await trx.deleteFrom("agent_product").where("agent_id", "=", id).execute();
        if (productIds.length > 0)
          await trx
            .insertInto("agent_product")
            .values(productIds.map((product_id) => ({ agent_id: id, product_id })))
            .execute();
        return {};
      }),
  };
}

/** @throws CommandProblem 404, or 422 naming the field */
export async function requireProduct(trx: Db, id: string, field?: string): Promise<void> {
  const query = trx.selectFrom("product").select("id").where("id", "=", id);
  required(isId(id) ? await query.executeTakeFirst() : undefined, "product", field);
}
