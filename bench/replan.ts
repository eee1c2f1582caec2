import { allocate } from '../src/kernel/allocation/allocate';
import { checkPlan } from '../src/kernel/allocation/check-plan';
import { bestMovedPupilBound, movedBoundFromPrices } from '../src/kernel/allocation/replan/check-moved-bound';
import { checkReplan } from '../src/kernel/allocation/replan/check-replan';
import { openChange } from '../src/kernel/allocation/replan/change';
import { openIncumbent } from '../src/kernel/allocation/replan/incumbent';
import { seatNewcomers } from '../src/kernel/allocation/replan/seat';
import { settle } from '../src/kernel/allocation/replan/settle';
import { partProblem, splitProblem } from '../src/kernel/allocation/parts';
import type { AllocationProblem } from '../src/kernel/allocation/problem';
import { replan } from '../src/kernel/allocation/replan/replan';
import { CELL_MINUTES, CELLS_PER_DAY } from '../src/kernel/cell-grid';
import { allocationInstance } from './allocation-instance';
import { ALLOCATION_INSTANCE, type Scale } from './allocation-parameters';
import { type Benchmark, option } from './benchmark';
import { withSchools } from './joined-weeks';
import { atTightness } from './least-capacities';

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
  const insertion = insertSchools(problem, plan.starts, seed);
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
  // expected heads of the class of each window
  const pupils = Int32Array.from(problem.demandClass, (owner, i) => (owner < 0 ? 0 : problem.demandSiteUnits[i]!));
  const cpuFrom = process.cpuUsage();
  const startedAt = performance.now();
  const answer = replan({ problem, before, isFrozen, pupils });
  const cutWallSeconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuFrom);

  const check = checkPlan(problem, answer.starts);
  const { movedWindowCount, overfullCellCount } = checkReplan(problem, before, isFrozen, answer.starts);
  const movedWindowBound = movedBoundFromPrices(problem, before, isFrozen, answer.movePrices);
  const moved = Array.from(before.keys()).filter((i) => answer.starts[i] !== before[i]);
  const movedPupils = new Map(moved.map((i) => [problem.demandClass[i]!, pupils[i]!]));
  const movedPupilCount = [...movedPupils.values()].reduce((sum, heads) => sum + heads, 0);
  const { bound: movedPupilBound } = bestMovedPupilBound(problem, before, isFrozen, pupils, answer.pupilPrices);
  const minutes = moved.reduce((sum, i) => sum + Math.abs(answer.starts[i]! - before[i]!) * CELL_MINUTES, 0);
  return {
    windowCount: check.windowCount,
    cutWallSeconds,
    cutCpuSeconds: (cpu.user + cpu.system) / 1e6,
    movedWindowCount,
    movedWindowBound,
    movedRatio: movedWindowCount / movedWindowBound,
    // of the classes that have a moved window, each class once
    movedPupilCount,
    movedPupilBound,
    movedPupilRatio: movedPupilCount / movedPupilBound,
    meanMoveMinutes: minutes / Math.max(1, moved.length),
    violationCount: check.violationCount,
    unplacedCount: check.unplacedCount,
    overfullCellCount,
  };
}

/**
 * Schools that come one after the other to a plan that is open: what `replan` does where newcomers are all that is new. The first
 * of them then once more through `replan` itself, which opens the plan and proves how many others had to move.
 */
