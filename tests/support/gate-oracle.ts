/**
 * A second opinion on the compliance gate, written another way: wall clocks by what Intl prints, limits by sliding
 * every window over the whole history. It shares no code with apps/core/dialling.
 */
import type { Asking, Callee } from "../../apps/core/dialling/gate.ts";
import type { Calendar } from "../../apps/core/dialling/policy.ts";

const printers = new Map<string, Intl.DateTimeFormat>();
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** `Mon`, `2026-03-02`, `09:30` as people in the zone read them. */
function printed(zone: string, at: number): { weekday: string; date: string; clock: string } {
  let printer = printers.get(zone);
  if (!printer) {
    printer = new Intl.DateTimeFormat("en-US", {
      ...{ timeZone: zone, weekday: "short", year: "numeric", month: "numeric", day: "numeric" },
      ...{ hour: "numeric", minute: "numeric", hour12: true },
    });
    printers.set(zone, printer);
  }
  // "Mon, 3/2/2026, 9:30 AM", with a narrow space in newer versions.
  const text = printer.format(at);
  const found = /^(\w{3}), (\d+)\/(\d+)\/(\d+), (\d+):(\d\d)\s(AM|PM)$/.exec(text);
  if (!found) throw new Error(`cannot read ${text}`);
  const [, weekday = "", month = "", day = "", year = "", hour = "", minute = "", half] = found;
  const hours = (Number(hour) % 12) + (half === "PM" ? 12 : 0);
  const two = (value: string | number) => String(value).padStart(2, "0");
  return { weekday, date: `${year}-${two(month)}-${two(day)}`, clock: `${two(hours)}:${minute}` };
}

/** Whether the calendar lets people in this zone be called at this minute. */
export function openOnTheWall(calendar: Calendar, zone: string, at: number): boolean {
  const { weekday, date, clock } = printed(zone, at);
  const exception = (calendar.exceptions ?? []).find((one) => one.date === date);
  const holiday = (calendar.holidays ?? []).find((one) => one.monthDay === date.slice(5));
  const ranges = exception
    ? exception.open
    : holiday
      ? (holiday.open ?? [])
      : calendar.week.filter(({ days }) => days.some((day) => WEEKDAYS[day - 1] === weekday));
  return ranges.some(({ from, to }) => from <= clock && clock < to);
}

const HOUR = 3600_000;

/** Everything that forbids this attempt, in words; empty: it may be made. */
export function forbidden(asking: Asking, callee: Callee): string[] {
  const { policy, purpose, mode, at } = asking;
  const { phone, past } = callee;
  const why: string[] = [];
  const no = (condition: boolean, text: string) => {
    if (condition) why.push(text);
  };
  no(asking.state !== "running", "not running");
  no(!new Set(policy.modes[purpose]).has(mode), "mode");
  const plan = phone.slice(0, 3);
  const russia = phone.startsWith("+7") && plan !== "+76" && plan !== "+77";
  no(russia && purpose === "advertising" && mode !== "preview", "advertising by machine");
  no(
    callee.refusal !== null && (callee.refusal.until === undefined || callee.refusal.until > at),
    "refusal list",
  );
  no(!callee.consent && policy.consentFor.some((one) => one === purpose), "consent");
  no((policy.attempts.total ?? Number.POSITIVE_INFINITY) <= callee.attempts, "total");
  no(callee.zones.length === 0, "zone");
  no(callee.inCall || past.filter(({ open }) => open).length > 0, "at the same time");
  const counted = past.filter(
    (one) => one.ending !== "not_placed" && (policy.attempts.per === "person" || one.number === phone),
  );
  for (const [name, length] of [
    ["day", 24 * HOUR],
    ["week", 168 * HOUR],
    ["month", 744 * HOUR],
  ] as const) {
    const limit = policy.attempts[name];
    if (limit === null) continue;
    const times = [...counted.map((one) => one.at), at];
    // Some window that ends with one of the attempts, this one included, would hold too many.
    const crowded = times.some(
      (end) => end >= at && times.filter((time) => time <= end && end - time < length).length > limit,
    );
    no(crowded, `too many in a ${name}`);
  }
  const kept = asking.agentKept || mode === "preview";
  for (const one of past) {
    if (kept || one.number !== phone) continue;
    const since = (at - (one.endedAt ?? one.at)) / HOUR;
    no(one.ending === "abandoned" && since < policy.redial.abandonedHours, "abandoned lately");
    no(one.ending === "machine" && since < policy.redial.machineHours, "machine lately");
  }
  for (const zone of callee.zones) no(!openOnTheWall(policy.calendar, zone, at), `closed in ${zone}`);
  return why;
}
