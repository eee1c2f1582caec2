import { randomInteger, type Random } from '../random';
import { membersOf } from './conflicts';
import type { AllocationModel } from './model';
import {
  barredAt,
  cheapestStart,
  costAt,
  type Heed,
  isFixed,
  nearestFitting,
  place,
  promisedGain,
  type Search,
} from './search';

/**
 * Demands that are moved together: the windows of one teacher on one day. One at a time they would lock each other in, since two
 * lessons can only change their order at once. Everybody else is a team of one.
 */
export interface Teams {
  offset: Int32Array;
  member: Int32Array;
  /** What a team was promised when it last searched and stayed: until it is promised more it does not search again. */
  refused: Float32Array;
}

/** Larger teams move one by one: the joint choice doubles with every member. */
const MOST_JOINT = 6;

/** The movable demands in teams; establishments in a random order, for any fixed one would favour somebody. */
export function buildTeams(model: AllocationModel, search: Search, random: Random): Teams {
  const { problem, kindOffset, demandKind } = model;
  const rank = Int32Array.from({ length: problem.establishmentCount }, (_, e) => e);
  for (let e = rank.length - 1; e > 0; e--) {
    const other = randomInteger(random, e + 1);
    [rank[e], rank[other]] = [rank[other]!, rank[e]!];
  }
  const { demandEstablishment, demandTeacher, demandDay } = problem;
  const schools = membersOf(
    demandEstablishment.map((e, i) =>
      !isFixed(search, i) && kindOffset[demandKind[i]!]! < kindOffset[demandKind[i]! + 1]! ? rank[e]! : -1,
    ),
    problem.establishmentCount,
  );
  const { member } = schools;
  const teamKey = (i: number) => (demandTeacher[i]! < 0 ? -1 : demandTeacher[i]!);
  // school by school: a comparison over a million rows would hold all of them once more as numbers of the heap
  for (let e = 0; e < problem.establishmentCount; e++) {
    member
      .subarray(schools.offset[e], schools.offset[e + 1])
      .sort((a, b) => demandDay[a]! - demandDay[b]! || teamKey(a) - teamKey(b) || a - b);
  }
  const offset = new Int32Array(member.length + 1);
  let count = 0;
  for (let k = 1; k <= member.length; k++) {
    const a = member[k - 1]!;
    const b = member[k];
    const together =
      b !== undefined &&
      teamKey(a) >= 0 &&
      teamKey(a) === teamKey(b) &&
      demandDay[a] === demandDay[b] &&
      demandEstablishment[a] === demandEstablishment[b];
    if (!together) offset[++count] = k;
  }
  // the rest of the room was never written to, and takes no memory
  return { offset: offset.subarray(0, count + 1), member, refused: new Float32Array(count) };
}

/** Room to choose jointly; owned by a sweep. */
export interface JointScratch {
  costs: Float64Array[];
  ending: Float64Array[];
  choice: Int8Array[];
}

export function jointScratch(cellCount: number): JointScratch {
  const cells = cellCount + 1;
  return {
    costs: Array.from({ length: MOST_JOINT }, () => new Float64Array(cells)),
    ending: Array.from({ length: 1 << MOST_JOINT }, () => new Float64Array(cells)),
    choice: Array.from({ length: 1 << MOST_JOINT }, () => new Int8Array(cells)),
  };
}

/** Whoever could save less than this of displacement cost stays without a search. */
const LEAST_GAIN = 1e-3;
/** Displacement cost by which a promise must have grown since it was refused. */
const GROWN = 0.1;

/** The most that the team could save together; Infinity where one has no place yet, or no wish. */
function promisedTeam(search: Search, { offset, member }: Teams, team: number, heed: Heed): number {
  let sum = 0;
  for (let k = offset[team]!; k < offset[team + 1]!; k++) {
    const i = member[k]!;
    if (search.starts[i]! < 0 || search.model.problem.demandWish[i]! < 0) return Infinity;
    sum += promisedGain(search, i, heed);
  }
  return sum;
}

/** Lets the team [from, to) look again; returns how many of it changed place. */
export function moveTeam(
  search: Search,
  teams: Teams,
  team: number,
  onlyFitting: boolean,
  scratch: JointScratch,
): number {
  const from = teams.offset[team]!;
  const size = teams.offset[team + 1]! - from;
  const { member } = teams;
  const { starts } = search;
  const isJoint = size > 1 && size <= MOST_JOINT && !onlyFitting;
  if (!onlyFitting) {
    const promise = promisedTeam(search, teams, team, isJoint ? 'otherTeachers' : 'everybody');
    if (promise <= Math.max(LEAST_GAIN, teams.refused[team]! + GROWN)) return 0;
    teams.refused[team] = promise < Infinity ? promise : 0;
  }
  if (!isJoint) {
    let moved = 0;
    for (let m = 0; m < size; m++) moved += moveOne(search, member[from + m]!, onlyFitting);
    if (moved > 0) teams.refused[team] = 0;
    return moved;
  }
  const old: number[] = [];
  for (let m = 0; m < size; m++) {
    const i = member[from + m]!;
    old[m] = starts[i]!;
    if (old[m]! >= 0) place(search, i, old[m]!, -1);
  }
  const best: number[] = [];
  for (let m = 0; m < size; m++) best[m] = cheapestStart(search, member[from + m]!, false, old[m]);
  if (meet(search, member, from, best) && !chooseJointly(search, member, from, best, scratch)) {
    // no joint choice within reach: back to where they stood, and one by one
    for (let m = 0; m < size; m++) if (old[m]! >= 0) place(search, member[from + m]!, old[m]!, 1);
    let moved = 0;
    for (let m = 0; m < size; m++) moved += moveOne(search, member[from + m]!, onlyFitting);
    if (moved > 0) teams.refused[team] = 0;
    return moved;
  }
  let moved = 0;
  for (let m = 0; m < size; m++) {
    if (best[m]! >= 0) place(search, member[from + m]!, best[m]!, 1);
    if (best[m] !== old[m]) moved++;
  }
  if (moved > 0) teams.refused[team] = 0;
  return moved;
}

