/** Zones of the numbers that random tests use, written out by hand: shares nothing with apps/core/dialling/zones.ts. */

const RUSSIA = [
  "Europe/Kaliningrad",
  "Europe/Moscow",
  "Europe/Samara",
  "Asia/Yekaterinburg",
  "Asia/Omsk",
  "Asia/Krasnoyarsk",
];
const RUSSIA_EAST = ["Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka"];
const AMERICA = [
  "America/St_Johns",
  "America/Halifax",
  "America/New_York",
  "America/Chicago",
  "America/Denver",
  "America/Phoenix",
];
const AMERICA_WEST = [
  "America/Los_Angeles",
  "America/Anchorage",
  "America/Adak",
  "Pacific/Honolulu",
  "Pacific/Pago_Pago",
  "Pacific/Guam",
];

export const TABLES = {
  /** Addresses that contacts may have. */
  zones: [
    "Europe/Moscow",
    "Asia/Kamchatka",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
  ],
  plans: new Map([
    ["+7495", ["Europe/Moscow"]],
    ["+7423", ["Asia/Vladivostok"]],
    ["+7916", [...RUSSIA, ...RUSSIA_EAST]],
    ["+1212", ["America/New_York"]],
    ["+7701", ["Asia/Almaty"]],
    ["+4420", ["Europe/London"]],
    ["+1800", [...AMERICA, ...AMERICA_WEST]],
    ["+999", []],
  ]),
};

/** All zones in which somebody with this number may be. @param known the zone of the address */
export function zonesFor(phone: string, known: string | undefined): readonly string[] {
  if (known) return [known];
  for (const [start, zones] of TABLES.plans) if (phone.startsWith(start)) return zones;
  throw new Error(`no such plan: ${phone}`);
}
