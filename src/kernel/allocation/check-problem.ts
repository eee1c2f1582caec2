import type { AllocationProblem } from './problem';

/** Columns that contradict themselves: a mistake of whoever built them, never of a user. */
export class AllocationProblemInvalid extends Error {
  constructor(problem: string) {
    super(`allocation problem: ${problem}`);
    this.name = 'AllocationProblemInvalid';
  }
}

type Column = Int32Array | Uint16Array | Float32Array | Float64Array;

/** Checks once, at the door, what the kernel then takes for granted. @throws AllocationProblemInvalid */
export function checkProblem(problem: AllocationProblem): void {
  const { demandCount, cellCount } = problem;
  refuseUnless(Number.isInteger(cellCount) && cellCount > 0, `cellCount ${cellCount}`);
  refuseUnless(Number.isInteger(demandCount) && demandCount >= 0, `demandCount ${demandCount}`);
  for (const name of ['sessionLimit', 'loginLimit'] as const) {
    refuseUnless(problem[name].length === cellCount, `${name} has ${problem[name].length} cells, not ${cellCount}`);
    refuseUnless(!problem[name].some(Number.isNaN), `${name} holds something that is no number`);
  }
  for (const name of DEMAND_COLUMNS) {
    refuseUnless(problem[name].length === demandCount, `${name} has ${problem[name].length} rows, not ${demandCount}`);
  }
  const profileCount = checkOffsets('profileOffset', problem.profileOffset, problem.profileSessionsPerMille.length);
  refuseUnless(
    problem.profileLoginsPerMille.length === problem.profileSessionsPerMille.length,
    'profile columns of two lengths',
  );
  for (const name of ['profileSessionsPerMille', 'profileLoginsPerMille'] as const) {
    refuseUnless(
      problem[name].every((perMille) => perMille >= 0 && perMille <= 1000),
      `${name} outside 0..1000`,
    );
  }
  const setCount = checkOffsets('candidateOffset', problem.candidateOffset, problem.candidateCell.length);
  const occurrenceSetCount = checkOffsets('occurrenceOffset', problem.occurrenceOffset, problem.occurrenceShift.length);
  checkOffsets('classConflictOffset', problem.classConflictOffset, problem.classConflict.length, problem.classCount);
  checkOffsets('neighbourOffset', problem.neighbourOffset, problem.neighbour.length, problem.establishmentCount);
  checkColumn('classConflict', problem.classConflict, 0, problem.classCount - 1);
  checkColumn('neighbour', problem.neighbour, 0, problem.establishmentCount - 1);
  refuseUnless(problem.establishmentSiteLimit.length === problem.establishmentCount, 'establishmentSiteLimit rows');
  checkColumn('demandProfile', problem.demandProfile, 0, profileCount - 1);
  checkColumn('demandCandidates', problem.demandCandidates, 0, setCount - 1);
  checkColumn('demandOccurrences', problem.demandOccurrences, 0, occurrenceSetCount - 1);
  checkColumn('demandClass', problem.demandClass, -1, problem.classCount - 1);
  checkColumn('demandTeacher', problem.demandTeacher, -1, problem.teacherCount - 1);
  checkColumn('demandEstablishment', problem.demandEstablishment, 0, problem.establishmentCount - 1);
  checkColumn('demandCells', problem.demandCells, 1, cellCount);
  checkColumn('demandScale', problem.demandScale, 0, 1e10);
  checkColumn('demandWeight', problem.demandWeight, 0, 1e6);
  checkColumn('demandGapCells', problem.demandGapCells, 0, cellCount);
  checkColumn('demandSiteUnits', problem.demandSiteUnits, 0, 2 ** 31);
  checkAscending(problem, setCount);
  checkOccurrences(problem, occurrenceSetCount);
  checkHorizon(problem);
}

const DEMAND_COLUMNS = [
  'demandDay',
  'demandCells',
  'demandScale',
  'demandProfile',
  'demandCandidates',
  'demandOccurrences',
  'demandWish',
  'demandWeight',
  'demandClass',
  'demandEstablishment',
  'demandTeacher',
  'demandGapCells',
  'demandSiteUnits',
] as const;

function checkAscending({ candidateOffset, candidateCell }: AllocationProblem, setCount: number): void {
  for (let set = 0; set < setCount; set++) {
    for (let k = candidateOffset[set]! + 1; k < candidateOffset[set + 1]!; k++) {
      refuseUnless(candidateCell[k]! > candidateCell[k - 1]!, `candidate set ${set} is not ascending`);
    }
  }
}

function checkOccurrences({ occurrenceOffset, occurrenceShift }: AllocationProblem, setCount: number): void {
  for (let set = 0; set < setCount; set++) {
    const from = occurrenceOffset[set]!;
    refuseUnless(
      from < occurrenceOffset[set + 1]! && occurrenceShift[from] === 0,
      `occurrence set ${set} does not begin with 0`,
    );
    for (let k = from + 1; k < occurrenceOffset[set + 1]!; k++) {
      refuseUnless(occurrenceShift[k]! > occurrenceShift[k - 1]!, `occurrence set ${set} is not ascending`);
    }
  }
}

function checkHorizon(problem: AllocationProblem): void {
  for (let i = 0; i < problem.demandCount; i++) {
    const set = problem.demandCandidates[i]!;
    const from = problem.candidateOffset[set]!;
    const to = problem.candidateOffset[set + 1]!;
    if (from === to) continue;
    const profile = problem.demandProfile[i]!;
    const profileCells = problem.profileOffset[profile + 1]! - problem.profileOffset[profile]!;
    const lastShift = problem.occurrenceShift[problem.occurrenceOffset[problem.demandOccurrences[i]! + 1]! - 1]!;
    refuseUnless(
      problem.candidateCell[from]! >= 1 &&
        problem.candidateCell[to - 1]! - 1 + profileCells + lastShift <= problem.cellCount,
      `demand ${i} can reach outside the horizon`,
    );
  }
}

function checkOffsets(name: string, offset: Int32Array, length: number, rows = offset.length - 1): number {
  refuseUnless(
    offset.length === rows + 1 && offset[0] === 0 && offset[rows] === length,
    `${name} does not cover its column`,
  );
  for (let k = 1; k < offset.length; k++) refuseUnless(offset[k]! >= offset[k - 1]!, `${name} falls at row ${k}`);
  return rows;
}

function checkColumn(name: string, column: Column, least: number, most: number): void {
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    if (!(value >= least && value <= most)) throw new AllocationProblemInvalid(`${name}[${i}] is ${value}`);
  }
}

function refuseUnless(holds: boolean, problem: string): void {
  if (!holds) throw new AllocationProblemInvalid(problem);
}
