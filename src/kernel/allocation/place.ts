import { AllocationCancelled, type AllocationProgress } from './problem';
import { cheapestStart, fits, isFixed, place, type Search } from './search';
import { type JointScratch, moveTeam, type Teams } from './teams';

/** What is known of a part on the way: its bound, and the plan as it stands, which may still pass limits. */
export interface PartFigures {
  /** No complete plan of the part under its cap has a lower objective. */
  lowerBound?: number;
  /** Of a plan in which everybody has a place. */
  objective?: number | undefined;
  /** Cells over a limit in the plan as it stands. */
  overCellCount?: number;
}

export interface Watch {
  isCancelled?: (() => boolean) | undefined;
  /** Told now and then what is being done, which share of the whole task is behind, and what is known by then. */
  onPhase?: ((phase: AllocationProgress['phase'], share: number, figures?: PartFigures) => void) | undefined;
}

/** Puts the demands with a single start where they must be; those that contradict an earlier one stay without a place. */
export function placeFixed(search: Search): void {
  for (let i = 0; i < search.starts.length; i++) {
    if (!isFixed(search, i) || search.starts[i]! >= 0) continue;
    const start = cheapestStart(search, i, false);
    if (start >= 0 && fits(search, i, start)) place(search, i, start, 1);
  }
}

/**
 * First pass: every team takes its cheapest starts; `onShare` is told, some hundred times, which share of the load has
 * been placed, so that targets can grow with it and early comers do not fill the wished hours to the brim.
 */
export function firstPass(
  search: Search,
  teams: Teams,
  scratch: JointScratch,
  steps: number,
  onShare: (share: number) => void,
  watch: Watch,
): void {
  const { demandScale } = search.model.problem;
  let total = 0;
  for (const i of teams.member) total += demandScale[i]!;
  let placed = 0;
  let nextRaise = 0;
  const teamCount = teams.offset.length - 1;
  for (let team = 0; team < teamCount; team++) {
    if (placed >= nextRaise) {
      nextRaise += total / steps;
      onShare(Math.min(1, (placed + total / steps) / Math.max(1, total)));
    }
    attend(watch);
    moveTeam(search, teams, team, false, scratch);
    for (let k = teams.offset[team]!; k < teams.offset[team + 1]!; k++) placed += demandScale[teams.member[k]!]!;
  }
}

/** Every team for which `takes` holds (default: all) looks again; returns how many windows changed place. */
export function sweep(
  search: Search,
  teams: Teams,
  scratch: JointScratch,
  watch: Watch,
  onlyFitting = false,
  takes: ((i: number) => boolean) | null = null,
): number {
  let moved = 0;
  const teamCount = teams.offset.length - 1;
  for (let team = 0; team < teamCount; team++) {
    if (takes && !anyOf(teams, team, takes)) continue;
    // a look costs nothing beside a move
    attend(watch);
    moved += moveTeam(search, teams, team, onlyFitting, scratch);
  }
  return moved;
}

function anyOf(teams: Teams, team: number, takes: (i: number) => boolean): boolean {
  for (let k = teams.offset[team]!; k < teams.offset[team + 1]!; k++) if (takes(teams.member[k]!)) return true;
  return false;
}

/** @throws AllocationCancelled where that is what is wanted */
export function attend(watch: Watch): void {
  if (watch.isCancelled?.()) throw new AllocationCancelled();
}
