import { ORIGINS } from '../campaign/window-kind';
import type { AllocationProblem } from '../kernel/allocation/problem';
import type { StandingPlan, WindowIdentity } from '../plan/standing-window.store';
import { identityKey } from '../plan/window-ids.rules';
import type { AssembledProblem } from './assembled-problem';
import { bindingTeachers } from './demand-columns';

const ALLOCATED = ORIGINS.indexOf('allocated');

/** A replan as the kernel takes it, with the identities that go with its demands. */
export interface AssembledReplan {
  assembled: AssembledProblem;
  /** Cells from the origin; -1 for windows that the published plan does not have. */
  before: Int32Array;
  isFrozen: Uint8Array;
}

/**
 * Lays the published plan over the problem as it is now. A demand of several dates is cut where they do not stand alike any more:
 * dates that begin before `frozenUntilCell`, or were booked, become demands of their own, frozen, with the teacher whom they have; the rest
 * stays a series. What was booked where nobody asks for a window, on another day say, is a demand of its own too; what was given up is none.
 * Nothing may be put before `frozenUntilCell`: earlier starts are taken away, and so are dates that stand nowhere and have no later one.
 */
export function replanTaskOf(
  assembled: AssembledProblem,
  standing: StandingPlan,
  frozenUntilCell: number,
): AssembledReplan {
  const { problem, identity } = assembled;
  const rows: CutRow[] = [];
  const asked = new Set<number>();
  const firstOpen = frozenUntilCell - problem.originCell;
  for (let i = 0; i < problem.demandCount; i++) {
    const shifts = problem.occurrenceOffset[problem.demandOccurrences[i]!]!;
    const from = identity.dayOffset[i]!;
    const set = problem.demandCandidates[i]!;
    const lastStart = problem.candidateCell[problem.candidateOffset[set + 1]! - 1] ?? -1;
    const isOver = (date: number) =>
      problem.candidateOffset[set]! < problem.candidateOffset[set + 1]! &&
      lastStart + problem.occurrenceShift[shifts + date]! < firstOpen;
    const stands = Array.from({ length: identity.dayOffset[i + 1]! - from }, (_, date) => {
      const key = identityKey(
        identity.establishmentId[i]!,
        identity.classId[i]!,
        identity.audience[i]!,
        identity.localDay[from + date]!,
        identity.ordinal[i]!,
      );
      const window = standing.windows.get(key);
      if (!window && standing.vacated.has(key)) return { isGivenUp: true, start: -1, isFrozen: false };
      // a window of another length is another window
      if (!window || window.cellCount !== problem.demandCells[i]) return { start: -1, isFrozen: false };
      if (window.isBooked) asked.add(key);
      return {
        start: window.startCell - problem.originCell - problem.occurrenceShift[shifts + date]!,
        isFrozen: window.isBooked || window.startCell < frozenUntilCell,
        teacherKeyId: window.teacherKeyId,
      };
    });
    for (const dates of ascendingGroups(
      stands.map(({ start, isFrozen, isGivenUp }, date) =>
        isGivenUp ? 'given up' : isFrozen ? `frozen ${date}` : start < 0 && isOver(date) ? '' : `${start}`,
      ),
    )) {
      const { start, isFrozen, isGivenUp, teacherKeyId } = stands[dates[0]!]!;
      if (isGivenUp || (start < 0 && isOver(dates[0]!))) continue;
      const shift = problem.occurrenceShift[shifts + dates[0]!]!;
      const before = start < 0 ? -1 : start + shift;
      rows.push({ demand: i, dates, before, isFrozen, ...(isFrozen && { teacherKeyId: teacherKeyId! }) });
    }
  }
  rows.push(...bookedElsewhere(assembled, standing, asked));
  rows.sort((a, b) => a.demand - b.demand);
  return {
    assembled: cut(assembled, rows, firstOpen),
    before: Int32Array.from(rows, ({ before }) => before),
    isFrozen: Uint8Array.from(rows, ({ isFrozen }) => (isFrozen ? 1 : 0)),
  };
}

