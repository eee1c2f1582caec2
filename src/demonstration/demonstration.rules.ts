import { addDays, cellOfCivil, weekdayOf, type CivilDate } from '../common/civil-time';
import { secondsOfCell } from '../kernel/cell-grid';
import type { CapacityStep } from '../capacity/capacity.rules';

export const PLATFORM = {
  code: 'demo',
  name: "Plateforme de l'ENT (démonstration)",
  timeZone: 'Europe/Paris',
  headroomPerMille: 100,
  portals: [{ name: 'ENT des écoles (démonstration)' }, { name: 'ENT des collèges et lycées (démonstration)' }],
} as const;
export const CAMPAIGN_NAME = 'Semaine à distance (démonstration)';

/** How far ahead a whole week of school is looked for: beyond the longest holidays. */
export const LOOK_AHEAD_WEEKS = 16;

/**
 * What the demonstration platform can carry, per thousand pupils of the region, chosen by measurement at scales S and M: in
 * sessions about 1.3 times, in logins about 1.6 times (the evening's late-comers need it) the least with which any plan of
 * the week's windows exists, after headroom. Everybody at the wished hour is 1.4 times over it in sessions and 1.8 in logins.
 */
const SESSIONS_PER_THOUSAND_PUPILS = 132;
const LOGINS_PER_MINUTE_PER_THOUSAND_PUPILS = 3.6;
/** Even the smallest region has classes that log in together. */
const LEAST_LOGINS_PER_MINUTE = 60;

/** Share of the people of a department who have no window in the campaign and come all the same, per pupil. */
export const OTHER_PEOPLE_PER_PUPIL = 0.12;

/** Monday of the first week after `today` whose days Monday to Friday are all open; `isOpen[d]` is d days after `firstOn`. */
export function nextFullWeek(firstOn: CivilDate, isOpen: readonly boolean[]): CivilDate | undefined {
  for (let day = (8 - weekdayOf(firstOn)) % 7; day + 5 <= isOpen.length; day += 7) {
    if (isOpen.slice(day, day + 5).every(Boolean)) return addDays(firstOn, day);
  }
  return undefined;
}

/** `2026-2027` for any day from 1 August 2026 to 31 July 2027. */
export function schoolYearOf(on: CivilDate): string {
  const [year, month] = on.split('-').map(Number);
  const first = month! >= 8 ? year! : year! - 1;
  return `${first}-${first + 1}`;
}

/** The declared capacity of the demonstration platform around one week: the ordinary one, a maintenance, a boost. */
export function declaredSteps(pupilCount: number, mondayOn: CivilDate): (CapacityStep & { reason: string })[] {
  const sessions = rounded((pupilCount * SESSIONS_PER_THOUSAND_PUPILS) / 1000, 100);
  const logins = Math.max(
    LEAST_LOGINS_PER_MINUTE,
    rounded((pupilCount * LOGINS_PER_MINUTE_PER_THOUSAND_PUPILS) / 1000, 10),
  );
  const step = (
    dayOffset: number,
    minute: number,
    perMille: number,
    reason: string,
  ): CapacityStep & { reason: string } => ({
    startsAt: new Date(secondsOfCell(cellOfCivil(addDays(mondayOn, dayOffset), minute, PLATFORM.timeZone)) * 1000),
    concurrentSessions: Math.round((sessions * perMille) / 1000),
    loginsPerMinute: Math.round((logins * perMille) / 1000),
    reason,
  });
  return [
    step(-14, 0, 1000, 'Capacité ordinaire'),
    step(1, 14 * 60, 750, 'Maintenance : un serveur de session hors service'),
    step(1, 14 * 60 + 45, 1000, 'Fin de la maintenance'),
    step(3, 9 * 60, 1150, 'Renfort : serveurs supplémentaires loués'),
    step(3, 11 * 60, 1000, 'Fin du renfort'),
  ];
}

/** A declared capacity is a round figure. */
const rounded = (value: number, unit: number): number => Math.max(unit, Math.round(value / unit) * unit);
