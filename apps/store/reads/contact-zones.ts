/** What time it is where a contact is (DIAL-02, D-37). */
import { type RawBuilder, sql } from "kysely";

/**
 * Whose clock shows a time between these two now; a span over midnight is one too.
 *
 * Without a zone the strictest holds: it must be that time in every zone of Russia.
 * @param from `HH:MM`, included
 * @param to `HH:MM`, excluded
 */
export function zonesWithin(from: string, to: string, at: Date): RawBuilder<boolean> {
  const clock = sql`(${at.toISOString()}::timestamptz at time zone name)::time`;
  const within =
    from <= to
      ? sql`${clock} >= ${from}::time and ${clock} < ${to}::time`
      : sql`(${clock} >= ${from}::time or ${clock} < ${to}::time)`;
  // The strictest: from Kaliningrad to Kamchatka.
  const everywhere = sql`(select bool_and(${within}) from (values ('Europe/Kaliningrad'), ('Europe/Moscow'),
    ('Europe/Samara'), ('Asia/Yekaterinburg'), ('Asia/Omsk'), ('Asia/Krasnoyarsk'), ('Asia/Irkutsk'), ('Asia/Yakutsk'),
    ('Asia/Vladivostok'), ('Asia/Magadan'), ('Asia/Kamchatka')) zones (name))`;
  return sql<boolean>`(contact.zone in (select name from pg_timezone_names where ${within})
    or contact.zone is null and ${everywhere})`;
}
