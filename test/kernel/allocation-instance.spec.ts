import { allocationInstance, instanceLetter, instanceLevel } from '../../bench/allocation-instance';
import { ALLOCATION_INSTANCE } from '../../bench/allocation-parameters';
import { partProblem, splitProblem } from '../../src/kernel/allocation/parts';
import type { AllocationProblem } from '../../src/kernel/allocation/problem';

describe('an instance of the benchmark', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('has the number of windows of its scale, whatever the seed (%i)', (seed) => {
    const { demandCount } = allocationInstance(ALLOCATION_INSTANCE.scales.S, seed);
    expect(Math.abs(demandCount / 60_000 - 1)).toBeLessThanOrEqual(0.03);
  });

  it('gives each level of a secondary school the hours of its letter, in a part of the week as in the whole', () => {
    const week = allocationInstance(60, 1);
    const minuteOf = (problem: AllocationProblem, i: number, cell: number) =>
      // local midnight of the demand's day: the week begins on Sunday at noon UTC
      (problem.originCell - week.originCell + cell + ALLOCATION_INSTANCE.utcOffsetCells - 144) * 5 -
      problem.demandDay[i]! * 1440;
    for (const problem of [week, partProblem(week, splitProblem(week)[1]!)]) {
      const { hoursOf } = instanceLetter(problem);
      const told = new Map<string, string>();
      for (let i = 0; i < problem.demandCount; i++) {
        const hours = hoursOf(i);
        const level = instanceLevel(problem, i);
        expect(hours === null).toBe(level === null);
        if (hours) told.set(level!, `${minuteOf(problem, i, hours.from)}-${minuteOf(problem, i, hours.to)}`);
      }
      expect(Object.fromEntries(told)).toEqual({
        '6E': '510-630',
        '5E': '630-750',
        '4E': '810-930',
        '3E': '930-1050',
        '2GT': '480-660',
        '1GT': '660-840',
        TGT: '840-1020',
      });
    }
  });
});