/** Some dates of a demand that was there. */
interface CutRow {
  demand: number;
  dates: number[];
  before: number;
  isFrozen: boolean;
  /** Of a frozen window, -1 for none: whom it has in the published plan. */
  teacherKeyId?: number;
  /** Of a window that is booked where nobody asks for one: the demand is another one of its owner. */
  own?: { localDay: number; ordinal: number; block: number };
}

/** Booked windows that no demand stands for, as further windows of their owners: they weigh, and hold class and teacher, like all others. */
function bookedElsewhere(
  { problem, identity }: AssembledProblem,
  standing: StandingPlan,
  asked: Set<number>,
): CutRow[] {
  const left = [...standing.booked].filter(([key]) => !asked.has(key));
  if (left.length === 0) return [];
  const ownerOf = ({
    establishmentId,
    classId,
    audience,
  }: Pick<WindowIdentity, 'establishmentId' | 'classId' | 'audience'>) => `${establishmentId} ${classId} ${audience}`;
  const owners = new Set(left.map(([, window]) => ownerOf(window)));
  const alike = new Map<string, number>();
  const blocks = new Map<number, number>();
  for (let i = 0; i < problem.demandCount; i++) {
    for (let k = identity.dayOffset[i]!; k < identity.dayOffset[i + 1]!; k++)
      blocks.set(identity.localDay[k]!, problem.demandDay[i]!);
    const owner = ownerOf({
      establishmentId: identity.establishmentId[i]!,
      classId: identity.classId[i]!,
      audience: identity.audience[i]!,
    });
    if (owners.has(owner)) alike.set(`${owner} ${problem.demandCells[i]}`, i);
  }
  return left.flatMap(([key, window]) => {
    const { startCell, cellCount, teacherKeyId } = standing.windows.get(key)!;
    const demand = alike.get(`${ownerOf(window)} ${cellCount}`);
    const block = blocks.get(window.localDay);
    if (demand === undefined || block === undefined) return [];
    const own = { localDay: window.localDay, ordinal: window.ordinal, block };
    return [{ demand, dates: [0], before: startCell - problem.originCell, isFrozen: true, teacherKeyId, own }];
  });
}

