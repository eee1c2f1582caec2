import type { AllocationProblem, Starts } from './problem';

/** What can keep a window from a start that its hours allow. */
export const SHUT_CAUSES = ['sessions', 'logins', 'class', 'group', 'teacher', 'site', 'neighbour'] as const;
export type ShutCause = (typeof SHUT_CAUSES)[number];

/** Why none of its starts was left for a demand. */
export interface ShutStarts {
  demand: number;
  /** Starts that hours and closed times leave. */
  startCount: number;
  /** Starts at which each cause is in the way, in the order of SHUT_CAUSES; several causes may shut one start. */
  shutCounts: number[];
}

/**
 * For each of these demands, which laws shut how many of its allowed starts in a finished plan. From the definitions: shares no code with
 * the search that left them out.
 */
export function shutStarts(
  problem: AllocationProblem,
  starts: Starts,
  load: { sessionLoad: Float64Array; loginLoad: Float64Array },
  demands: Iterable<number>,
): ShutStarts[] {
  const standing = new StandingWindows(problem, starts);
  return Array.from(demands, (demand) => {
    const set = problem.demandCandidates[demand]!;
    const [from, to] = [problem.candidateOffset[set]!, problem.candidateOffset[set + 1]!];
    const shutCounts = SHUT_CAUSES.map(() => 0);
    for (let k = from; k < to; k++) {
      const causes = causesAt(problem, load, standing, demand, problem.candidateCell[k]!);
      SHUT_CAUSES.forEach((cause, c) => causes.has(cause) && shutCounts[c]!++);
    }
    return { demand, startCount: to - from, shutCounts };
  });
}

/** A dated window that has a place. */
interface Standing {
  demand: number;
  start: number;
}

/** The dated windows of a plan by whom they bind. */
class StandingWindows {
  readonly ofClass = new Map<number, Standing[]>();
  readonly ofTeacher = new Map<number, Standing[]>();
  /** Those that take of a limit of simultaneous windows. */
  readonly onSite = new Map<number, Standing[]>();
  /** An establishment's own windows. */
  readonly own = new Map<number, Standing[]>();

  constructor(problem: AllocationProblem, starts: Starts) {
    const add = (map: Map<number, Standing[]>, owner: number, window: Standing) => {
      const windows = map.get(owner);
      if (windows) windows.push(window);
      else map.set(owner, [window]);
    };
    for (let demand = 0; demand < problem.demandCount; demand++) {
      if (starts[demand]! < 0) continue;
      const establishment = problem.demandEstablishment[demand]!;
      for (const shift of shiftsOf(problem, demand)) {
        const window = { demand, start: starts[demand]! + shift };
        if (problem.demandClass[demand]! >= 0) add(this.ofClass, problem.demandClass[demand]!, window);
        else add(this.own, establishment, window);
        if (problem.demandTeacher[demand]! >= 0) add(this.ofTeacher, problem.demandTeacher[demand]!, window);
        if (problem.demandSiteUnits[demand]! > 0) add(this.onSite, establishment, window);
      }
    }
  }
}

function shiftsOf({ demandOccurrences, occurrenceOffset, occurrenceShift }: AllocationProblem, demand: number) {
  const set = demandOccurrences[demand]!;
  return occurrenceShift.subarray(occurrenceOffset[set], occurrenceOffset[set + 1]);
}

function causesAt(
  problem: AllocationProblem,
  load: { sessionLoad: Float64Array; loginLoad: Float64Array },
  standing: StandingWindows,
  demand: number,
  first: number,
): Set<ShutCause> {
  const causes = new Set<ShutCause>();
  const cells = problem.demandCells[demand]!;
  const classId = problem.demandClass[demand]!;
  const teacher = problem.demandTeacher[demand]!;
  const establishment = problem.demandEstablishment[demand]!;
  const overlaps = (window: Standing, start: number, gap = 0): boolean =>
    start < window.start + problem.demandCells[window.demand]! + gap && window.start < start + cells + gap;
  for (const shift of shiftsOf(problem, demand)) {
    const start = first + shift;
    addFullCells(problem, load, demand, start, causes);
    for (const window of standing.ofClass.get(classId) ?? []) {
      const gap = Math.max(problem.demandGapCells[demand]!, problem.demandGapCells[window.demand]!);
      if (overlaps(window, start, gap)) causes.add('class');
    }
    if (classId >= 0) {
      for (let k = problem.classConflictOffset[classId]!; k < problem.classConflictOffset[classId + 1]!; k++) {
        const others = standing.ofClass.get(problem.classConflict[k]!) ?? [];
        if (others.some((window) => overlaps(window, start))) causes.add('group');
      }
    }
    if (teacher >= 0 && standing.ofTeacher.get(teacher)?.some((window) => overlaps(window, start)))
      causes.add('teacher');
    if (isSiteFull(problem, standing.onSite.get(establishment) ?? [], demand, start)) causes.add('site');
    if (classId < 0) {
      for (let k = problem.neighbourOffset[establishment]!; k < problem.neighbourOffset[establishment + 1]!; k++) {
        const others = standing.own.get(problem.neighbour[k]!) ?? [];
        if (others.some((window) => Math.abs(window.start - start) < problem.neighbourSpacingCells))
          causes.add('neighbour');
      }
    }
  }
  return causes;
}

function addFullCells(
  problem: AllocationProblem,
  { sessionLoad, loginLoad }: { sessionLoad: Float64Array; loginLoad: Float64Array },
  demand: number,
  start: number,
  causes: Set<ShutCause>,
): void {
  const profile = problem.demandProfile[demand]!;
  const scale = problem.demandScale[demand]!;
  let cell = start - 1;
  for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
    const sessions = Math.ceil((scale * problem.profileSessionsPerMille[k]!) / 1000);
    const logins = Math.ceil((scale * problem.profileLoginsPerMille[k]!) / 1000);
    if (sessions > 0 && sessionLoad[cell]! + sessions > problem.sessionLimit[cell]!) causes.add('sessions');
    if (logins > 0 && loginLoad[cell]! + logins > problem.loginLimit[cell]!) causes.add('logins');
  }
}

function isSiteFull(problem: AllocationProblem, windows: readonly Standing[], demand: number, start: number): boolean {
  const most = problem.establishmentSiteLimit[problem.demandEstablishment[demand]!]!;
  const units = problem.demandSiteUnits[demand]!;
  if (most === 0 || units === 0) return false;
  for (let cell = start; cell < start + problem.demandCells[demand]!; cell++) {
    const present = windows.reduce(
      (sum, other) =>
        other.start <= cell && cell < other.start + problem.demandCells[other.demand]!
          ? sum + problem.demandSiteUnits[other.demand]!
          : sum,
      units,
    );
    if (present > most) return true;
  }
  return false;
}
