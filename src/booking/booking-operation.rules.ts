import { ACTIVITIES, AUDIENCES, ORIGINS } from '../campaign/window-kind';
import { civilOfCell, instantOfCell, zonedInstantOfCell } from '../common/civil-time';
import { counted } from '../common/counted';
import { DomainError } from '../common/domain-error';
import { cellOfSeconds, LOAD_SCALE } from '../kernel/cell-grid';
import { PlanNotPublished, type OverfullCell } from '../plan/plan.errors';
import type { LedgerState, LedgerWindow, WindowChange } from '../plan/sequencer.rules';
import { BookingRefused } from './booking.errors';
import { conflictsAmong, conflictsWith, type Placed, rivalsOf } from './booking-conflicts.rules';
import {
  type Alternative,
  ALTERNATIVE_COUNT,
  insteadOf,
  type Operation,
  type PlacedOperation,
  type SeenRevisions,
  type Target,
} from './booking-operation';
import type { OwnerDay } from './booking-owner';
import {
  cellOfStart,
  checkFreeze,
  checkHours,
  checkNotice,
  isSameOwner,
  NOTICE_CELLS,
  refusalOfHours,
  roomOf,
  startsOf,
} from './place.rules';
import { brokenRule, checkRule } from './rule-limit.rules';
import { checkWindowLimit, crowdedCell } from './window-limit.rules';

const BOOKED = ORIGINS.indexOf('booked');
const FIXED = ORIGINS.indexOf('fixed');
const MOST_WINDOWS_PER_DAY = 12;
const MOST_NAMED = 20;
/** Of a window that is only tried. */
const NO_WINDOW_ID = 0;

/** The changes that an operation makes of the windows of now. @throws BookingRefused, PlanNotPublished */
export function decideBooking(
  operation: Operation,
  planId: number,
  seen: SeenRevisions,
  state: LedgerState,
  now: Date,
  isExplained = true,
): WindowChange[] {
  if (!state.plan(planId)) throw new PlanNotPublished(planId, 'superseded');
  const nowCell = cellOfSeconds(now.getTime() / 1000);
  for (const [windowId, revision] of seen) {
    const present = state.revisionOf(presentWindow(state, windowId));
    if (present !== revision) {
      throw new BookingRefused(
        'stale',
        'precondition_failed',
        `Window ${windowId} has changed at revision ${present}.`,
        {
          windowId,
          revision: present,
        },
      );
    }
  }
  if (operation.kind === 'release') {
    return operation.windowIds.map((id) => ({ before: movable(state, id, nowCell), after: null }));
  }
  if (operation.kind === 'undo') return undone(operation, state, nowCell);
  const releasedIds = operation.kind === 'swap' ? [] : (operation.releasedIds ?? []);
  const released = releasedIds.map((id): WindowChange => ({ before: movable(state, id, nowCell), after: null }));
  const placed = placedBy(operation, state, nowCell);
  for (const { after } of placed) checkNotice(after.startCell, nowCell);
  checkRule(withDays(placed, operation), state, releasedIds);
  const alternatives = (): object[] => {
    if (!isExplained) return [];
    if (operation.kind === 'swap' || released.length > 0) return alternativesInstead(operation, state, nowCell);
    return alternativesOf(operation, state, nowCell, placed);
  };
  checkPlaced(placed, state, alternatives, released);
  return [...released, ...placed.map(({ before, after }) => ({ before, after }))];
}

function placedBy(
  operation: Extract<Operation, { targets: readonly Target[] }>,
  state: LedgerState,
  nowCell: number,
  takeWindowId = () => state.takeWindowId(),
): Placed[] {
  const taken: LedgerWindow[] = [];
  const placed = operation.targets.map((target) => {
    const before = target.windowId === null ? null : movable(state, target.windowId, nowCell);
    const after = before
      ? { ...before, origin: BOOKED, date: target.day.date, startCell: startCellOf(target), seriesId: null }
      : newWindow(target, takeWindowId(), operation.kind === 'add' ? operation.profileId : 0);
    after.ordinal = ordinalOf(after, before, state, taken);
    taken.push(after);
    return { before, after, owner: target.owner };
  });
  if (operation.isSeries) makeSeries(placed, state);
  return placed;
}

