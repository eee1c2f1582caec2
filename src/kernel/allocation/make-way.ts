import { membersOf } from './conflicts';
import { attend, type Watch } from './place';
import { cheapestStart, costOf, fits, isFixed, isFree, place, promisedGain, type Search } from './search';
import { fitsSite, siteExcess } from './sites';

/** A window that could stand this much cheaper, were it not for its own school, asks the others to make way. */
const WORTH_ASKING = 2;
/** Least gain of a change, in displacement cost: less is not worth the unrest. */
const LEAST_GAIN = 0.01;
/** Displacement cost by which a promise must have grown since it was refused. */
const GROWN = 0.5;
/** Windows that make way at once, at most. */
const MOST_OUT = 3;

/** The windows of each establishment: who may be in each other's way on a site. */
export interface Schools {
  offset: Int32Array;
  member: Int32Array;
  /** What a window was promised when it last asked in vain: until it is promised more it does not ask again. */
  refused: Float32Array;
}

export const buildSchools = ({ model: { problem } }: Search): Schools => ({
  ...membersOf(problem.demandEstablishment, problem.establishmentCount),
  refused: new Float32Array(problem.demandCount),
});

/**
 * Windows that the laws of their own school (class, teacher, site) keep from a much cheaper start take it, where those in the way
 * find other starts for less than that gains. One at a time nobody would: each stands at its own cheapest. Returns how many did.
 */
export function makeWaySweep(
  search: Search,
  schools: Schools,
  watch: Watch,
  onlyFitting = false,
  takes: ((i: number) => boolean) | null = null,
): number {
  const { problem } = search.model;
  let moved = 0;
  for (let e = 0; e < problem.establishmentCount; e++) {
    attend(watch);
    for (let k = schools.offset[e]!; k < schools.offset[e + 1]!; k++) {
      const i = schools.member[k]!;
      if (problem.demandWish[i]! < 0 || search.starts[i]! < 0 || isFixed(search, i) || (takes && !takes(i))) continue;
      if (makeWay(search, schools, i, onlyFitting)) moved++;
    }
  }
  return moved;
}

function makeWay(search: Search, schools: Schools, i: number, onlyFitting: boolean): boolean {
  const { model, starts } = search;
  const { problem, kindStart } = model;
  const old = starts[i]!;
  const wish = problem.demandWish[i]!;
  const weight = problem.demandWeight[i]!;
  const promised = promisedGain(search, i, 'nobody');
  if (promised < Math.max(WORTH_ASKING, schools.refused[i]! + GROWN)) return false;
  schools.refused[i] = 0;
  place(search, i, old, -1);
  const cost = costOf(search, i, old);
  for (let k = search.nearFrom[i]!; k < search.nearTo[i]!; k++) {
    const start = kindStart[k]!;
    if (start === old || weight * (start - wish) * (start - wish) >= cost) continue;
    if (onlyFitting && !fits(search, i, start)) continue;
    const gain = cost - costOf(search, i, start);
    if (gain > LEAST_GAIN && clear(search, schools, i, start, gain, onlyFitting)) return true;
  }
  place(search, i, old, 1);
  schools.refused[i] = promised;
  return false;
}

/** Puts i (which stands nowhere) at `start` where those in its way lose less than `gain` by leaving; else leaves all as it was. */
function clear(
  search: Search,
  schools: Schools,
  i: number,
  start: number,
  gain: number,
  onlyFitting: boolean,
): boolean {
  const { conflicts, starts, sites, model } = search;
  const out: number[] = [];
  for (let row = conflicts.offset[i]!; row < conflicts.offset[i + 1]!; row++) {
    const mate = conflicts.mate[row]!;
    const other = starts[mate]!;
    if (other < 0) continue;
    const apart = start - (other + conflicts.shift[row]!);
    if (apart <= -conflicts.after[row]! || apart >= conflicts.before[row]! || out.includes(mate)) continue;
    if (isFixed(search, mate) || model.problem.demandWish[mate]! < 0 || out.length === MOST_OUT) return false;
    out.push(mate);
  }
  const before = out.map((mate) => starts[mate]!);
  let left = gain;
  out.forEach((mate, m) => {
    place(search, mate, before[m]!, -1);
    left += costOf(search, mate, before[m]!);
  });
  if (fitsSite(sites, model.problem, i, start)) {
    if (out.length > 0 && settle(search, i, start, out, left, onlyFitting)) return true;
  } else if (out.length < MOST_OUT) {
    const excess = siteExcess(sites, model.problem, i, start);
    const e = model.problem.demandEstablishment[i]!;
    for (let k = schools.offset[e]!; k < schools.offset[e + 1]!; k++) {
      const holder = schools.member[k]!;
      const at = starts[holder]!;
      if (at < 0 || at > excess.first || at + model.problem.demandCells[holder]! <= excess.last) continue;
      if (sites.base[holder] !== sites.base[i] || model.problem.demandSiteUnits[holder]! < excess.units) continue;
      if (isFixed(search, holder)) continue;
      place(search, holder, at, -1);
      if (settle(search, i, start, [...out, holder], left + costOf(search, holder, at), onlyFitting)) return true;
      place(search, holder, at, 1);
    }
  }
  out.forEach((mate, m) => place(search, mate, before[m]!, 1));
  return false;
}

/** i takes `start`, those of `out` (who stand nowhere) their cheapest starts then; undone where they cost more than `budget`. */
function settle(
  search: Search,
  i: number,
  start: number,
  out: readonly number[],
  budget: number,
  onlyFitting: boolean,
): boolean {
  if (!isFree(search, i, start) || (onlyFitting && !fits(search, i, start))) return false;
  place(search, i, start, 1);
  let spent = 0;
  let count = 0;
  for (; count < out.length; count++) {
    const mate = out[count]!;
    const elsewhere = cheapestStart(search, mate, onlyFitting);
    if (elsewhere < 0) break;
    spent += costOf(search, mate, elsewhere);
    if (spent > budget - LEAST_GAIN) break;
    place(search, mate, elsewhere, 1);
  }
  if (count === out.length) return true;
  for (let m = 0; m < count; m++) place(search, out[m]!, search.starts[out[m]!]!, -1);
  place(search, i, start, -1);
  return false;
}