/** The problem with one demand per row; whoever is not frozen has no start before `firstOpen`. */
function cut(assembled: AssembledProblem, rows: readonly CutRow[], firstOpen: number): AssembledProblem {
  const { problem, identity } = assembled;
  const take = <Column extends Int32Array | Uint8Array | Uint16Array | Float32Array | Float64Array>(
    column: Column,
  ): Column => {
    const taken = new (column.constructor as new (length: number) => Column)(rows.length);
    rows.forEach(({ demand }, k) => (taken[k] = column[demand]!));
    return taken;
  };
  const sets = new GrowingSets(problem.candidateOffset, problem.candidateCell);
  const occurrences = new GrowingSets(problem.occurrenceOffset, problem.occurrenceShift);
  const demandCandidates = take(problem.demandCandidates);
  const demandOccurrences = take(problem.demandOccurrences);
  const demandWish = take(problem.demandWish);
  const demandDay = take(problem.demandDay);
  const origin = take(identity.origin);
  const ordinal = take(identity.ordinal);
  const teacherKeyId = take(identity.teacherKeyId);
  const closedStartCount = take(identity.closedStartCount);
  const letterRange = take(identity.letterRange);
  const dayOffset = [0];
  const localDay: number[] = [];
  rows.forEach(({ demand, dates, before, isFrozen, own, teacherKeyId: kept }, k) => {
    if (kept !== undefined) teacherKeyId[k] = kept;
    if (own) {
      demandCandidates[k] = sets.indexOf([before]);
      demandOccurrences[k] = occurrences.indexOf([0]);
      demandWish[k] = -1;
      demandDay[k] = own.block;
      origin[k] = ALLOCATED;
      ordinal[k] = own.ordinal;
      closedStartCount[k] = 0;
      letterRange[k] = 0;
      localDay.push(own.localDay);
      dayOffset.push(localDay.length);
      return;
    }
    const days = identity.dayOffset[demand]!;
    for (const date of dates) localDay.push(identity.localDay[days + date]!);
    dayOffset.push(localDay.length);
    const shifts = occurrences.of(problem.demandOccurrences[demand]!);
    const first = shifts[dates[0]!]!;
    const set = problem.demandCandidates[demand]!;
    const isEarly = !isFrozen && (problem.candidateCell[problem.candidateOffset[set]!] ?? 0) + first < firstOpen;
    const isWhole = dates.length === identity.dayOffset[demand + 1]! - days;
    if (isEarly || !isWhole) {
      const starts = Array.from(sets.of(set), (cell) => cell + first);
      demandCandidates[k] = sets.indexOf(isEarly ? starts.filter((cell) => cell >= firstOpen) : starts);
    }
    if (isWhole) return;
    demandOccurrences[k] = occurrences.indexOf(dates.map((date) => shifts[date]! - first));
    if (demandWish[k]! >= 0) demandWish[k]! += first;
  });
  const candidates = sets.take();
  const repeated = occurrences.take();
  const activity = take(identity.activity);
  const cutProblem: AllocationProblem = {
    ...problem,
    demandCount: rows.length,
    demandDay,
    demandCells: take(problem.demandCells),
    demandScale: take(problem.demandScale),
    demandProfile: take(problem.demandProfile),
    demandCandidates,
    demandOccurrences,
    demandWish,
    demandWeight: take(problem.demandWeight),
    demandClass: take(problem.demandClass),
    demandEstablishment: take(problem.demandEstablishment),
    ...bindingTeachers({ teacherKeyId, activity }),
    demandGapCells: take(problem.demandGapCells),
    demandSiteUnits: take(problem.demandSiteUnits),
    candidateOffset: candidates.offset,
    candidateCell: candidates.value,
    occurrenceOffset: repeated.offset,
    occurrenceShift: repeated.value,
  };
  return {
    ...assembled,
    problem: cutProblem,
    identity: {
      establishmentId: take(identity.establishmentId),
      departmentId: take(identity.departmentId),
      classId: take(identity.classId),
      audience: take(identity.audience),
      activity,
      origin,
      ordinal,
      isSeries: Uint8Array.from(rows, ({ demand, dates }) => (dates.length > 1 ? identity.isSeries[demand]! : 0)),
      profileId: take(identity.profileId),
      headcount: take(identity.headcount),
      teacherKeyId,
      closedStartCount,
      letterRange,
      dayOffset: Int32Array.from(dayOffset),
      localDay: Int32Array.from(localDay),
    },
  };
}

/** Concatenated lists to which others are added, each once. */
class GrowingSets {
  private readonly added: number[][] = [];
  private readonly known = new Map<string, number>();

  constructor(
    private readonly offset: Int32Array,
    private readonly value: Int32Array,
  ) {}

  of(set: number): Int32Array {
    return this.value.subarray(this.offset[set], this.offset[set + 1]);
  }

  indexOf(list: number[]): number {
    const key = list.join(' ');
    let index = this.known.get(key);
    if (index === undefined) {
      index = this.offset.length - 1 + this.added.length;
      this.added.push(list);
      this.known.set(key, index);
    }
    return index;
  }

  take(): { offset: Int32Array; value: Int32Array } {
    const offset = [...this.offset];
    for (const list of this.added) offset.push(offset[offset.length - 1]! + list.length);
    const value = new Int32Array(offset[offset.length - 1]!);
    value.set(this.value);
    this.added.forEach((list, k) => value.set(list, offset[this.offset.length - 1 + k]));
    return { offset: Int32Array.from(offset), value };
  }
}

/** Positions that share a key, in the order in which keys come. */
function ascendingGroups(keys: readonly string[]): number[][] {
  const groups = new Map<string, number[]>();
  keys.forEach((key, k) => {
    const group = groups.get(key);
    if (group) group.push(k);
    else groups.set(key, [k]);
  });
  return [...groups.values()];
}
