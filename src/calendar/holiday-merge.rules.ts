import type { HolidayPeriod } from './built-in-holidays.rules';
import type { HolidayRow } from './holiday-file.rules';
import type { HolidayZone } from './holiday-zone.rules';

/** Something that the reader of the report should know of a line that was read. */
interface HolidayNote {
  lineNumber: number;
  code: string;
  message: string;
}

export interface MergedHolidays {
  periods: HolidayPeriod[];
  notes: HolidayNote[];
}

type ZoneRow = HolidayRow & { zone: HolidayZone };
interface Candidate {
  rows: ZoneRow[];
  academies: ReadonlySet<string>;
}

/**
 * The periods of each zone out of the rows of its academies. Rows that state the same become one; where academies
 * differ the most frequent dates hold; where only parts of the schools are named, the days that all of them have off.
 */
export function mergeHolidays(rows: readonly HolidayRow[]): MergedHolidays {
  const notes: HolidayNote[] = [];
  const groups = new Map<string, ZoneRow[]>();
  for (const row of rows)
    for (const zone of row.zones) push(groups, `${zone}|${row.schoolYear}|${row.label}`, { ...row, zone });
  const periods = [...groups.values()].flatMap((group) => {
    const general = closedFirst(group.filter((row) => row.schools === null));
    const partial = closedFirst(group.filter((row) => row.schools !== null));
    if (general.length === 0) return commonDays(partial, notes);
    for (const row of partial) notes.push(partNote(row));
    return agreedDates(general, notes);
  });
  periods.sort(
    (a, b) =>
      compare(a.holidayZone, b.holidayZone) ||
      compare(a.firstDayOffOn, b.firstDayOffOn) ||
      compare(a.label, b.label) ||
      compare(a.schoolYear, b.schoolYear),
  );
  // the table's key: a file that repeats a period under two school years states it once
  const distinct = periods.filter((period, at) => {
    const before = periods[at - 1];
    return (
      before?.holidayZone !== period.holidayZone ||
      before.firstDayOffOn !== period.firstDayOffOn ||
      before.label !== period.label
    );
  });
  return { periods: distinct, notes: notes.sort((a, b) => a.lineNumber - b.lineNumber) };
}

/** A period with both its dates takes the place of one whose return is assumed. */
function closedFirst(rows: ZoneRow[]): ZoneRow[] {
  const closed = rows.filter((row) => !row.isOpenEnded);
  return closed.length > 0 ? closed : rows;
}

function agreedDates(rows: readonly ZoneRow[], notes: HolidayNote[]): HolidayPeriod[] {
  const candidates = new Map<string, ZoneRow[]>();
  for (const row of rows) push(candidates, `${row.firstDayOffOn}|${row.resumeOn}`, row);
  const ranked = [...candidates.values()]
    .map((same): Candidate => ({ rows: same, academies: new Set(same.map((row) => row.academy)) }))
    .sort((a, b) => b.academies.size - a.academies.size || compare(a.rows[0]!.firstDayOffOn, b.rows[0]!.firstDayOffOn));
  const best = ranked[0]!;
  return ranked.flatMap(({ rows: same, academies }) => {
    // the same academies may state several periods of one name (three single days in May)
    if (academies.size === best.academies.size && [...academies].every((name) => best.academies.has(name))) {
      const row = same[0]!;
      if (row.isOpenEnded)
        notes.push({
          lineNumber: row.lineNumber,
          code: 'calendar.return_assumed',
          message: `Zone ${row.zone}, ${row.label} ${row.schoolYear}: the return is not published; ${row.resumeOn} is assumed.`,
        });
      return [periodOf(row, row.firstDayOffOn, row.resumeOn)];
    }
    for (const row of same)
      notes.push({
        lineNumber: row.lineNumber,
        code: 'calendar.academy_differs',
        message: `${row.academy} differs from its zone ${row.zone} in ${row.label} ${row.schoolYear}: state it as an exception of the academy.`,
      });
    return [];
  });
}

/** Days off of every part of the schools, where at least two parts are named. */
function commonDays(rows: readonly ZoneRow[], notes: HolidayNote[]): HolidayPeriod[] {
  const row = rows[0]!;
  const firstDayOffOn = rows.map((part) => part.firstDayOffOn).reduce((a, b) => (a > b ? a : b));
  const resumeOn = rows.map((part) => part.resumeOn).reduce((a, b) => (a < b ? a : b));
  if (new Set(rows.map((part) => part.schools)).size > 1 && firstDayOffOn < resumeOn)
    return [periodOf(row, firstDayOffOn, resumeOn)];
  for (const part of rows) notes.push(partNote(part));
  return [];
}

function partNote(row: ZoneRow): HolidayNote {
  return {
    lineNumber: row.lineNumber,
    code: 'calendar.part_of_schools',
    message: `Zone ${row.zone}, ${row.label} ${row.schoolYear} is for ${row.schools} only: state it as exceptions.`,
  };
}

function periodOf(row: ZoneRow, firstDayOffOn: string, resumeOn: string): HolidayPeriod {
  return { holidayZone: row.zone, schoolYear: row.schoolYear, label: row.label, firstDayOffOn, resumeOn };
}

/** What a file changes in the table. */
export interface HolidayChanges<Stored extends HolidayPeriod> {
  created: HolidayPeriod[];
  updated: { stored: Stored; period: HolidayPeriod }[];
  deleted: Stored[];
  unchangedCount: number;
}

/**
 * Compares the periods of a file with the stored ones. A zone's school year that the file names is the file's whole
 * affair: what it no longer holds goes. A period whose first day moved is the same period, updated.
 */
export function holidayChanges<Stored extends HolidayPeriod>(
  stored: readonly Stored[],
  periods: readonly HolidayPeriod[],
): HolidayChanges<Stored> {
  const yearOf = (period: HolidayPeriod): string => `${period.holidayZone}|${period.schoolYear}`;
  const keyOf = (period: HolidayPeriod): string => `${period.holidayZone}|${period.firstDayOffOn}|${period.label}`;
  const nameOf = (period: HolidayPeriod): string => `${yearOf(period)}|${period.label}`;
  const byKey = new Map(stored.map((period) => [keyOf(period), period]));
  const named = new Set(periods.map(yearOf));
  const kept = new Set<Stored>();
  const changes: HolidayChanges<Stored> = { created: [], updated: [], deleted: [], unchangedCount: 0 };
  const unmatched: HolidayPeriod[] = [];
  for (const period of periods) {
    const match = byKey.get(keyOf(period));
    if (!match) {
      unmatched.push(period);
      continue;
    }
    kept.add(match);
    if (match.resumeOn === period.resumeOn && match.schoolYear === period.schoolYear) changes.unchangedCount++;
    else changes.updated.push({ stored: match, period });
  }
  const left = new Map<string, Stored[]>();
  for (const period of stored) if (named.has(yearOf(period)) && !kept.has(period)) push(left, nameOf(period), period);
  for (const period of unmatched) {
    const moved = left.get(nameOf(period))?.shift();
    if (moved) changes.updated.push({ stored: moved, period });
    else changes.created.push(period);
  }
  changes.deleted = [...left.values()].flat();
  return changes;
}

function push<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
