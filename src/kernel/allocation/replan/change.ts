import { fits, type Incumbent } from './incumbent';
import { isFree, lookAround } from './look-around';
import type { Starts } from '../problem';

/** A plan on its way to the next: the incumbent and what is known of everybody in it. */
export interface Change {
  incumbent: Incumbent;
  /** Where each stood, -1 for newcomers. */
  before: Starts;
  /** Frozen, or with one start only: never moved. */
  isImmovable: Uint8Array;
  /** Limits, raised to what frozen windows load a cell with: nobody else can help that. */
  sessionAllowed: Float64Array;
  loginAllowed: Float64Array;
  /** What it costs that demand i stands at a start, in moved windows: the price of its cells, and how far it is from where it wants to be. */
  costAt: (i: number, start: number) => number;
  /** Called often; throws to end the work. */
  watch: () => void;
  /** Who was pushed aside for somebody else, and from where. */
  pushed: { demand: number; from: number }[];
  /** Largest scale for which any start of a kind has room, where it was looked up: a screen, for loads change. */
  roomOfKind: (number | undefined)[];
}

/** A change under the limits of the problem in which nobody has a price yet. */
export function openChange(incumbent: Incumbent, before: Starts, isImmovable: Uint8Array): Change {
  return {
    incumbent,
    before,
    isImmovable,
    sessionAllowed: incumbent.problem.sessionLimit,
    loginAllowed: incumbent.problem.loginLimit,
    costAt: () => 0,
    watch: () => undefined,
    pushed: [],
    roomOfKind: [],
  };
}

export const mayMove = ({ isImmovable }: Change, i: number): boolean => !isImmovable[i];
export const isMoved = ({ before, incumbent }: Change, i: number): boolean => before[i] !== incumbent.starts[i];
export const startsOf = ({ problem, candidates }: Incumbent, i: number): Int32Array =>
  candidates[problem.demandCandidates[i]!]!;
/** Dated windows that move when demand i does: none of a newcomer. */
export const windowsOf = ({ before, incumbent }: Change, i: number): number =>
  before[i]! < 0 ? 0 : incumbent.shifts[incumbent.problem.demandOccurrences[i]!]!.length;

/** Running count of cells that are over what is allowed; null when none is. */
export function markOver({ incumbent, sessionAllowed, loginAllowed }: Change): Int32Array | null {
  const { sessionLoad, loginLoad } = incumbent;
  const marked = new Int32Array(sessionLoad.length + 1);
  for (let c = 0; c < sessionLoad.length; c++) {
    const over = sessionLoad[c]! > sessionAllowed[c]! || loginLoad[c]! > loginAllowed[c]!;
    marked[c + 1] = marked[c]! + (over ? 1 : 0);
  }
  return marked[sessionLoad.length] === 0 ? null : marked;
}

/** Does demand i, where it stands, load a cell that is over? */
export function isInTrouble({ incumbent, sessionAllowed, loginAllowed }: Change, i: number): boolean {
  const { problem, shifts, starts, sessionLoad, loginLoad } = incumbent;
  const profile = problem.demandProfile[i]!;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = starts[i]! + shift - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      if (problem.profileSessionsPerMille[k]! > 0 && sessionLoad[cell]! > sessionAllowed[cell]!) return true;
      if (problem.profileLoginsPerMille[k]! > 0 && loginLoad[cell]! > loginAllowed[cell]!) return true;
    }
  }
  return false;
}

/** Largest share of a limit in use, demand i included, in the cells that it would load. */
export function fullest({ problem, shifts, sessionLoad, loginLoad }: Incumbent, i: number, start: number): number {
  const profile = problem.demandProfile[i]!;
  const scale = problem.demandScale[i]! / 1000;
  let most = 0;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = start + shift - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      const sessions = problem.profileSessionsPerMille[k]! * scale;
      const logins = problem.profileLoginsPerMille[k]! * scale;
      if (sessions > 0) most = Math.max(most, (sessionLoad[cell]! + sessions) / problem.sessionLimit[cell]!);
      if (logins > 0) most = Math.max(most, (loginLoad[cell]! + logins) / problem.loginLimit[cell]!);
    }
  }
  return most;
}

/** The cheapest start with room of demand i, which stands nowhere; -1 where there is none. */
export function roomFor(change: Change, i: number): number {
  const { incumbent } = change;
  lookAround(incumbent, i);
  let best = -1;
  let bestCost = Infinity;
  for (const start of startsOf(incumbent, i)) {
    // in a full plan nearly every start ends here
    if (!fits(incumbent, i, start)) continue;
    const cost = change.costAt(i, start);
    if (cost >= bestCost || !isFree(incumbent, i, start)) continue;
    best = start;
    bestCost = cost;
  }
  return best;
}
