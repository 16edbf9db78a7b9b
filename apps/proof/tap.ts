/**
 * Reads TAP 14 as tap writes it: a test with subtests is a line `# Subtest: name`, then its points indented by
 * four, then its own point. YAML blocks between them are kept as text for the report of failures.
 */

/** One test point; `children` is undefined for a bare assertion. */
export interface Point {
  readonly ok: boolean;
  readonly title: string;
  /** `# SKIP` or `# TODO`: neither proves nor disproves anything. */
  readonly skipped: boolean;
  readonly children: readonly Point[] | undefined;
  /** The diagnosis under a failed point. */
  readonly detail: string;
}

/** How many tests of a file passed; a test is a titled one without further titled ones in it. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const POINT = /^( *)(not )?ok \d+(?: - (.*))?$/;
const DIRECTIVE = /(?<!\\)#\s*(skip|todo)\b/i;
const COMMENT = / (?<!\\)# (time=|skip|todo).*$/i;
const INDENT = 4;

/** The points of one file, top level first. Lines that are not TAP are passed over. */
export function parseTap(text: string): Point[] {
  const levels: Point[][] = [[]];
  const opened: boolean[] = [];
  let yaml: { closing: string; lines: string[]; point: { detail: string } } | undefined;
  for (const line of text.split("\n")) {
    if (yaml) {
      if (line === yaml.closing) {
        yaml.point.detail = yaml.lines.join("\n");
        yaml = undefined;
      } else yaml.lines.push(line);
      continue;
    }
    const subtest = /^( *)# Subtest(:|$)/.exec(line);
    if (subtest) {
      const depth = depthOf(subtest[1]) + 1;
      opened[depth] = true;
      levels[depth] = [];
      continue;
    }
    const open = /^( *) {2}---$/.exec(line);
    const last = open && levels[depthOf(open[1])]?.at(-1);
    if (open && last) {
      yaml = { closing: `${open[1]}  ...`, lines: [], point: last as { detail: string } };
      continue;
    }
    const found = POINT.exec(line);
    if (!found) continue;
    const depth = depthOf(found[1]);
    const level = levels[depth] ?? [];
    levels[depth] = level;
    level.push(pointOf(found, opened[depth + 1] ? (levels[depth + 1] ?? []) : undefined));
    opened[depth + 1] = false;
    levels.length = depth + 1;
  }
  return levels[0] ?? [];
}

function depthOf(blanks: string | undefined): number {
  return Math.floor((blanks?.length ?? 0) / INDENT);
}

function pointOf(found: RegExpExecArray, children: Point[] | undefined): Point {
  const rest = found[3] ?? "";
  const title = rest.replace(/ \{$/, "").replace(COMMENT, "").replace(/\\#/g, "#").trim();
  return { ok: found[2] === undefined, title, skipped: DIRECTIVE.test(rest), children, detail: "" };
}

/**
 * Counts the tests: a titled test (`t.test`) with only assertions in it counts once, whatever their number; an
 * assertion outside such a test counts only when it fails; a test that fails although nothing in it does (a
 * timeout, a broken plan) counts as failed.
 */
export function countTests(points: readonly Point[]): Counts {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const point of points) {
    if (point.skipped) {
      skipped++;
      continue;
    }
    if (!point.children?.some((child) => child.children !== undefined || child.skipped)) {
      if (!point.ok) failed++;
      else if (point.children) passed++;
      continue;
    }
    const inner = countTests(point.children);
    passed += inner.passed;
    failed += inner.failed + (point.ok || inner.failed > 0 ? 0 : 1);
    skipped += inner.skipped;
  }
  return { passed, failed, skipped };
}

/** Every failure with the titles that lead to it; a test is left out when something in it explains its failure. */
export function failuresOf(
  points: readonly Point[],
  path: readonly string[] = [],
): { path: string; detail: string }[] {
  return points.flatMap((point) => {
    if (point.ok || point.skipped) return failuresOf(point.children ?? [], [...path, point.title]);
    const here = [...path, point.title];
    const inner = failuresOf(point.children ?? [], here);
    return inner.length > 0 ? inner : [{ path: here.join(" › "), detail: point.detail }];
  });
}
