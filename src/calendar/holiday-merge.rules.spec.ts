import type { HolidayPeriod } from './built-in-holidays.rules';
import type { HolidayRow } from './holiday-file.rules';
import { holidayChanges, mergeHolidays } from './holiday-merge.rules';

const rowOf = (given: Partial<HolidayRow>): HolidayRow => ({
  lineNumber: 2,
  zones: ['B'],
  academy: 'Lille',
  schoolYear: '2025-2026',
  label: "Vacances d'Hiver",
  schools: null,
  firstDayOffOn: '2026-02-14',
  resumeOn: '2026-03-02',
  isOpenEnded: false,
  ...given,
});

describe('merging the rows of academies', () => {
  it('makes one period of what all academies of a zone state', () => {
    const { periods, notes } = mergeHolidays([rowOf({}), rowOf({ academy: 'Amiens', lineNumber: 3 })]);
    expect(periods).toEqual([
      {
        holidayZone: 'B',
        schoolYear: '2025-2026',
        label: "Vacances d'Hiver",
        firstDayOffOn: '2026-02-14',
        resumeOn: '2026-03-02',
      },
    ]);
    expect(notes).toEqual([]);
  });

  it('takes the dates of most academies and notes the one that differs', () => {
    const { periods, notes } = mergeHolidays([
      rowOf({}),
      rowOf({ academy: 'Amiens' }),
      rowOf({ academy: 'Nice', lineNumber: 9, resumeOn: '2026-03-04' }),
    ]);
    expect(periods.map((period) => period.resumeOn)).toEqual(['2026-03-02']);
    expect(notes).toMatchObject([{ lineNumber: 9, code: 'calendar.academy_differs' }]);
  });

  it('keeps several single days of one name', () => {
    const day = { zones: ['Guadeloupe' as const], academy: 'Guadeloupe', label: 'Semaine en mai' };
    const { periods } = mergeHolidays([
      rowOf({ ...day, firstDayOffOn: '2025-05-26', resumeOn: '2025-05-27' }),
      rowOf({ ...day, firstDayOffOn: '2025-05-28', resumeOn: '2025-05-29' }),
    ]);
    expect(periods.map((period) => period.firstDayOffOn)).toEqual(['2025-05-26', '2025-05-28']);
  });

  it('takes the days that all parts of the schools have off, and notes a row for one part only', () => {
    const polynesia = { zones: ['Polynésie' as const], academy: 'Polynésie', label: 'Grandes Vacances' };
    const { periods } = mergeHolidays([
      rowOf({ ...polynesia, schools: 'Premier degré', firstDayOffOn: '2025-07-04', resumeOn: '2025-08-13' }),
      rowOf({ ...polynesia, schools: 'Second degré', firstDayOffOn: '2025-07-05', resumeOn: '2025-08-12' }),
    ]);
    expect(periods).toMatchObject([{ firstDayOffOn: '2025-07-05', resumeOn: '2025-08-12' }]);
    const alone = mergeHolidays([rowOf({ ...polynesia, schools: 'Premier degré et collèges' })]);
    expect(alone.periods).toEqual([]);
    expect(alone.notes).toMatchObject([{ code: 'calendar.part_of_schools' }]);
  });

  it('prefers a summer with its return to one that only begins, and notes an assumed return', () => {
    const summer = { label: "Vacances d'Été", firstDayOffOn: '2026-07-04' };
    const open = rowOf({ ...summer, resumeOn: '2026-09-01', isOpenEnded: true });
    expect(mergeHolidays([open]).notes).toMatchObject([{ code: 'calendar.return_assumed' }]);
    const closed = rowOf({ ...summer, resumeOn: '2026-09-02' });
    const both = mergeHolidays([open, closed]);
    expect(both.periods).toMatchObject([{ resumeOn: '2026-09-02' }]);
    expect(both.notes).toEqual([]);
  });
});

describe('changes of the stored holidays', () => {
  const winter: HolidayPeriod = {
    holidayZone: 'B',
    schoolYear: '2025-2026',
    label: 'Hiver',
    firstDayOffOn: '2026-02-14',
    resumeOn: '2026-03-02',
  };
  const spring: HolidayPeriod = { ...winter, label: 'Printemps', firstDayOffOn: '2026-04-11', resumeOn: '2026-04-27' };

  it('are none for the same periods in any order', () => {
    const changes = holidayChanges([winter, spring], [spring, winter]);
    expect(changes).toMatchObject({ created: [], updated: [], deleted: [], unchangedCount: 2 });
  });

  it('are an update where the first or the last day moved', () => {
    const moved = { ...winter, firstDayOffOn: '2026-02-13' };
    const longer = { ...spring, resumeOn: '2026-04-28' };
    const changes = holidayChanges([winter, spring], [moved, longer]);
    expect(changes.created).toEqual([]);
    expect(changes.deleted).toEqual([]);
    expect(changes.updated).toEqual(
      expect.arrayContaining([
        { stored: winter, period: moved },
        { stored: spring, period: longer },
      ]),
    );
  });

  it('delete what a named school year no longer holds, and leave other years and zones alone', () => {
    const elsewhere = { ...spring, holidayZone: 'A' as const };
    const before = { ...spring, schoolYear: '2024-2025', firstDayOffOn: '2025-04-12', resumeOn: '2025-04-28' };
    const changes = holidayChanges([winter, spring, elsewhere, before], [winter]);
    expect(changes.deleted).toEqual([spring]);
    expect(changes.unchangedCount).toBe(1);
  });
});
