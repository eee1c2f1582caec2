import { civilDateOf, civilHourOf } from './format';

/** The instant of a civil time (`YYYY-MM-DDTHH:MM`) in a zone, as ISO 8601 in UTC; the earlier one where the clock goes back. */
export function instantOfCivil(civil: string, timeZone: string): string {
  const asUtc = new Date(`${civil}:00Z`).getTime();
  // the zone's offset at that time, and again at the instant found: enough on both sides of a change of the clock
  let at = asUtc;
  for (let i = 0; i < 2; i++) {
    const shown = new Date(
      `${civilDateOf(new Date(at), timeZone)}T${civilHourOf(new Date(at), timeZone)}:00Z`,
    ).getTime();
    at += asUtc - shown;
  }
  return new Date(at).toISOString();
}