/**
 * Windows that were one series, or none yet, are a series of their own; those of a swap are of two. It is named by one of its windows, but
 * not as one whose dates stay where they are: what was excepted would go along the next time.
 */
function makeSeries(placed: readonly Placed[], state: LedgerState): void {
  const going = new Set(placed.map(({ after }) => after.windowId));
  const staying = new Set<number | null>();
  for (const { windowId, seriesId } of state.windows()) if (!going.has(windowId)) staying.add(seriesId);
  for (const from of new Set(placed.map(({ before }) => before?.seriesId ?? null))) {
    const own = placed.filter(({ before }) => (before?.seriesId ?? null) === from).map(({ after }) => after);
    const free = [...own.map(({ windowId }) => windowId), from].find((id) => !staying.has(id));
    for (const after of own) after.seriesId = free ?? null;
  }
}

const startCellOf = ({ day, startMinute, owner }: Target): number => cellOfStart(day, startMinute, owner.timeZone);

function newWindow(target: Target, windowId: number, profileId: number): LedgerWindow {
  const { owner, day, cellCount } = target;
  return {
    windowId,
    planId: owner.planId,
    establishmentId: owner.establishmentId,
    departmentId: owner.departmentId,
    classId: owner.classId,
    audience: AUDIENCES.indexOf(owner.audience),
    activity: ACTIVITIES.indexOf(owner.activity),
    origin: BOOKED,
    cellCount,
    ordinal: 0,
    profileId,
    date: day.date,
    startCell: startCellOf(target),
    wishCell: null,
    headcount: owner.headcount,
    teacherKeyId: owner.soleTeacherKeyId,
    seriesId: null,
    revision: 0,
  };
}

/** A window keeps its ordinal on its day; on another day it takes the first one that is free there. */
function ordinalOf(
  after: LedgerWindow,
  before: LedgerWindow | null,
  state: LedgerState,
  alsoPlaced: readonly LedgerWindow[],
): number {
  return before?.date === after.date ? after.ordinal : freeOrdinal({ ...after, ordinal: 0 }, state, alsoPlaced);
}

/** The window's own ordinal where nobody has it on its day, else the first one that is free. @throws BookingRefused */
function freeOrdinal(window: LedgerWindow, state: LedgerState, alsoPlaced: readonly LedgerWindow[]): number {
  const used = new Set<number>();
  for (const other of [...state.windows(), ...alsoPlaced]) {
    if (other.windowId === window.windowId || other.date !== window.date || other.planId !== window.planId) continue;
    if (isSameOwner(window, other)) used.add(other.ordinal);
  }
  if (!used.has(window.ordinal)) return window.ordinal;
  if (used.size >= MOST_WINDOWS_PER_DAY) {
    throw new BookingRefused(
      'too_many',
      'conflict',
      `There are ${MOST_WINDOWS_PER_DAY} windows on ${window.date} already.`,
    );
  }
  let ordinal = 0;
  while (used.has(ordinal)) ordinal++;
  return ordinal;
}

/** The window as it is now. @throws BookingRefused where it is gone */
function presentWindow(state: LedgerState, windowId: number): LedgerWindow {
  const window = state.window(windowId);
  if (!window) throw new BookingRefused('window_gone', 'conflict', `Window ${windowId} was released.`, { windowId });
  return window;
}

function movable(state: LedgerState, windowId: number, nowCell: number): LedgerWindow {
  const window = presentWindow(state, windowId);
  if (window.origin === FIXED) {
    throw new BookingRefused('fixed', 'conflict', `Window ${windowId} is fixed; its wish has to change first.`, {
      windowId,
    });
  }
  checkFreeze(window, nowCell);
  return window;
}