function insertSchools(week: AllocationProblem, weekStarts: Int32Array, seed: number) {
  const added = allocationInstance(SCHOOL_COUNT, seed + 1000);
  const problem = withSchools(week, added);
  const ofSchool: number[][] = Array.from({ length: SCHOOL_COUNT }, () => []);
  added.demandEstablishment.forEach((school, i) => ofSchool[school]!.push(week.demandCount + i));
  const before = new Int32Array(problem.demandCount).fill(-1);
  before.set(weekStarts);
  const isFrozen = new Uint8Array(problem.demandCount);
  const openedAt = performance.now();
  const incumbent = openIncumbent(problem);
  const { isImmovable } = settle(incumbent, before, isFrozen);
  const change = openChange(incumbent, before, isImmovable);
  const insertOpenMilliseconds = performance.now() - openedAt;
  const milliseconds: number[] = [];
  const cpuMilliseconds: number[] = [];
  let insertUnplacedCount = 0;
  for (const demands of ofSchool) {
    const cpuFrom = process.cpuUsage();
    const startedAt = performance.now();
    insertUnplacedCount += seatNewcomers(change, demands).length;
    milliseconds.push(performance.now() - startedAt);
    const cpu = process.cpuUsage(cpuFrom);
    cpuMilliseconds.push((cpu.user + cpu.system) / 1000);
    // the next school finds them published
    for (const i of demands) before[i] = incumbent.starts[i]!;
    for (const { demand } of change.pushed.splice(0)) before[demand] = incumbent.starts[demand]!;
  }
  const check = checkPlan(problem, incumbent.starts);
  const sorted = (column: number[]) => [...column].sort((a, b) => a - b);
  const at = (share: number, column: number[]) =>
    sorted(column)[Math.min(SCHOOL_COUNT - 1, Math.floor(share * SCHOOL_COUNT))]!;
  const largest = ofSchool.reduce(
    (most, demands, school) => (demands.length > ofSchool[most]!.length ? school : most),
    0,
  );
  return {
    insertedSchoolCount: SCHOOL_COUNT,
    insertedWindowCount: added.demandCount,
    insertOpenMilliseconds,
    insertMedianMilliseconds: at(0.5, milliseconds),
    insertP95Milliseconds: at(0.95, milliseconds),
    // of the whole process, its garbage collector included: on a busy machine it says more
    insertMedianCpuMilliseconds: at(0.5, cpuMilliseconds),
    insertFirstCpuMilliseconds: cpuMilliseconds[0]!,
    insertLargestWindowCount: ofSchool[largest]!.length,
    insertLargestCpuMilliseconds: cpuMilliseconds[largest]!,
    // of the windows that the week had
    insertMovedWindowCount: weekStarts.reduce((count, start, i) => count + (incumbent.starts[i] === start ? 0 : 1), 0),
    insertMeanWishMinutes: meanWishMinutes(problem, incumbent.starts, week.demandCount),
    insertUnplacedCount,
    insertOverfullCellCount: check.violationCountByLaw.session_limit + check.violationCountByLaw.login_limit,
    insertViolationCount: check.violationCount,
    ...firstSchoolReplanned(week, weekStarts, added),
  };
}

/** The first of the schools as the product adds it: the whole week opened, the school seated, the bound proven. */
function firstSchoolReplanned(week: AllocationProblem, weekStarts: Int32Array, added: AllocationProblem) {
  // its windows come first
  const problem = withSchools(week, { ...added, demandCount: added.demandEstablishment.lastIndexOf(0) + 1 });
  const { demandCount } = problem;
  const before = new Int32Array(demandCount).fill(-1);
  before.set(weekStarts);
  const cpuFrom = process.cpuUsage();
  const answer = replan({ problem, before, isFrozen: new Uint8Array(demandCount) });
  const cpu = process.cpuUsage(cpuFrom);
  return {
    schoolReplanCpuSeconds: (cpu.user + cpu.system) / 1e6,
    schoolWindowCount: demandCount - week.demandCount,
    schoolMovedWindowCount: answer.movedWindowCount,
    schoolMovedWindowBound: answer.movedWindowBound,
    schoolViolationCount: checkPlan(problem, answer.starts).violationCount,
  };
}

function meanWishMinutes(problem: AllocationProblem, starts: Int32Array, from: number): number {
  let cells = 0;
  let count = 0;
  for (let i = from; i < problem.demandCount; i++) {
    if (problem.demandWish[i]! < 0 || starts[i]! < 0) continue;
    cells += Math.abs(starts[i]! - problem.demandWish[i]!);
    count++;
  }
  return (cells * CELL_MINUTES) / Math.max(1, count);
}
