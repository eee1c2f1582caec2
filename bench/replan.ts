import { allocate } from '../src/kernel/allocation/allocate';
import { checkPlan } from '../src/kernel/allocation/check-plan';
import { checkReplan, movedBoundFromPrices } from '../src/kernel/allocation/replan/check-replan';
import { addEstablishment, type NewDemand, problemOf } from '../src/kernel/allocation/replan/newcomers';
import { insertDemands, openPublished } from '../src/kernel/allocation/replan/insert';
import { leastCapacityRatio } from '../src/kernel/allocation/least-capacity';
import { partProblem, splitProblem } from '../src/kernel/allocation/parts';
import type { AllocationProblem } from '../src/kernel/allocation/problem';
import { replan } from '../src/kernel/allocation/replan/replan';
import { CELL_MINUTES, CELLS_PER_DAY } from '../src/kernel/cell-grid';
import { allocationInstance, withCapacity } from './allocation-instance';
import { ALLOCATION_INSTANCE, type Scale } from './allocation-parameters';
import { type Benchmark, option } from './benchmark';

/** The cut: Tuesday from 9:00 local, for 90 minutes, to 80 % of the capacity. */
const CUT = { day: 1, fromMinute: 540, minutes: 90, perMille: 800 };
/** Schools that come to the published plan one after the other, drawn by another seed. */
const SCHOOL_COUNT = 20;

/** Changes a published week as little as possible: a capacity cut on one day, and schools that come. */
export const run: Benchmark = (args) => {
  const scale = option(args, 'scale', 'S') as Scale;
  const establishmentCount = ALLOCATION_INSTANCE.scales[scale];
  if (establishmentCount === undefined)
    throw new Error(`--scale is one of ${Object.keys(ALLOCATION_INSTANCE.scales).join(', ')}`);
  const seed = Number(option(args, 'seed', '1'));
  const tightness = Number(option(args, 'tightness', '1.2'));
  if (!Number.isInteger(seed) || !(tightness > 0)) throw new Error('--seed is a whole number, --tightness is positive');
  console.error(JSON.stringify(ALLOCATION_INSTANCE));
  const problem = atTightness(allocationInstance(establishmentCount, seed), tightness);
  console.error('allocating the week that is then changed');
  const plan = allocate(problem, { seed });
  const cut = cutOneDay(problem, plan.starts);
  const insertion = insertSchools(problem, plan.starts, plan.objectivePrices, seed);
  return Promise.resolve({ scale, seed, tightness, ...cut, ...insertion });
};

function cutOneDay(week: AllocationProblem, weekStarts: Int32Array) {
  const part = splitProblem(week)[CUT.day]!;
  const day = partProblem(week, part);
  const before = Int32Array.from(part.demand, (i) => weekStarts[i]! - part.firstCell);
  const from =
    CELLS_PER_DAY / 2 - ALLOCATION_INSTANCE.utcOffsetCells + CUT.day * CELLS_PER_DAY + CUT.fromMinute / CELL_MINUTES;
  const lowered = (limit: Float64Array) =>
    limit.map((most, cell) => {
      const at = cell + part.firstCell;
      const isCut = at >= from && at < from + CUT.minutes / CELL_MINUTES;
      return isCut ? Math.floor((most * CUT.perMille) / 1000) : most;
    });
  const problem = { ...day, sessionLimit: lowered(day.sessionLimit), loginLimit: lowered(day.loginLimit) };
  const isFrozen = new Uint8Array(problem.demandCount);
  const cpuFrom = process.cpuUsage();
  const startedAt = performance.now();
  const answer = replan({ problem, before, isFrozen });
  const cutWallSeconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuFrom);

  const check = checkPlan(problem, answer.starts);
  const { movedWindowCount, overfullCellCount } = checkReplan(problem, before, isFrozen, answer.starts);
  const movedWindowBound = movedBoundFromPrices(problem, before, isFrozen, answer.movePrices);
  const moved = Array.from(before.keys()).filter((i) => answer.starts[i] !== before[i]);
  const pupils = new Map(moved.map((i) => [problem.demandClass[i]!, problem.demandSiteUnits[i]!]));
  const minutes = moved.reduce((sum, i) => sum + Math.abs(answer.starts[i]! - before[i]!) * CELL_MINUTES, 0);
  return {
    windowCount: check.windowCount,
    cutWallSeconds,
    cutCpuSeconds: (cpu.user + cpu.system) / 1e6,
    movedWindowCount,
    movedWindowBound,
    movedRatio: movedWindowCount / movedWindowBound,
    // expected heads of the classes that have a moved window
    movedPupilCount: [...pupils].reduce((sum, [classIndex, heads]) => sum + (classIndex < 0 ? 0 : heads), 0),
    meanMoveMinutes: minutes / Math.max(1, moved.length),
    violationCount: check.violationCount,
    unplacedCount: check.unplacedCount,
    overfullCellCount,
  };
}

