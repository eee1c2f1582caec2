import fc from 'fast-check';
import { DateTime } from 'luxon';
import { addDays } from '../common/civil-time';
import { civilDateOf, holidayRowOf, isForTeachers, type HolidayRecord } from './holiday-file.rules';
import { HOLIDAY_ZONES, timeZoneOfHolidayZone } from './holiday-zone.rules';

const recordOf = (given: Partial<HolidayRecord>): HolidayRecord => ({
  label: 'Vacances de la Toussaint',
  population: '-',
  startsAt: '2025-10-18T00:00:00+02:00',
  endsAt: '2025-11-03T00:00:00+01:00',
  academy: 'Lille',
  zone: 'Zone B',
  schoolYear: '2025-2026',
  ...given,
});

describe('dates of the official calendar', () => {
  it('mean the same civil date with a local offset, in UTC and bare, in Paris time or in the zone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3650 }), fc.constantFrom(...HOLIDAY_ZONES), (after, zone) => {
        const on = addDays('2018-01-01', after);
        expect(civilDateOf(on, zone)).toBe(on);
        for (const timeZone of ['Europe/Paris', timeZoneOfHolidayZone(zone)]) {
          const midnight = DateTime.fromISO(on, { zone: timeZone });
          expect(civilDateOf(midnight.toISO({ suppressMilliseconds: true })!, zone)).toBe(on);
          const utc = midnight.toUTC().toISO({ suppressMilliseconds: true })!;
          expect(civilDateOf(utc, zone)).toBe(on);
          expect(civilDateOf(utc.replace('Z', '+00:00'), zone)).toBe(on);
        }
      }),
    );
  });

  it.each([
    ['2025-10-17T22:00:00+00:00', 'B', '2025-10-18'],
    ['2025-11-02T23:00:00+00:00', 'B', '2025-11-03'],
    ['2025-10-17T22:00:00+00:00', 'Guadeloupe', '2025-10-18'],
    ['2025-10-18T04:00:00+00:00', 'Guadeloupe', '2025-10-18'],
    ['2025-10-10T20:00:00+00:00', 'Réunion', '2025-10-11'],
    ['2019-05-08T01:00:00+02:00', 'Réunion', '2019-05-08'],
  ] as const)('%s in %s is %s', (text, zone, on) => {
    expect(civilDateOf(text, zone)).toBe(on);
  });

  it.each(['', 'demain', '2025-02-30', '2025-10-17T12:00:00+00:00', '18/10/2025', '2025-10-18T00:00:00'])(
    'refuse %j, which is no date',
    (text) => {
      expect(civilDateOf(text, 'B')).toBeUndefined();
    },
  );
});

describe('rows of the official calendar', () => {
  it('end on the day of return', () => {
    expect(holidayRowOf(recordOf({}), 2)).toMatchObject({
      zones: ['B'],
      schools: null,
      firstDayOffOn: '2025-10-18',
      resumeOn: '2025-11-03',
      isOpenEnded: false,
    });
  });

  it('are one day off where both dates are the same', () => {
    const row = recordOf({ label: 'Pont', startsAt: '2023-05-19T00:00:00+02:00', endsAt: '2023-05-19T00:00:00+02:00' });
    expect(holidayRowOf(row, 2)).toMatchObject({ firstDayOffOn: '2023-05-19', resumeOn: '2023-05-20' });
  });

  it.each([
    ['Zone B', '2026-07-04', '2026-09-01'],
    ['Réunion', '2026-07-04', '2026-08-18'],
    ['Nouvelle Calédonie', '2025-12-20', '2026-02-15'],
  ])('of a summer in %s that only begins (%s) last until the assumed return %s', (zone, on, resumeOn) => {
    const startsAt = `${on}T00:00:00+02:00`;
    const row = recordOf({ label: "Début des Vacances d'Été", zone, startsAt, endsAt: startsAt });
    expect(holidayRowOf(row, 2)).toMatchObject({
      label: "Vacances d'Été",
      firstDayOffOn: on,
      resumeOn,
      isOpenEnded: true,
    });
  });

  it.each([
    ['-', ['Guadeloupe', 'Saint-Martin', 'Saint-Barthélemy']],
    ['Saint Martin', ['Saint-Martin']],
    ['Saint-Barthélémy', ['Saint-Barthélemy']],
    ['Guadeloupe sauf Saint-Martin', ['Guadeloupe', 'Saint-Barthélemy']],
    ['Guadeloupe & Saint-Martin', ['Guadeloupe', 'Saint-Martin']],
    ['Guadeloupe, Saint-Martin & Saint-Barthélémy', ['Guadeloupe', 'Saint-Martin', 'Saint-Barthélemy']],
  ])('of Guadeloupe for %j are for %j', (population, zones) => {
    expect(holidayRowOf(recordOf({ zone: 'Guadeloupe', population }), 2)).toMatchObject({ zones, schools: null });
  });

  it.each([
    [{ zone: 'Zone D' }, 'calendar.zone_unknown'],
    [{ schoolYear: '25/26' }, 'calendar.school_year_invalid'],
    [{ label: ' ' }, 'calendar.label_missing'],
    [{ startsAt: 'x' }, 'calendar.date_invalid'],
    [{ endsAt: '' }, 'calendar.date_invalid'],
    [{ endsAt: '2025-10-01T00:00:00+02:00' }, 'calendar.period_reversed'],
    [{ endsAt: '2026-05-01T01:00:00+02:00' }, 'calendar.period_too_long'],
  ])('with %j are refused: %s', (given, code) => {
    expect(holidayRowOf(recordOf(given), 2)).toMatchObject({ code });
  });

  it('for teachers are recognised in every spelling', () => {
    expect(['Enseignants', 'Enseignants des lycées', 'enseignants du premier degré'].every(isForTeachers)).toBe(true);
    expect(['-', 'Élèves', 'Premier degré'].some(isForTeachers)).toBe(false);
  });
});
