import { allowedStarts, usableHalves } from '../campaign/compiled-rule';
import { AUDIENCES, ORIGINS } from '../campaign/window-kind';
import { cellOfCivil, civilOfCell, instantOfCell } from '../common/civil-time';
import { CELL_MINUTES, CELLS_PER_HOUR } from '../kernel/cell-grid';
import type { LedgerState, LedgerWindow } from '../plan/sequencer.rules';
import { BookingRefused } from './booking.errors';
import { crowdedCell } from './window-limit.rules';
import type { BookingOwner, OwnerDay } from './booking-owner';

/** Nobody's window changes later than this before its start: gateways and families must hear of it. */
export const FREEZE_CELLS = 3;
/** A window is booked this long before its start at least. */
export const NOTICE_CELLS = CELLS_PER_HOUR / 2;
/** Less than this share of its limit left in the fullest cell is tight. */
const TIGHT_RATIO = 0.05;
const DAY_MINUTES = 1440;
const LIVE = 1;

export const VERDICTS = [
  'free',
  'tight',
  'full',
  'class_conflict',
  'teacher_conflict',
  'establishment_full',
  'rule_limit',
  'too_late',
  'outside_hours',
  'closed',
  'frozen',
  'fixed',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A local start as a cell; of a day on which the clock changes it is looked up. */
export function cellOfStart(day: OwnerDay, startMinute: number, timeZone: string): number {
  return day.isRegular ? day.firstCell + startMinute / CELL_MINUTES : cellOfCivil(day.date, startMinute, timeZone);
}

/** Why a start is none of the calendar and the campaign's hours, or undefined where it is one. */
export function refusalOfHours(
  owner: BookingOwner,
  day: OwnerDay,
  startMinute: number,
  cellCount: number,
): 'closed' | 'outside_hours' | undefined {
  if (usableHalves(owner.rule, day.weekday, day.openHalves) === 0)
    return day.openHalves === 0 ? 'closed' : 'outside_hours';
  return startsOf(owner, day, cellCount).includes(startMinute) ? undefined : 'outside_hours';
}

/** A start on a day of an owner. */
interface PlaceOfDay {
  owner: BookingOwner;
  day: OwnerDay;
  startMinute: number;
  cellCount: number;
}

/** @throws BookingRefused where the calendar or the campaign's hours do not allow the place */
export function checkHours({ owner, day, startMinute, cellCount }: PlaceOfDay): void {
  const refusal = refusalOfHours(owner, day, startMinute, cellCount);
  if (refusal === 'closed') {
    throw new BookingRefused('closed', 'unprocessable', `The establishment is closed on ${day.date}.`, {
      date: day.date,
    });
  }
  if (refusal) {
    throw new BookingRefused(
      'outside_hours',
      'unprocessable',
      `The hours of the campaign on ${day.date} do not hold it.`,
      {
        date: day.date,
      },
    );
  }
}

/** Every start of a window of this length that the hours of a day allow, in local minutes. */
export function startsOf({ rule }: BookingOwner, day: OwnerDay, cellCount: number): number[] {
  const ofLength = { ...rule, rule: { ...rule.rule, windowMinutes: cellCount * CELL_MINUTES } };
  return allowedStarts(ofLength, day.weekday, day.openHalves, day.closed);
}

/** The local date and minute of a wanted start that lies on the grid and whose window ends on its day at the hour that it seems to. @throws BookingRefused */
export function wantedPlace(
  startsAt: Date,
  cellCount: number,
  timeZone: string,
): { date: string; startMinute: number } {
  const seconds = startsAt.getTime() / 1000;
  const cell = Math.floor(seconds / (CELL_MINUTES * 60));
  if (cell * CELL_MINUTES * 60 !== seconds) {
    throw new BookingRefused('off_grid', 'unprocessable', 'A window starts on whole five minutes.');
  }
  const { on: date, minuteOfDay: startMinute } = civilOfCell(cell, timeZone);
  const endMinute = startMinute + cellCount * CELL_MINUTES;
  if (endMinute > DAY_MINUTES) {
    throw new BookingRefused('over_midnight', 'unprocessable', 'The window would last over midnight.');
  }
  const end = civilOfCell(cell + cellCount, timeZone).minuteOfDay;
  if (end !== endMinute % DAY_MINUTES || cellOfCivil(date, startMinute, timeZone) !== cell) {
    throw new BookingRefused('clock_change', 'unprocessable', 'The clock changes during the window.');
  }
  return { date, startMinute };
}

/** Whether a window is too near its start to be touched. @throws BookingRefused */
export function checkFreeze(window: LedgerWindow, nowCell: number): void {
  const facts = { windowId: window.windowId, startsAt: instantOfCell(window.startCell) };
  if (window.startCell + window.cellCount <= nowCell) {
    throw new BookingRefused('in_the_past', 'unprocessable', `Window ${window.windowId} is over.`, facts);
  }
  if (window.startCell - FREEZE_CELLS <= nowCell) {
    const minutes = FREEZE_CELLS * CELL_MINUTES;
    throw new BookingRefused(
      'frozen',
      'conflict',
      `A window does not change in the ${minutes} minutes before it, nor while it runs.`,
      facts,
    );
  }
}

/** What is to be said of every start of a window that may not change any more. */
export function unmovable({ origin, startCell }: LedgerWindow, nowCell: number): 'fixed' | 'frozen' | undefined {
  if (ORIGINS[origin] === 'fixed') return 'fixed';
  return startCell - FREEZE_CELLS <= nowCell ? 'frozen' : undefined;
}

/** Whether a start comes too soon. @throws BookingRefused */
export function checkNotice(startCell: number, nowCell: number): void {
  const facts = { startsAt: instantOfCell(startCell) };
  if (startCell < nowCell) throw new BookingRefused('in_the_past', 'unprocessable', 'The start is in the past.', facts);
  if (startCell - NOTICE_CELLS < nowCell) {
    const minutes = NOTICE_CELLS * CELL_MINUTES;
    throw new BookingRefused(
      'too_late',
      'unprocessable',
      `A window is booked ${minutes} minutes ahead at least.`,
      facts,
    );
  }
}

/** Somebody who would be in two windows at once. */
export interface Conflict {
  who: 'class' | 'teacher';
  windowId: number;
  startsAt: string;
}

/** The windows with which one at this place cannot stand: of its class (with the gap), of classes with the same pupils, of its teacher. */
export function conflictsOf(placed: LedgerWindow, owner: BookingOwner, others: Iterable<LedgerWindow>): Conflict[] {
  const conflicts: Conflict[] = [];
  const end = placed.startCell + placed.cellCount;
  for (const other of others) {
    if (other.windowId === placed.windowId) continue;
    const otherEnd = other.startCell + other.cellCount;
    const isOwn = isSameOwner(placed, other);
    const gap = isOwn ? owner.rule.gapCells : 0;
    if (other.startCell >= end + gap || placed.startCell >= otherEnd + gap) continue;
    const overlaps = other.startCell < end && placed.startCell < otherEnd;
    const sharesPupils = other.classId !== null && owner.conflictClassIds.includes(other.classId);
    if (isOwn || (sharesPupils && placed.classId !== null)) conflicts.push(conflict('class', other));
    else if (overlaps && sharesTeacher(placed, other)) conflicts.push(conflict('teacher', other));
  }
  return conflicts;
}

/** Whether two windows cannot be at the same time, whenever that is. */
export function isRival(placed: LedgerWindow, owner: BookingOwner, other: LedgerWindow): boolean {
  return (
    isSameOwner(placed, other) ||
    (other.classId !== null && owner.conflictClassIds.includes(other.classId)) ||
    sharesTeacher(placed, other)
  );
}

const conflict = (who: Conflict['who'], { windowId, startCell }: LedgerWindow): Conflict => ({
  who,
  windowId,
  startsAt: instantOfCell(startCell),
});

/** Whether two windows are of one class, or of one audience of an establishment. */
export function isSameOwner(a: LedgerWindow, b: LedgerWindow): boolean {
  if (a.classId !== null || b.classId !== null) return a.classId === b.classId;
  return a.establishmentId === b.establishmentId && a.audience === b.audience;
}

/** Whether a window is an owner's. */
export function isOf({ classId, establishmentId, audience }: BookingOwner, window: LedgerWindow): boolean {
  if (classId !== null || window.classId !== null) return window.classId === classId;
  return window.establishmentId === establishmentId && AUDIENCES[window.audience] === audience;
}

/** A teacher is bound by live windows alone. */
function sharesTeacher(a: LedgerWindow, b: LedgerWindow): boolean {
  return a.teacherKeyId !== null && a.teacherKeyId === b.teacherKeyId && a.activity === LIVE && b.activity === LIVE;
}

/** What is left in the fullest cell of a place once the window stands there, in whole thousandths. */
export interface PlaceRoom {
  sessions: number;
  logins: number;
  isTight: boolean;
}

/** The room that a window leaves; `before` is itself where it stands now. */
export function roomOf(state: LedgerState, before: LedgerWindow | null, after: LedgerWindow): PlaceRoom {
  const deltas = state.deltasOf([{ before, after }]);
  const own = state.deltasOf([{ before: null, after }]);
  const room = { sessions: Infinity, logins: Infinity, isTight: false };
  for (const number of own.keys()) {
    const cell = state.cell(number) ?? { sessions: 0, sessionLimit: 0, logins: 0, loginLimit: 0 };
    const delta = deltas.get(number) ?? { sessions: 0, logins: 0 };
    const sessions = cell.sessionLimit - cell.sessions - delta.sessions;
    const logins = cell.loginLimit - cell.logins - delta.logins;
    room.sessions = Math.min(room.sessions, sessions);
    room.logins = Math.min(room.logins, logins);
    room.isTight ||= sessions < cell.sessionLimit * TIGHT_RATIO || logins < cell.loginLimit * TIGHT_RATIO;
  }
  return room;
}

/** What is to be said of a start: the first thing that stands in its way, else how full it is. */
export function verdictOf(
  state: LedgerState,
  owner: BookingOwner,
  day: OwnerDay,
  startMinute: number,
  before: LedgerWindow | null,
  after: LedgerWindow,
  others: readonly LedgerWindow[],
  nowCell: number,
  isBeyondRule: boolean,
): { verdict: Verdict; room: PlaceRoom } {
  const room = roomOf(state, before, after);
  const hours = refusalOfHours(owner, day, startMinute, after.cellCount);
  if (hours) return { verdict: hours, room };
  if (after.startCell - NOTICE_CELLS < nowCell) return { verdict: 'too_late', room };
  if (isBeyondRule) return { verdict: 'rule_limit', room };
  const conflicts = conflictsOf(after, owner, others);
  if (conflicts.some(({ who }) => who === 'class')) return { verdict: 'class_conflict', room };
  if (conflicts.length > 0) return { verdict: 'teacher_conflict', room };
  if (crowdedCell([{ before, after, owner }], state, [])) return { verdict: 'establishment_full', room };
  if (state.overfilledBy(state.deltasOf([{ before, after }])).length > 0) return { verdict: 'full', room };
  return { verdict: room.isTight ? 'tight' : 'free', room };
}
