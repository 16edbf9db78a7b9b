/** Systems of linear equations, by elimination with the largest pivot of each column. */

/** Solves matrix x = right for each right side. The matrix is square and not singular; it is used up. */
export function solve(matrix: Float64Array[], rights: readonly (readonly number[])[]): Float64Array[] {
  const size = matrix.length;
  const solutions = rights.map((right) => Float64Array.from(right));
  for (let column = 0; column < size; column++) {
    const pivot = pivotOf(matrix, column);
    for (const of of [matrix, ...solutions] as { [place: number]: unknown }[])
      [of[column], of[pivot]] = [of[pivot], of[column]];
    const top = matrix[column] as Float64Array;
    for (let row = column + 1; row < size; row++) {
      const factor = (matrix[row]?.[column] ?? 0) / (top[column] ?? 1);
      if (factor === 0) continue;
      subtract(matrix[row] as Float64Array, top, factor);
      for (const one of solutions) one[row] = (one[row] ?? 0) - factor * (one[column] ?? 0);
    }
  }
  for (const one of solutions) substitute(matrix, one);
  return solutions;
}

function pivotOf(matrix: readonly Float64Array[], column: number): number {
  let pivot = column;
  for (let row = column + 1; row < matrix.length; row++)
    if (Math.abs(matrix[row]?.[column] ?? 0) > Math.abs(matrix[pivot]?.[column] ?? 0)) pivot = row;
  return pivot;
}

function subtract(from: Float64Array, what: Float64Array, factor: number): void {
  for (let place = 0; place < from.length; place++)
    from[place] = (from[place] ?? 0) - factor * (what[place] ?? 0);
}

/** From the last unknown to the first. */
function substitute(matrix: readonly Float64Array[], right: Float64Array): void {
  for (let row = matrix.length - 1; row >= 0; row--) {
    const coefficients = matrix[row] as Float64Array;
    let sum = right[row] ?? 0;
    for (let place = row + 1; place < matrix.length; place++)
      sum -= (coefficients[place] ?? 0) * (right[place] ?? 0);
    right[row] = sum / (coefficients[row] ?? 1);
  }
}
