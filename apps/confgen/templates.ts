/**
 * mustache, kept on a short lead: templates come from this checkout, values are already safe (safe.ts), and views
 * have no prototype, so that a tag can name nothing but what we put in.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import mustache from "mustache";
import { home } from "../home.ts";

export type View = { readonly [name: string]: string | boolean | undefined | View | readonly View[] };

/** Asterisk's files and templates in this checkout. */
export const templateFolder = join(home, "asterisk-conf");

/**
 * Fills a template of asterisk-conf/.
 * @throws Error when the template names something that the view does not have: a misspelt tag is an empty value.
 */
export function fill(template: string, view: View): string {
  const text = readFileSync(join(templateFolder, template), "utf8");
  requireNames(template, mustache.parse(text) as Token[], [bare(view)]);
  return mustache.render(text, bare(view), {}, { escape: String });
}

type Token = readonly [kind: string, name: string, from: number, to: number, inner?: readonly Token[]];

function requireNames(template: string, tokens: readonly Token[], stack: readonly View[]): void {
  for (const [kind, name, , , inner = []] of tokens) {
    if (kind === "text" || kind === "!" || name === ".") continue;
    const holder = stack.find((view) => name in view);
    if (!holder) throw new Error(`${template}: nothing is called «${name}»`);
    const value = holder[name];
    const deeper: readonly View[] = Array.isArray(value)
      ? value
      : typeof value === "object"
        ? [value as View]
        : [];
    if (kind === "^" || deeper.length === 0) {
      if (kind === "^" || !Array.isArray(value)) requireNames(template, inner, stack);
    } else for (const view of deeper) requireNames(template, inner, [view, ...stack]);
  }
}

function bare(view: View): View {
  const entries = Object.entries(view).map(([name, value]) => {
    if (Array.isArray(value)) return [name, value.map(bare)];
    return [name, typeof value === "object" ? bare(value as View) : value];
  });
  return Object.assign(Object.create(null) as View, Object.fromEntries(entries));
}
