/** DEFER-05: when a call about an order is put off, the order's number stays in the comment. */

/** The comment with the number in it: as it is when it has the number already, by itself and not within another. */
export function mentioning(comment: string, number: string): string {
  const letters = /[\p{L}\p{Nd}]/u;
  for (let at = comment.indexOf(number); at >= 0; at = comment.indexOf(number, at + 1)) {
    const [before, after] = [comment[at - 1] ?? "", comment[at + number.length] ?? ""];
    if (!letters.test(before) && !letters.test(after)) return comment;
  }
  return comment === "" ? `№ ${number}` : `№ ${number}: ${comment}`;
}
