/** A whole file is no table that can be imported. */
import type { TableProblem } from "../../core/contacts/table.ts";

/** Thrown while a file is read; people are told its problem. */
export class NotImportable extends Error {
  readonly problem: TableProblem;
  constructor(code: TableProblem["code"], message: string) {
    super(message);
    this.problem = { code, message };
  }
}
