/** Lines of CEL as cel_custom writes them into the spool. */

/** Every field in quotes, quotes in it doubled. */
function celLine(fields: readonly string[]): string {
  return fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",");
}

/** A HANGUP of a caller with this number and name. */
export function hangupRecord(number: string, name: string, exten = "100"): string {
  const channel = ["1795293304.000001", "PJSIP/t-1", "1.1", "1.1", exten, "in", ""];
  return celLine(["HANGUP", ...channel, number, name, ...Array(6).fill(""), "{}"]);
}