function checkPlaced(
  placed: readonly Placed[],
  state: LedgerState,
  alternatives: () => object[],
  released: readonly WindowChange[],
): void {
  const conflicts = conflictsAmong(placed, state, released);
  if (conflicts.length > 0) {
    throw new BookingRefused('conflict', 'conflict', 'Somebody would be in two windows at once.', {
      conflicts: conflicts.slice(0, MOST_NAMED),
      alternatives: alternatives(),
    });
  }
  checkWindowLimit(placed, state, idsOf(released), alternatives);
  const overfull = state.overfilledBy(state.deltasOf([...released, ...placed]));
  if (overfull.length > 0) {
    throw new BookingRefused(
      'cell_full',
      'conflict',
      `There is no room left in ${counted(overfull.length, 'cell')}, first at ${instantOfCell(overfull[0]!.cell)}.`,
      { cells: overfull.slice(0, MOST_NAMED).map(named), alternatives: alternatives() },
    );
  }
}

/** The same question with yes or no as its answer: alternatives ask it of a whole day, and a refusal each would be dear. */
function fits(
  placed: readonly Placed[],
  state: LedgerState,
  nowCell: number,
  others: readonly LedgerWindow[],
): boolean {
  return (
    placed.every(({ after }) => after.startCell - NOTICE_CELLS >= nowCell) &&
    state.overfilledBy(state.deltasOf(placed)).length === 0 &&
    conflictsWith(placed, others).length === 0 &&
    crowdedCell(placed, state, []) === undefined
  );
}

const named = ({ cell, sessions, sessionLimit, logins, loginLimit }: OverfullCell): object => ({
  cell,
  at: instantOfCell(cell),
  sessions: sessions / LOAD_SCALE,
  sessionLimit: sessionLimit / LOAD_SCALE,
  logins: logins / LOAD_SCALE,
  loginLimit: loginLimit / LOAD_SCALE,
});

/**
 * The starts of another day at which the window of an operation of one could stand, the nearest to the wanted hour first; none where the
 * campaign gives it no window more there. @throws BookingRefused
 */
export function alternativesOn(operation: PlacedOperation, state: LedgerState, now: Date): Alternative[] {
  const nowCell = cellOfSeconds(now.getTime() / 1000);
  const placed = placedBy(operation, state, nowCell, () => NO_WINDOW_ID);
  if (brokenRule(withDays(placed, operation), state, [])) return [];
  return alternativesOf(operation, state, nowCell, placed, true);
}

const idsOf = (changes: readonly WindowChange[]): number[] =>
  changes.map(({ before, after }) => (before ?? after)!.windowId);

const withDays = (
  placed: readonly Placed[],
  { targets }: { targets: readonly Target[] },
): (Placed & { day: OwnerDay })[] => placed.map((one, i) => ({ ...one, day: targets[i]!.day }));

/** Where else what was wanted by a swap, an undo or a promotion has a place, the wanted one included: it may be free for one window alone. */
function alternativesInstead(operation: Operation, state: LedgerState, nowCell: number): Alternative[] {
  const instead = insteadOf(operation);
  if (!instead) return [];
  try {
    const placed = placedBy(instead, state, nowCell, () => NO_WINDOW_ID);
    if (brokenRule(withDays(placed, instead), state, [])) return [];
    return alternativesOf(instead, state, nowCell, placed, true);
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}

/** Refuses what no room could ever make possible: the campaign gives no window more there, or the window may not change. @throws BookingRefused */
export function checkAllowed(operation: PlacedOperation, state: LedgerState, now: Date): void {
  const placed = placedBy(operation, state, cellOfSeconds(now.getTime() / 1000), () => NO_WINDOW_ID);
  checkRule(withDays(placed, operation), state, []);
}

/** The starts nearest to the wanted one at which every window of the operation would have its place. */
function alternativesOf(
  operation: PlacedOperation,
  state: LedgerState,
  nowCell: number,
  placed: readonly Placed[],
  isWantedToo = false,
): Alternative[] {
  const { targets } = operation;
  const wanted = targets[0]!.startMinute;
  const first = targets[0]!;
  const starts = startsOf(first.owner, first.day, first.cellCount)
    .filter((start) => isWantedToo || start !== wanted)
    .sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted) || a - b);
  const rivals = rivalsOf(placed, state, []);
  const alternatives: Alternative[] = [];
  for (const startMinute of starts) {
    if (alternatives.length === ALTERNATIVE_COUNT) break;
    // the starts are those of the first already
    if (targets.slice(1).some(({ owner, day, cellCount }) => refusalOfHours(owner, day, startMinute, cellCount)))
      continue;
    const moved = placed.map(({ before, after, owner }, i): Placed => {
      const startCell = startCellOf({ ...targets[i]!, startMinute });
      return { before, after: { ...after, startCell }, owner };
    });
    // where it stands already is no way out
    if (moved.every(({ before, after }) => before?.startCell === after.startCell)) continue;
    if (!fits(moved, state, nowCell, rivals)) continue;
    const { after, before } = moved[0]!;
    alternatives.push({
      startsAt: zonedInstantOfCell(after.startCell, first.owner.timeZone),
      startCell: after.startCell,
      verdict: roomOf(state, before, after).isTight ? 'tight' : 'free',
      minutesFromWanted: startMinute - wanted,
      daysFromWanted: 0,
    });
  }
  return alternatives;
}