function insertSchools(
  problem: AllocationProblem,
  starts: Int32Array,
  prices: { sessions: Float64Array; logins: Float64Array },
  seed: number,
) {
  const newcomers = allocationInstance(SCHOOL_COUNT, seed + 1000);
  const ofSchool: number[][] = Array.from({ length: SCHOOL_COUNT }, () => []);
  newcomers.demandEstablishment.forEach((school, i) => ofSchool[school]!.push(i));
  const openedAt = performance.now();
  const published = openPublished(problem, starts, prices, newcomers.demandCount);
  const insertOpenMilliseconds = performance.now() - openedAt;
  const isImmovable = new Uint8Array(problem.demandCount);
  const milliseconds: number[] = [];
  const cpuMilliseconds: number[] = [];
  let unplaced = 0;
  let pushed = 0;
  for (let school = 0; school < SCHOOL_COUNT; school++) {
    const demands = ofSchool[school]!;
    const cpuFrom = process.cpuUsage();
    const startedAt = performance.now();
    const establishment = addEstablishment(published.incumbent, newcomers.establishmentSiteLimit[school]!, [
      (school * 97) % problem.establishmentCount,
    ]);
    const insertion = insertDemands(
      published,
      demands.map((i) => newDemand(problem, newcomers, i, establishment)),
      isImmovable,
    );
    milliseconds.push(performance.now() - startedAt);
    const cpu = process.cpuUsage(cpuFrom);
    cpuMilliseconds.push((cpu.user + cpu.system) / 1000);
    unplaced += insertion.unplaced.length;
    pushed += insertion.moved.length;
  }
  const whole = problemOf(published.incumbent);
  const check = checkPlan(whole, published.incumbent.starts.subarray(0, whole.demandCount));
  const at = (share: number, column: number[]) =>
    column.sort((a, b) => a - b)[Math.min(SCHOOL_COUNT - 1, Math.floor(share * SCHOOL_COUNT))]!;
  return {
    insertedSchoolCount: SCHOOL_COUNT,
    insertedWindowCount: newcomers.demandCount,
    insertOpenMilliseconds,
    insertMedianMilliseconds: at(0.5, milliseconds),
    insertP95Milliseconds: at(0.95, milliseconds),
    // of the whole process, its garbage collector included: on a busy machine it says more
    insertMedianCpuMilliseconds: at(0.5, cpuMilliseconds),
    insertPushedWindowCount: pushed,
    insertUnplacedCount: unplaced,
    insertOverfullCellCount: check.violationCountByLaw.session_limit + check.violationCountByLaw.login_limit,
    insertViolationCount: check.violationCount,
  };
}

function newDemand(week: AllocationProblem, from: AllocationProblem, i: number, establishment: number): NewDemand {
  const set = from.demandCandidates[i]!;
  const own = (value: number, first: number) => (value < 0 ? -1 : first + value);
  return {
    day: from.demandDay[i]!,
    cells: from.demandCells[i]!,
    scale: from.demandScale[i]!,
    profile: from.demandProfile[i]!,
    candidates: from.candidateCell.subarray(from.candidateOffset[set], from.candidateOffset[set + 1]),
    shifts: Int32Array.of(0),
    wish: from.demandWish[i]!,
    weight: 1,
    classIndex: own(from.demandClass[i]!, week.classCount),
    establishment,
    teacher: own(from.demandTeacher[i]!, week.teacherCount),
    gapCells: from.demandGapCells[i]!,
    siteUnits: from.demandSiteUnits[i]!,
  };
}

/** The instance at a multiple of its least capacity; sessions and logins as in the allocation benchmark. */
function atTightness(shape: AllocationProblem, tightness: number): AllocationProblem {
  const free = new Float64Array(shape.cellCount).fill(Infinity);
  const trial = shape.demandScale.reduce((sum, scale) => sum + scale, 0) / 100;
  const scaled = withCapacity(shape, trial, trial);
  const sessions = trial * leastCapacityRatio({ ...scaled, loginLimit: free });
  const logins = trial * leastCapacityRatio({ ...scaled, sessionLimit: free });
  const together = tightness * leastCapacityRatio(withCapacity(shape, sessions, logins));
  return withCapacity(shape, sessions * together, logins * together);
}
