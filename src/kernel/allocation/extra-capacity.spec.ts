import { tinyProblem, type TinyDemand } from '../../../test/kernel/tiny-problem';
import { seededRandom } from '../random';
import { allocate } from './allocate';
import { extraCapacity } from './extra-capacity';
import { leastCapacityRatio } from './least-capacity';
import { partProblem, splitProblem } from './parts';
import type { AllocationProblem } from './problem';
import { SMALL_DEMANDS } from './small/solve-small';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
const DAY_CELLS = 60;
const CLASSES = 20;
/** Everybody logs in within two cells and stays six. */
const SLOW: [number[], number[]] = [
  [0, 500, 1000, 1000, 1000, 1000, 1000],
  [0, 500, 500, 0, 0, 0, 0],
];
/** Everybody logs in at once and is gone. */
const SHARP: [number[], number[]] = [
  [0, 300, 0, 0],
  [0, 1000, 0, 0],
];

/** Three days: sessions short on the first, log-ins on the second, nothing on the third. */
function shortDays(): AllocationProblem {
  const random = seededRandom(5);
  const day = (number: number, profile: number): TinyDemand[] =>
    range(0, CLASSES).map((k) => ({
      day: number,
      profile,
      classId: k,
      candidates: range(number * DAY_CELLS + 5, number * DAY_CELLS + 15),
      wish: number * DAY_CELLS + 5 + Math.floor(10 * random()),
      cells: 4,
    }));
  const perDay = (values: number[]) => range(0, 3 * DAY_CELLS).map((cell) => values[Math.floor(cell / DAY_CELLS)]!);
  return tinyProblem({
    cellCount: 3 * DAY_CELLS,
    profiles: [SLOW, SHARP],
    // 10 starts a day: 20 classes stay 5.5 cells each within 16, and log in two at a time at least
    sessions: perDay([5, CLASSES, CLASSES]),
    logins: perDay([CLASSES, 1, CLASSES]),
    demands: [...day(0, 0), ...day(1, 1), ...day(2, 0)],
  });
}

const added = (problem: AllocationProblem, sessions: Float64Array, logins: Float64Array): AllocationProblem => ({
  ...problem,
  sessionLimit: problem.sessionLimit.map((limit, c) => limit + sessions[c]!),
  loginLimit: problem.loginLimit.map((limit, c) => limit + logins[c]!),
});
const leftOut = (starts: Int32Array) => starts.filter((start) => start < 0).length;

describe.each([
  { way: 'of large parts', smallBelow: 0 },
  { way: 'of small parts', smallBelow: SMALL_DEMANDS },
])('the extra capacity $way', ({ smallBelow }) => {
  const problem = shortDays();
  const options = { seed: 1, smallBelow };
  const { starts } = allocate(problem, options);
  const extra = extraCapacity(problem, starts, options);
  const sumOf = (column: Float64Array, day: number) =>
    column.subarray(day * DAY_CELLS, (day + 1) * DAY_CELLS).reduce((sum, value) => sum + value, 0);

  it('is asked for each part that leaves somebody out, of the limit that is short there', () => {
    expect(leftOut(starts.subarray(0, CLASSES))).toBeGreaterThan(0);
    expect(leftOut(starts.subarray(CLASSES, 2 * CLASSES))).toBeGreaterThan(0);
    expect(extra.parts).toHaveLength(2);
    expect([0, 1, 2].map((day) => sumOf(extra.sessions, day) > 0)).toEqual([true, false, false]);
    expect([0, 1, 2].map((day) => sumOf(extra.logins, day) > 0)).toEqual([false, true, false]);
    const [first, second] = extra.parts;
    expect([first!.sessionsRatio > 1, first!.loginsRatio > 1]).toEqual([true, false]);
    expect([second!.sessionsRatio > 1, second!.loginsRatio > 1]).toEqual([false, true]);
    expect(extra.beyondCapacity).toHaveLength(0);
  });

  it('does: with exactly this much everybody has a place', () => {
    expect(leftOut(allocate(added(problem, extra.sessions, extra.logins), options).starts)).toBe(0);
  });

  it('is needed: a little less of it in one part is proven not to do', () => {
    extra.parts.forEach(({ firstCell, endCell, leastRatio }) => {
      expect(leastRatio).toBeGreaterThan(0.85);
      expect(leastRatio).toBeLessThanOrEqual(1);
      const less = added(problem, extra.sessions, extra.logins);
      for (let c = firstCell; c < endCell; c++) {
        less.sessionLimit[c]! *= leastRatio - 0.002;
        less.loginLimit[c]! *= leastRatio - 0.002;
      }
      const part = splitProblem(less).find((one) => one.firstCell === firstCell)!;
      expect(leastCapacityRatio(partProblem(less, part))).toBeGreaterThan(1);
    });
  });

  it('comes in whole sessions and log-ins, the same for the same seed', () => {
    for (const column of [extra.sessions, extra.logins])
      expect(column.every((value) => value >= 0 && value % 1000 === 0)).toBe(true);
    expect(extraCapacity(problem, starts, options)).toEqual(extra);
  });
});

