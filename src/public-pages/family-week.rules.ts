import { ACTIVITIES, AUDIENCES } from '../campaign/window-kind';
import { addDays, type CivilDate, weekdayOf } from '../common/civil-time';
import type { WindowRow } from '../plan/window-wire.rules';

const SUNDAY = 7;
const LEAST_DAYS = 7;

/** A window as a family reads it; cells of five minutes, [startCell, endCell). */
export interface ShownWindow {
  on: CivilDate;
  startCell: number;
  endCell: number;
  isOfRelatives: boolean;
  isLive: boolean;
  /** The group that it is for, where it is not for the whole class. */
  groupCode: string | undefined;
}

/** Why a day has no window. */
export type DayNote = { kind: 'no_window' | 'no_class' | 'public_holiday' } | { kind: 'holidays'; label: string };

/** A day with its windows, or a run of days that have none for the same reason. */
export type ShownDay = { on: CivilDate; windows: ShownWindow[] } | { on: CivilDate; lastOn: CivilDate; note: DayNote };

/** The calendar of a school from `firstOn` on: a bit for each open half day, and why a date is off. */
export interface SchoolDays {
  firstOn: CivilDate;
  openHalfDays: Uint8Array;
  holidays: readonly { label: string; firstDayOffOn: CivilDate; resumeOn: CivilDate }[];
  isPublicHoliday: (on: CivilDate) => boolean;
}

/** Rows of a class with its groups and the relatives of its school, by start. */
export function shownWindows(rows: readonly WindowRow[], classCode: string): ShownWindow[] {
  return rows
    .filter(({ audience, classId }) => classId !== null || AUDIENCES[audience] === 'relatives')
    .map((row) => ({
      on: row.date,
      startCell: row.startCell,
      endCell: row.startCell + row.cellCount,
      isOfRelatives: AUDIENCES[row.audience] === 'relatives',
      isLive: ACTIVITIES[row.activity] === 'live',
      groupCode: row.classCode === null || row.classCode === classCode ? undefined : row.classCode,
    }));
}

/** Windows of several classes as the times at which at least one of them is open: what overlaps or touches is one. */
export function joined(windows: readonly ShownWindow[]): ShownWindow[] {
  const stretches: ShownWindow[] = [];
  for (const window of [...windows].sort((a, b) => a.startCell - b.startCell)) {
    const last = stretches.at(-1);
    if (last && last.on === window.on && window.startCell <= last.endCell)
      last.endCell = Math.max(last.endCell, window.endCell);
    else stretches.push({ ...window, isLive: false, groupCode: undefined });
  }
  return stretches;
}

/** The window that is open or comes next: of the pupils, of the relatives only where there is no other. */
export function nextWindow(windows: readonly ShownWindow[], nowSeconds: number): ShownWindow | undefined {
  const coming = windows.filter(({ endCell }) => endCell * 300 > nowSeconds);
  return coming.find(({ isOfRelatives }) => !isOfRelatives) ?? coming[0];
}

/** From today to the Sunday of the week of the next window, seven days at least and no further than the calendar is known. */
export function shownDays(
  windows: readonly ShownWindow[],
  next: ShownWindow | undefined,
  days: SchoolDays,
): ShownDay[] {
  const sunday = next ? addDays(next.on, SUNDAY - weekdayOf(next.on)) : days.firstOn;
  const shown: ShownDay[] = [];
  for (let day = 0; day < days.openHalfDays.length; day++) {
    const on = addDays(days.firstOn, day);
    if (day >= LEAST_DAYS && on > sunday) break;
    const own = windows.filter((window) => window.on === on);
    const last = shown.at(-1);
    if (own.length > 0) {
      shown.push({ on, windows: own });
      continue;
    }
    const note = noteOf(on, days.openHalfDays[day]!, days);
    if (last && 'note' in last && isSame(last.note, note)) last.lastOn = on;
    else shown.push({ on, lastOn: on, note });
  }
  return shown;
}

function noteOf(on: CivilDate, openHalfDays: number, { holidays, isPublicHoliday }: SchoolDays): DayNote {
  // a day that was opened against holidays is a day of class
  if (openHalfDays !== 0) return { kind: 'no_window' };
  const period = holidays.find(({ firstDayOffOn, resumeOn }) => firstDayOffOn <= on && on < resumeOn);
  if (period) return { kind: 'holidays', label: period.label };
  return { kind: isPublicHoliday(on) ? 'public_holiday' : 'no_class' };
}

const isSame = (a: DayNote, b: DayNote): boolean =>
  a.kind === b.kind && (a.kind !== 'holidays' || (b.kind === 'holidays' && a.label === b.label));
