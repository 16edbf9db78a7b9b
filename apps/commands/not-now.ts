/** The compliance gate refuses a call that nobody asked for by hand: it is put off. */
import type { Refused } from "../core/dialling/verdict.ts";
import { CommandProblem } from "./port.ts";

export class NotNow extends CommandProblem {
  readonly refused: Refused;
  constructor(refused: Refused) {
    super(409, refused.code, refused.text);
    this.refused = refused;
  }
}