function moveOne(search: Search, i: number, onlyFitting: boolean): number {
  const old = search.starts[i]!;
  const wish = search.model.problem.demandWish[i]!;
  if (onlyFitting && old >= 0 && old === wish) return 0;
  if (old >= 0) place(search, i, old, -1);
  const start =
    onlyFitting && old >= 0 && wish >= 0 ? nearestFitting(search, i, old) : cheapestStart(search, i, onlyFitting, old);
  const next = start >= 0 ? start : old;
  if (next >= 0) place(search, i, next, 1);
  return next === old ? 0 : 1;
}

/** Do chosen starts of a team bar each other, by any law? */
function meet({ conflicts }: Search, member: Int32Array, from: number, chosen: readonly number[]): boolean {
  for (let a = 0; a < chosen.length; a++) {
    if (chosen[a]! < 0) return true;
    const i = member[from + a]!;
    for (let row = conflicts.offset[i]!; row < conflicts.offset[i + 1]!; row++) {
      for (let b = 0; b < a; b++) {
        if (conflicts.mate[row] !== member[from + b]!) continue;
        const apart = chosen[a]! - (chosen[b]! + conflicts.shift[row]!);
        if (apart > -conflicts.after[row]! && apart < conflicts.before[row]!) return true;
      }
    }
  }
  return false;
}

/**
 * Chooses anew for those of the team whose cheapest starts meet, and for whoever the new choice meets, until nobody does.
 * False where that finds nothing that every law allows.
 */
function chooseJointly(
  search: Search,
  member: Int32Array,
  from: number,
  best: number[],
  scratch: JointScratch,
): boolean {
  const size = best.length;
  const { demandCells } = search.model.problem;
  const cellsOf = (m: number) => demandCells[member[from + m]!]!;
  const overlap = (a: number, b: number) => best[a]! < best[b]! + cellsOf(b) && best[b]! < best[a]! + cellsOf(a);
  const first: number[] = [];
  const last: number[] = [];
  let cluster = 0;
  for (;;) {
    let larger = cluster;
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < a; b++) if (best[a]! < 0 || best[b]! < 0 || overlap(a, b)) larger |= (1 << a) | (1 << b);
    }
    // nobody new: what still meets does so by a law other than the teacher's
    if (larger === cluster) break;
    for (let m = 0; m < size; m++) {
      if (!(larger & (1 << m)) || cluster & (1 << m)) continue;
      const reached = costAt(search, member[from + m]!, scratch.costs[m]!);
      if (!reached) return false;
      first[m] = reached.first;
      last[m] = reached.last;
    }
    cluster = larger;
    if (!standInLine(cluster, size, cellsOf, first, last, best, scratch)) return false;
  }
  return cluster !== 0 && !barredAt(search, member, from, best) && !meet(search, member, from, best);
}

/**
 * The cheapest way for the members of `cluster` to stand one after the other: f[set][t] is the least cost of the windows of `set`
 * all ended by t. Exact for windows that only must not overlap.
 */
function standInLine(
  cluster: number,
  size: number,
  cellsOf: (m: number) => number,
  first: readonly number[],
  last: readonly number[],
  best: number[],
  scratch: JointScratch,
): boolean {
  let from = Infinity;
  let to = -1;
  for (let m = 0; m < size; m++) {
    if (!(cluster & (1 << m))) continue;
    from = Math.min(from, first[m]!);
    to = Math.max(to, last[m]! + cellsOf(m));
  }
  // subsets of the cluster in rising order: each after its own subsets
  for (let set = 0; ; set = (set - cluster) & cluster) {
    const ending = scratch.ending[set]!;
    const choice = scratch.choice[set]!;
    ending[from] = set === 0 ? 0 : Infinity;
    choice[from] = -1;
    if (set === 0) ending.fill(0, from, to + 1);
    else {
      ending.fill(Infinity, from + 1, to + 1);
      for (let m = 0; m < size; m++) {
        if (!(set & (1 << m))) continue;
        const before = scratch.ending[set ^ (1 << m)]!;
        const costs = scratch.costs[m]!;
        const cells = cellsOf(m);
        for (let start = first[m]!; start <= last[m]!; start++) {
          const cost = before[start]! + costs[start]!;
          if (cost < ending[start + cells]!) {
            ending[start + cells] = cost;
            choice[start + cells] = m;
          }
        }
      }
      for (let t = from + 1; t <= to; t++) {
        if (ending[t - 1]! <= ending[t]!) {
          ending[t] = ending[t - 1]!;
          choice[t] = -1;
        }
      }
    }
    if (set === cluster) break;
  }
  if (scratch.ending[cluster]![to] === Infinity) return false;
  for (let set = cluster, t = to; set !== 0;) {
    const m = scratch.choice[set]![t]!;
    if (m < 0) t--;
    else {
      t -= cellsOf(m);
      best[m] = t;
      set ^= 1 << m;
    }
  }
  return true;
}
