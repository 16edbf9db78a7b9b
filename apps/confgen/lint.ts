/**
 * Reads the configuration as Asterisk will, and says what Asterisk would only say in the middle of a call: a step
 * that leads nowhere, a prompt or a queue that does not exist, a word whose module is not loaded.
 */
import { type Conf, type Dialplan, readConf, readDialplan, type Step, split, takes } from "./dialplan.ts";
import { APPLICATIONS, FUNCTIONS } from "./vocabulary.ts";

/** What is looked at. Paths are relative to etc/. */
export interface LintInput {
  /** The text of a file of etc/, undefined when there is none. */
  read(path: string): string | undefined;
  /** Whether a prompt exists in every language that a line can have. */
  soundExists(name: string): boolean;
  /** The only application that Stasis() may name. */
  readonly stasisApp: string;
}

/** Everything that is wrong, as `file:line: what`; empty when all is well. */
export function lint(input: LintInput): string[] {
  const problems: string[] = [];
  const conf = (path: string) => readConf(path, input.read, problems);
  const world: World = {
    input,
    plan: readDialplan(conf("extensions.conf")),
    queues: named(conf("queues.conf")),
    music: named(conf("musiconhold.conf")),
    modules: new Set(conf("modules.conf").settings.map(({ value }) => value)),
  };
  for (const { other, at } of world.plan.includes)
    if (!world.plan.contexts.has(other)) problems.push(`${at}: there is no context [${other}] to include`);
  for (const step of world.plan.steps)
    checkStep(world, step, (text) => void problems.push(`${step.at}: ${text}`));
  problems.push(...checkPjsip(conf("pjsip.conf"), world.plan));
  return problems;
}

interface World {
  readonly input: LintInput;
  readonly plan: Dialplan;
  readonly queues: ReadonlySet<string>;
  readonly music: ReadonlySet<string>;
  readonly modules: ReadonlySet<string>;
}

/** Notes a problem; answers nothing, so that `return complain(…)` ends a check. */
type Complain = (text: string) => undefined;

function named(conf: Conf): Set<string> {
  return new Set(conf.sections.map(({ name }) => name).filter((name) => name !== "general"));
}

function checkStep(world: World, step: Step, complain: Complain): undefined {
  const module = APPLICATIONS[step.app];
  if (module === undefined) return complain(`there is no application ${step.app} (${step.data})`);
  if (module !== "" && !world.modules.has(module))
    complain(`${step.app} needs ${module}, which is not loaded`);
  for (const [, name = ""] of step.data.matchAll(/\$\{([A-Z_]+)\(/g)) {
    const needed = FUNCTIONS[name];
    if (needed === undefined) complain(`there is no function ${name}`);
    else if (!world.modules.has(needed)) complain(`${name} needs ${needed}, which is not loaded`);
  }
  checkArguments(world, step, complain);
}

function checkArguments(world: World, step: Step, complain: Complain): undefined {
  const first = split(step.data, ",")[0] ?? "";
  const [, ...branches] = split(step.data, "?");
  switch (step.app) {
    case "Goto":
    case "Gosub":
      return checkTarget(world, step, step.data, complain);
    case "GotoIf":
    case "GotoIfTime":
    case "GosubIf":
      for (const target of split(branches.join("?"), ":"))
        if (target !== "") checkTarget(world, step, target, complain);
      return;
    case "ExecIf":
    case "ExecIfTime":
      for (const branch of split(branches.join("?"), ":")) {
        const call = /^(\w+)\((.*)\)$/.exec(branch);
        checkStep(world, { ...step, app: call?.[1] ?? branch, data: call?.[2] ?? "" }, complain);
      }
      return;
    case "Dial":
    case "Queue":
      for (const [, target = ""] of step.data.matchAll(/[bBU]\(([^)]*)\)/g))
        checkTarget(world, step, target.split("^").join(","), complain);
      if (step.app === "Queue") checkQueue(world, first, complain);
      return;
    case "Set":
      if (first.startsWith("DZ_QUEUE=")) checkQueue(world, first.slice("DZ_QUEUE=".length), complain);
      return;
    case "Background":
    case "Playback":
      for (const name of first.split("&"))
        if (!dynamic(name) && !world.input.soundExists(name)) complain(`there is no prompt ${name}`);
      return;
    case "Stasis":
      if (first !== world.input.stasisApp) complain(`nobody listens to Stasis(${first})`);
      return;
    case "MusicOnHold":
      if (!dynamic(first) && !world.music.has(first)) complain(`there is no music class ${first}`);
      return;
    case "AGI":
      if (!first.startsWith("agi://127.0.0.1:")) complain(`AGI(${first}) would start a program`);
      return;
  }
}

function checkQueue(world: World, name: string, complain: Complain): undefined {
  if (!dynamic(name) && !world.queues.has(name)) complain(`there is no queue ${name}`);
}

/** `[[context,]exten,]priority`; parts with variables are known only at call time and are taken to be right. */
function checkTarget(world: World, step: Step, target: string, complain: Complain): undefined {
  const parts = split(target, ",").map((part) => part.trim());
  const priority = (parts.at(-1) ?? "").replace(/\(.*$/, "");
  const exten = parts.at(-2) ?? step.exten;
  const context = parts.at(-3) ?? step.context;
  if (dynamic(context)) return;
  if (!world.plan.contexts.has(context)) return complain(`there is no context [${context}]`);
  if (dynamic(exten)) return;
  const here = parts.length === 1;
  const steps = stepsOf(world.plan, context, (pattern) => (here ? pattern === exten : takes(pattern, exten)));
  if (steps.length === 0) return complain(`[${context}] does not take ${exten}`);
  if (!steps.some((one) => String(one.priority) === priority || one.label === priority))
    complain(`[${context}] ${exten} has no step ${priority}`);
}

function stepsOf(plan: Dialplan, context: string, wanted: (exten: string) => boolean, depth = 0): Step[] {
  const own = plan.steps.filter((step) => step.context === context && wanted(step.exten));
  if (own.length > 0 || depth > 8) return own;
  const others = plan.includes.filter((include) => include.context === context);
  return others.flatMap(({ other }) => stepsOf(plan, other, wanted, depth + 1));
}

function dynamic(text: string): boolean {
  return text.includes("${");
}

const REFERENCES = ["auth", "aors", "outbound_auth", "endpoint"];

function checkPjsip(conf: Conf, plan: Dialplan): string[] {
  const known = named(conf);
  const problems: string[] = [];
  for (const { name, value, at } of conf.settings) {
    if (REFERENCES.includes(name) && !known.has(value)) problems.push(`${at}: there is no [${value}]`);
    if (name === "context" && !plan.contexts.has(value))
      problems.push(`${at}: there is no context [${value}]`);
  }
  return problems;
}
