import type { AllocationProblem } from '../problem';
import { DEMAND_COLUMNS, enlist, type Incumbent, neighboursOf } from './incumbent';

/** A window that comes to a plan; its class, teacher and establishment by number, as in the problem or above all of its numbers. */
export interface NewDemand {
  day: number;
  cells: number;
  scale: number;
  profile: number;
  candidates: Int32Array;
  shifts: Int32Array;
  wish: number;
  weight: number;
  classIndex: number;
  establishment: number;
  teacher: number;
  gapCells: number;
  siteUnits: number;
}

/** Adds a window that stands nowhere yet and gives its number. @throws RangeError when the plan was opened with too little room */
export function addDemand(incumbent: Incumbent, demand: NewDemand): number {
  const { problem, candidates, shifts } = incumbent;
  const i = incumbent.demandCount;
  if (i >= problem.demandDay.length) throw new RangeError('the plan was opened without room for another window');
  if (
    demand.classIndex >= incumbent.ofClass.head.length ||
    demand.teacher >= incumbent.ofTeacher.head.length ||
    (demand.establishment + 1) * incumbent.dayCount > incumbent.ofSite.head.length ||
    demand.day >= incumbent.dayCount
  )
    throw new RangeError('the plan was opened without room for another class, teacher, establishment or day');
  problem.demandDay[i] = demand.day;
  problem.demandCells[i] = demand.cells;
  problem.demandScale[i] = demand.scale;
  problem.demandProfile[i] = demand.profile;
  problem.demandCandidates[i] = setNumber(candidates, demand.candidates);
  problem.demandOccurrences[i] = setNumber(shifts, demand.shifts);
  problem.demandWish[i] = demand.wish;
  problem.demandWeight[i] = demand.weight;
  problem.demandClass[i] = demand.classIndex;
  problem.demandEstablishment[i] = demand.establishment;
  problem.demandTeacher[i] = demand.teacher;
  problem.demandGapCells[i] = demand.gapCells;
  problem.demandSiteUnits[i] = demand.siteUnits;
  incumbent.demandCount = i + 1;
  enlist(incumbent, i);
  return i;
}

/** The number of a set among those that are known; a new one is added. Newcomers come with the hours of those who are there. */
function setNumber(sets: Int32Array[], set: Int32Array): number {
  const known = sets.findIndex((other) => other.length === set.length && other.every((cell, k) => cell === set[k]));
  return known >= 0 ? known : sets.push(set) - 1;
}

/** Adds an establishment and gives its number. @param siteLimit most units in use at once, 0 for no limit */
export function addEstablishment(incumbent: Incumbent, siteLimit: number, neighbours: readonly number[]): number {
  const establishment = incumbent.problem.establishmentCount + incumbent.newEstablishmentCount++;
  incumbent.siteLimit.set(establishment, siteLimit);
  incumbent.neighbours.set(establishment, neighbours);
  for (const near of neighbours) incumbent.neighbours.set(near, [...neighboursOf(incumbent, near), establishment]);
  return establishment;
}

/** The plan as a problem of its own, newcomers included, for whoever checks it. */
export function problemOf(incumbent: Incumbent): AllocationProblem {
  const { problem, demandCount, candidates, shifts } = incumbent;
  const taken: Partial<AllocationProblem> = {};
  for (const name of DEMAND_COLUMNS) Object.assign(taken, { [name]: problem[name].slice(0, demandCount) });
  const rows = (lists: readonly ArrayLike<number>[]) => {
    const offset = new Int32Array(lists.length + 1);
    lists.forEach((list, k) => (offset[k + 1] = offset[k]! + list.length));
    const value = new Int32Array(offset[lists.length]!);
    lists.forEach((list, k) => value.set(list, offset[k]));
    return { offset, value };
  };
  let { classCount, teacherCount, establishmentCount } = problem;
  for (let i = 0; i < demandCount; i++) {
    classCount = Math.max(classCount, problem.demandClass[i]! + 1);
    teacherCount = Math.max(teacherCount, problem.demandTeacher[i]! + 1);
    establishmentCount = Math.max(establishmentCount, problem.demandEstablishment[i]! + 1);
  }
  const near = rows(Array.from({ length: establishmentCount }, (_, e) => [...neighboursOf(incumbent, e)]));
  const conflictOffset = new Int32Array(classCount + 1).fill(problem.classConflict.length);
  conflictOffset.set(problem.classConflictOffset);
  const sets = rows(candidates);
  const occurrences = rows(shifts);
  return {
    ...problem,
    ...taken,
    demandCount,
    candidateOffset: sets.offset,
    candidateCell: sets.value,
    occurrenceOffset: occurrences.offset,
    occurrenceShift: occurrences.value,
    classCount,
    classConflictOffset: conflictOffset,
    teacherCount,
    establishmentCount,
    establishmentSiteLimit: Int32Array.from(
      { length: establishmentCount },
      (_, e) => incumbent.siteLimit.get(e) ?? problem.establishmentSiteLimit[e] ?? 0,
    ),
    neighbourOffset: near.offset,
    neighbour: near.value,
  };
}
