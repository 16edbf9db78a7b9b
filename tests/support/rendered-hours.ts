/**
 * Runs the rendered [line-settings] of one line as Asterisk would, at any instant: only the words that it uses.
 * Zone arithmetic is not that of the core.
 */
import { readConf, readDialplan, type Step, split } from "../../apps/confgen/dialplan.ts";

const NAMES = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Whether the fallback finds the line open. @throws Error for a word that it does not know */
export function fallbackOpens(text: string, key: string, at: number): boolean {
  const plan = readDialplan(readConf("lines.conf", (path) => (path === "lines.conf" ? text : undefined)));
  const steps = plan.steps.filter(({ context, exten }) => context === "line-settings" && exten === key);
  const variables = new Map<string, string>();
  for (let place = 0; place < steps.length; ) {
    const step = steps[place] as Step;
    const target = run(step, at, variables);
    if (target === "return") break;
    place = target === undefined ? place + 1 : steps.findIndex(({ label }) => label === target);
    if (place < 0) throw new Error(`${step.data}: no such label`);
  }
  return variables.get("DZ_OPEN") === "1";
}

/** Where it goes on: a label, `return`, or undefined for the next step. */
function run({ app, data }: Step, at: number, variables: Map<string, string>): string | undefined {
  switch (app) {
    case "Set": {
      const [name = "", value = ""] = data.split(/=(.*)/s);
      const zone = /^\$\{STRFTIME\(\$\{EPOCH\},([^,]+),%Y-%m-%d\)\}$/.exec(value)?.[1];
      const today = zone && clockOf(zone, at);
      variables.set(name, today ? `${today.year}-${two(today.month)}-${two(today.day)}` : value);
      return undefined;
    }
    case "MSet":
      for (const pair of split(data, ",")) variables.set(...(pair.split("=") as [string, string]));
      return undefined;
    case "NoOp":
      return undefined;
    case "Return":
      return "return";
    case "Goto":
      return data;
    case "GotoIf": {
      const [, name = "", value, label] = /^\$\["\$\{(\w+)\}" = "([^"]*)"\]\?(\w+)$/.exec(data) ?? [];
      return variables.get(name) === value ? label : undefined;
    }
    case "GotoIfTime": {
      const [condition = "", label = ""] = data.split("?");
      return withinTime(split(condition, ","), at) ? label : undefined;
    }
    default:
      throw new Error(`${app} is not known here`);
  }
}

function withinTime([times = "", days = "", day = "", month = "", zone = ""]: string[], at: number): boolean {
  const clock = clockOf(zone, at);
  const now = `${two(clock.hour)}:${two(clock.minute)}`;
  const [from = "", last = ""] = times.split("-");
  const weekday = NAMES.indexOf(clock.weekday.toLowerCase().slice(0, 3));
  return (
    (times === "*" || (from <= now && now <= last)) &&
    (days === "*" || days.split("&").some((run) => within(run, weekday))) &&
    (day === "*" || Number(day) === clock.day) &&
    (month === "*" || MONTHS[clock.month - 1] === month)
  );
}

function within(run: string, weekday: number): boolean {
  const [first = "", last = first] = run.split("-");
  const [from, to] = [NAMES.indexOf(first), NAMES.indexOf(last)];
  return from <= to ? from <= weekday && weekday <= to : weekday >= from || weekday <= to;
}

function clockOf(zone: string, at: number) {
  const text = new Date(at).toLocaleString("en-US", {
    ...{ timeZone: zone, weekday: "long", hourCycle: "h23", year: "numeric", month: "numeric" },
    ...{ day: "numeric", hour: "numeric", minute: "numeric" },
  });
  const found = /^(\w+), (\d+)\/(\d+)\/(\d+), (\d+):(\d+)$/.exec(text);
  const [, weekday = "", month, day, year, hour, minute] = found ?? [];
  return {
    weekday,
    ...{
      month: Number(month),
      day: Number(day),
      year: Number(year),
      hour: Number(hour),
      minute: Number(minute),
    },
  };
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
