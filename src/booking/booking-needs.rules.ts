import { CELLS_PER_DAY } from '../kernel/cell-grid';
import type { SequencerNeeds } from '../plan/sequencer';
import type { Operation } from './booking-operation';
import type { FoundWindow, WindowOwner } from './booking-owner';

/** An hour before a day: where a load profile of its first window may begin. */
const BEFORE_CELLS = 12;
/** A day of the week is looked at with all of its week, where the campaign's rule counts by weeks. */
const WEEK_CELLS = 7 * CELLS_PER_DAY;
/** Two hours after it: a day of 25 hours, and sessions that drain. */
const AFTER_CELLS = 24;

/** What of windows and ledger an operation is decided on: all days that it touches, and everybody who may be in the way. */
export function needsOf(
  operation: Operation,
  owners: readonly WindowOwner[],
  windows: readonly FoundWindow[],
): SequencerNeeds {
  const days = owners.flatMap((owner) => [...owner.days.values()]);
  const ranges = new Map(
    days.map(({ firstCell }) => [
      firstCell,
      [firstCell - BEFORE_CELLS, firstCell + CELLS_PER_DAY + AFTER_CELLS] as const,
    ]),
  );
  const firsts = [...ranges.values()].map(([first]) => first);
  const ends = [...ranges.values()].map(([, end]) => end);
  const isAdd = operation.kind === 'add';
  // what stays within its day takes no more of its week
  const dates = new Set([...days, ...windows].map(({ date }) => date));
  const isComing = isAdd || operation.kind === 'undo' || (operation.kind !== 'release' && dates.size > 1);
  const isByWeek = isComing && owners.some(({ rule }) => rule && rule.rule.windowsPerWeek !== null);
  const margin = isByWeek ? WEEK_CELLS : 0;
  const teachers = new Set([
    ...windows.flatMap(({ teacherKeyId }) => (teacherKeyId === null ? [] : [teacherKeyId])),
    ...(isAdd ? owners.flatMap(({ soleTeacherKeyId }) => (soleTeacherKeyId === null ? [] : [soleTeacherKeyId])) : []),
  ]);
  return {
    windowIds: [
      ...windows.map(({ windowId }) => windowId),
      ...(('stayingIds' in operation && operation.stayingIds) || []),
    ],
    classIds: [
      ...new Set(
        owners.flatMap(({ classId, conflictClassIds }) => (classId === null ? [] : [classId, ...conflictClassIds])),
      ),
    ],
    establishmentIds: [
      ...new Set(owners.flatMap(({ classId, establishmentId }) => (classId === null ? [establishmentId] : []))),
    ],
    wholeEstablishmentIds: [
      ...new Set(owners.flatMap(({ windowLimit, establishmentId }) => (windowLimit === null ? [] : [establishmentId]))),
    ],
    teacherKeyIds: [...teachers],
    firstCell: Math.min(...firsts) - margin,
    endCell: Math.max(...ends) + margin,
    cellRanges: [...ranges.values()],
    newWindowCount: isAdd ? operation.targets.length : 0,
  };
}
