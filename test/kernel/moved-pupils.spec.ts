import { allocationInstance, withCapacity } from '../../bench/allocation-instance';
import { ALLOCATION_INSTANCE } from '../../bench/allocation-parameters';
import { leastCapacities } from '../../bench/least-capacities';
import { allocate } from '../../src/kernel/allocation/allocate';
import { partProblem, splitProblem } from '../../src/kernel/allocation/parts';
import { bestMovedPupilBound } from '../../src/kernel/allocation/replan/check-moved-bound';
import { checkReplan } from '../../src/kernel/allocation/replan/check-replan';
import { replan } from '../../src/kernel/allocation/replan/replan';
import { CELLS_PER_DAY, CELLS_PER_HOUR } from '../../src/kernel/cell-grid';

const SCHOOLS = 40;
const DAY = 1;

describe('the proven least of moved pupils', () => {
  it('is most of what moves where classes have two windows a day: the second is no way to go for free', () => {
    const shape = allocationInstance(SCHOOLS, 1);
    const least = leastCapacities(shape);
    const week = withCapacity(shape, 1.2 * least.sessions, 1.2 * least.logins);
    const part = splitProblem(week)[DAY]!;
    const day = partProblem(week, part);
    const before = allocate(day, { seed: 1, smallBelow: 0 }).starts;
    expect(before.every((start) => start >= 0)).toBe(true);
    // a fifth less from 9:00 to 10:30
    const from =
      CELLS_PER_DAY / 2 -
      ALLOCATION_INSTANCE.utcOffsetCells +
      DAY * CELLS_PER_DAY +
      9 * CELLS_PER_HOUR -
      part.firstCell;
    const lowered = (limit: Float64Array) =>
      limit.map((most, cell) =>
        cell >= from && cell < from + 1.5 * CELLS_PER_HOUR ? Math.floor((most * 800) / 1000) : most,
      );
    const problem = { ...day, sessionLimit: lowered(day.sessionLimit), loginLimit: lowered(day.loginLimit) };
    const pupils = Int32Array.from(problem.demandClass, (owner, i) => (owner < 0 ? 0 : problem.demandSiteUnits[i]!));
    const isFrozen = new Uint8Array(problem.demandCount);
    const { starts, pupilPrices } = replan({ problem, before, isFrozen, pupils });
    expect(checkReplan(problem, before, isFrozen, starts).overfullCellCount).toBe(0);
    const moved = new Map<number, number>();
    starts.forEach((start, i) => start !== before[i] && moved.set(problem.demandClass[i]!, pupils[i]!));
    const movedPupilCount = [...moved.values()].reduce((sum, heads) => sum + heads, 0);
    const { bound } = bestMovedPupilBound(problem, before, isFrozen, pupils, pupilPrices);
    expect(movedPupilCount).toBeGreaterThan(300);
    expect(bound).toBeLessThanOrEqual(movedPupilCount);
    // prices of a dual in which every window pays for itself prove 0.46 of it
    expect(bound / movedPupilCount).toBeGreaterThan(0.6);
  });
});
