import { type Incumbent, lift, stand } from './incumbent';
import { isBarred, isFree, lookAround } from './look-around';
import type { Starts } from '../problem';

/** Who stands where they stood, and who cannot. */
export interface Settled {
  /** Where each may stay, -1 for those who must go: their start is not allowed any more, or an immovable window bars it. */
  stay: Int32Array;
  /** Dated windows that move when it goes; 0 for newcomers. */
  windows: Int32Array;
  isImmovable: Uint8Array;
  /** Those who stand nowhere yet: newcomers, those who must go, and one of each two who are in each other's way now. */
  homeless: number[];
  /** Loads of the frozen. */
  frozenSessions: Float64Array;
  frozenLogins: Float64Array;
}

/** Puts everybody back where they stood, as far as the laws allow; immovable windows first. */
export function settle(incumbent: Incumbent, before: Starts, isFrozen: Uint8Array): Settled {
  const { problem, candidates, shifts } = incumbent;
  const { demandCount } = problem;
  const stay = new Int32Array(demandCount).fill(-1);
  const windows = new Int32Array(demandCount);
  const isImmovable = new Uint8Array(demandCount);
  const homeless: number[] = [];
  for (let i = 0; i < demandCount; i++) {
    if (!isFrozen[i]) continue;
    isImmovable[i] = 1;
    stand(incumbent, i, before[i]!);
  }
  const frozenSessions = incumbent.sessionLoad.slice();
  const frozenLogins = incumbent.loginLoad.slice();
  for (let i = 0; i < demandCount; i++) {
    const own = candidates[problem.demandCandidates[i]!]!;
    windows[i] = before[i]! < 0 ? 0 : shifts[problem.demandOccurrences[i]!]!.length;
    if (isFrozen[i] || own.length !== 1) continue;
    isImmovable[i] = 1;
    lookAround(incumbent, i);
    if (isFree(incumbent, i, own[0]!)) {
      stand(incumbent, i, own[0]!);
      if (own[0] === before[i]) stay[i] = before[i]!;
    } else homeless.push(i);
  }
  const allowed = new Map<number, Set<number>>();
  const mayStart = (i: number, start: number) => {
    const set = problem.demandCandidates[i]!;
    let known = allowed.get(set);
    if (!known) allowed.set(set, (known = new Set(candidates[set])));
    return known.has(start) && isOpen(incumbent, i, start);
  };
  const someImmovable = isImmovable.includes(1);
  for (let i = 0; i < demandCount; i++) {
    if (isImmovable[i] || before[i]! < 0 || !mayStart(i, before[i]!)) continue;
    if (someImmovable) lookAround(incumbent, i);
    if (!someImmovable || isFree(incumbent, i, before[i]!)) stay[i] = before[i]!;
  }
  for (let i = 0; i < demandCount; i++) {
    if (isImmovable[i]) continue;
    if (stay[i]! >= 0) {
      lookAround(incumbent, i);
      if (!isBarred(incumbent, stay[i]!)) {
        stand(incumbent, i, stay[i]!);
        continue;
      }
    }
    if (candidates[problem.demandCandidates[i]!]!.length > 0) homeless.push(i);
  }
  clearSites(incumbent, isImmovable, homeless);
  return { stay, windows, isImmovable, homeless, frozenSessions, frozenLogins };
}

/** Where more stand at once than an establishment's limit allows, those who came last give way. */
function clearSites(incumbent: Incumbent, isImmovable: Uint8Array, homeless: number[]): void {
  const { problem, ofSite, dayCount, starts, shifts } = incumbent;
  const use = new Int32Array(problem.cellCount);
  for (let site = 0; site < ofSite.head.length; site++) {
    const most = problem.establishmentSiteLimit[Math.floor(site / dayCount)]!;
    if (most === 0) continue;
    let isOver = false;
    const add = (i: number, times: number) => {
      if (starts[i]! < 0) return;
      for (const shift of shifts[problem.demandOccurrences[i]!]!) {
        const to = starts[i]! + shift + problem.demandCells[i]!;
        for (let cell = starts[i]! + shift; cell < to; cell++) {
          use[cell]! += times * problem.demandSiteUnits[i]!;
          if (use[cell]! > most) isOver = true;
        }
      }
    };
    for (let i = ofSite.head[site]!; i >= 0; i = ofSite.next[i]!) add(i, 1);
    for (let i = ofSite.head[site]!; i >= 0; i = ofSite.next[i]!) add(i, -1);
    if (!isOver) continue;
    for (let i = ofSite.head[site]!; i >= 0; i = ofSite.next[i]!) {
      if (isImmovable[i] || starts[i]! < 0) continue;
      const start = lift(incumbent, i);
      lookAround(incumbent, i);
      if (isFree(incumbent, i, start)) stand(incumbent, i, start);
      else homeless.push(i);
    }
  }
}

/** Does it load no cell that has no room at all? */
function isOpen({ problem, shifts }: Incumbent, i: number, start: number): boolean {
  const profile = problem.demandProfile[i]!;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = start + shift - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      if (problem.profileSessionsPerMille[k]! > 0 && problem.sessionLimit[cell]! <= 0) return false;
      if (problem.profileLoginsPerMille[k]! > 0 && problem.loginLimit[cell]! <= 0) return false;
    }
  }
  return true;
}