describe('the extra capacity', () => {
  it('lets each limit grow as far as it must, where both are short', () => {
    // ten who stay at one hour, where five may; six threes that log in within five cells of two: the sixth needs a whole three more
    const [staying, arriving]: [number[], number[]][] = [
      [
        [0, 1000, 0, 0],
        [0, 0, 0, 0],
      ],
      [
        [0, 0, 0, 0],
        [0, 1000, 0, 0],
      ],
    ];
    const problem = tinyProblem({
      sessions: 5,
      logins: 2,
      profiles: [staying!, arriving!],
      demands: [
        ...range(0, 10).map((classId) => ({ candidates: [10], classId, profile: 0 })),
        ...range(10, 16).map((classId) => ({ candidates: range(8, 13), classId, profile: 1, visitors: 3 })),
      ],
    });
    const { starts } = allocate(problem, { seed: 1 });
    const { sessions, logins, parts } = extraCapacity(problem, starts, { seed: 1 });
    expect(parts).toEqual([expect.objectContaining({ sessionsRatio: 2, loginsRatio: 1.8 })]);
    // by one factor for both it would be seventeen sessions instead of ten
    expect(Math.max(...sessions)).toBe(5000);
    expect(Math.max(...logins)).toBeGreaterThanOrEqual(4000);
    expect(leftOut(allocate(added(problem, sessions, logins), { seed: 1 }).starts)).toBe(0);
  });

  it.each([75, 172])('is proven of both limits by as much as of either alone (instance %i)', (seed) => {
    const random = seededRandom(seed);
    const int = (from: number, to: number) => from + Math.floor((to - from) * random());
    const [count, starts, stay] = [int(4, 20), int(3, 24), int(2, 8)];
    const profile = (): [number[], number[]] => [
      [0, ...range(0, stay).map(() => int(200, 1000))],
      [0, ...range(0, stay).map((k) => (k < 3 ? int(0, 600) : 0))],
    ];
    const first = int(2, 8);
    const problem = tinyProblem({
      sessions: int(2, 12),
      logins: int(1, 8),
      profiles: [profile(), profile()],
      demands: range(0, count).map((classId) => ({
        candidates: range(first + int(0, 3), first + 3 + starts),
        classId,
        profile: classId % 2,
        visitors: int(1, 4),
      })),
    });
    const { parts } = extraCapacity(problem, allocate(problem, { seed: 1 }).starts, { seed: 1 });
    expect(parts).toHaveLength(1);
    const { ratio, sessionsRatio, loginsRatio } = parts[0]!;
    expect(ratio).toBeGreaterThanOrEqual(Math.max(sessionsRatio, loginsRatio));
  });

  it('opens cells that have no room at all, and sets those apart whom no capacity helps', () => {
    const problem = tinyProblem({
      logins: range(0, 60).map((cell) => (cell === 30 ? 0 : 4)),
      demands: [
        { candidates: [30], visitors: 3, classId: 0 },
        { candidates: [10], classId: 1, cells: 2 },
        { candidates: [11], classId: 1 },
      ],
    });
    const { starts } = allocate(problem, { seed: 1 });
    expect([...starts].map((start) => start >= 0)).toEqual([false, true, false]);
    const extra = extraCapacity(problem, starts, { seed: 1 });
    expect([...extra.beyondCapacity]).toEqual([2]);
    const enough = added(problem, extra.sessions, extra.logins);
    expect([...allocate(enough, { seed: 1 }).starts].map((start) => start >= 0)).toEqual([true, true, false]);
    expect(extra.logins[30]).toBe(4000);
    expect(extra.sessions.every((value) => value === 0)).toBe(true);
  });
});