/** The window as it was; where a publication has carried it into another plan, with the place that it had and what that plan says of it. */
function restoredIn(present: LedgerWindow | null, before: LedgerWindow): LedgerWindow {
  if (!present || present.planId === before.planId) return { ...before };
  const { origin, date, startCell, ordinal } = before;
  return { ...present, origin, date, startCell, ordinal, seriesId: null };
}

/** Takes a booking back: every window of it as it was, where nothing has happened to it since and its place is still free. */
function undone(operation: Extract<Operation, { kind: 'undo' }>, state: LedgerState, nowCell: number): WindowChange[] {
  const { done, owners } = operation;
  const alternatives = (): object[] => alternativesInstead(operation, state, nowCell);
  const changes = done.map(({ before, after }): WindowChange => {
    const windowId = (after ?? before)!.windowId;
    const present = state.window(windowId) ?? null;
    if (after === null ? present !== null : present?.revision !== after.revision) {
      throw new BookingRefused('not_last', 'conflict', `Window ${windowId} has changed again since.`, { windowId });
    }
    if (present) checkFreeze(present, nowCell);
    const restored = before && restoredIn(present, before);
    if (restored && !state.plan(restored.planId)) throw new PlanNotPublished(restored.planId, 'superseded');
    if (restored && present?.date !== restored.date) restored.ordinal = freeOrdinal(restored, state, []);
    return { before: present, after: restored };
  });
  const placed = changes.flatMap(({ before, after }) => {
    const owner = owners.get((after ?? before)!.windowId)!;
    return after ? [{ before, after, owner, day: owner.days.get(after.date)! }] : [];
  });
  for (const { after, owner } of placed) {
    checkNotice(after.startCell, nowCell);
    const { on, minuteOfDay: startMinute } = civilOfCell(after.startCell, owner.timeZone);
    checkHours({ owner, day: owner.days.get(on)!, startMinute, cellCount: after.cellCount });
  }
  const released = changes.filter(({ after }) => after === null);
  const releasedIds = idsOf(released);
  checkRule(placed, state, releasedIds);
  const conflicts = conflictsAmong(placed, state, released);
  if (conflicts.length > 0) {
    throw new BookingRefused('conflict', 'conflict', 'Somebody would be in two windows at once.', {
      conflicts: conflicts.slice(0, MOST_NAMED),
      alternatives: alternatives(),
    });
  }
  checkWindowLimit(placed, state, releasedIds, alternatives);
  const overfull = state.overfilledBy(state.deltasOf(changes));
  if (overfull.length > 0) {
    throw new BookingRefused('cell_full', 'conflict', 'The place was taken meanwhile.', {
      cells: overfull.slice(0, MOST_NAMED).map(named),
      alternatives: alternatives(),
    });
  }
  return changes;
}
