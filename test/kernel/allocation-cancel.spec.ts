import { allocationInstance, withCapacity } from '../../bench/allocation-instance';
import { leastCapacities } from '../../bench/least-capacities';
import { partProblem, splitProblem } from '../../src/kernel/allocation/parts';
import { performTask, type PartTask } from '../../src/kernel/allocation/part-tasks';
import { AllocationCancelled, type AllocationProblem } from '../../src/kernel/allocation/problem';
import { seededRandom } from '../../src/kernel/random';
import { tinyProblem } from './tiny-problem';

const SCHOOLS = 3;
const CLASSES = 9;

/** One busy day: schools of 9 classes with two windows each, wishes in two peaks, limits that push a good half of them aside. */
function busyDay(): AllocationProblem {
  const random = seededRandom(7);
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
  return tinyProblem({
    cellCount: 90,
    sessions: SCHOOLS * 16,
    logins: SCHOOLS * 16,
    siteLimits: Array.from({ length: SCHOOLS }, () => 7),
    demands: Array.from({ length: SCHOOLS * CLASSES * 2 }, (_, k) => {
      const classId = k >> 1;
      const morning = k % 2 === 0;
      return {
        classId,
        establishment: Math.floor(classId / CLASSES),
        teacher: Math.floor(classId / 3),
        candidates: morning ? range(5, 35) : range(45, 75),
        wish: (morning ? 12 : 52) + Math.floor(9 * random()),
        cells: 6,
        visitors: 4 + Math.floor(9 * random()),
        gapCells: 3,
        siteUnits: 1,
      };
    }),
  });
}

/** The same problem, whose demand columns tell of every entry that is read. */
function told(problem: AllocationProblem, onRead: () => void): AllocationProblem {
  const columns = Object.entries(problem as unknown as Record<string, unknown>).map(([name, column]) => {
    if (!name.startsWith('demand') || !ArrayBuffer.isView(column)) return [name, column];
    const proxy = new Proxy(column, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value === 'function') return value.bind(target) as unknown;
        onRead();
        return value;
      },
    });
    return [name, proxy];
  });
  return Object.fromEntries(columns) as AllocationProblem;
}

const problem = busyDay();
const solve: Extract<PartTask, { kind: 'solve' }> = {
  kind: 'solve',
  part: 0,
  capCells: 24,
  seed: 3,
  smallBelow: 0,
  lastResort: true,
  known: null,
};

describe('a cancelled allocation', () => {
  it.each<PartTask>([{ kind: 'bound', part: 0 }, solve])(
    'is asked for again before a few passes over the windows have gone by ($kind)',
    (task) => {
      let reads = 0;
      let sinceCheck = 0;
      let longest = 0;
      const watched = told(problem, () => {
        reads++;
        longest = Math.max(longest, ++sinceCheck);
      });
      performTask(watched, task, {
        isCancelled: () => {
          sinceCheck = 0;
          return false;
        },
      });
      // four passes of ten columns, and the joint move of one teacher's windows, which does not grow with the problem
      expect(longest).toBeLessThan(40 * problem.demandCount + 6000);
      if (task.kind === 'solve') expect(reads).toBeGreaterThan(1000 * problem.demandCount);
    },
    120_000,
  );

  it('asks at least every half second of processor time on the Monday of three hundred schools', () => {
    const shape = allocationInstance(300, 1);
    const least = leastCapacities(shape);
    const week = withCapacity(shape, 1.2 * least.sessions, 1.2 * least.logins);
    const monday = partProblem(week, splitProblem(week)[0]!);
    expect(monday.demandCount).toBeGreaterThan(3_500);
    const secondsUsed = (): number => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    };
    let asked = secondsUsed();
    let longest = 0;
    let askedCount = 0;
    const isCancelled = (): boolean => {
      const now = secondsUsed();
      longest = Math.max(longest, now - asked);
      asked = now;
      askedCount++;
      return false;
    };
    performTask(monday, { kind: 'bound', part: 0 }, { isCancelled });
    performTask(monday, { ...solve, capCells: 18, lastResort: false }, { isCancelled });
    isCancelled();
    expect(askedCount).toBeGreaterThan(100);
    expect(longest).toBeLessThan(0.5);
  }, 120_000);

  it('ends at the very check that says so, wherever it is', () => {
    let checks = 0;
    const count = (task: PartTask, until: number) => {
      checks = 0;
      performTask(problem, task, { isCancelled: () => ++checks === until });
    };
    for (const task of [{ kind: 'bound', part: 0 } as const, solve]) {
      count(task, Infinity);
      const all = checks;
      for (let k = 0; k <= 3; k++) {
        const at = 1 + Math.floor(((all - 1) * k) / 3);
        expect(() => count(task, at)).toThrow(AllocationCancelled);
        expect(checks).toBe(at);
      }
    }
  }, 120_000);
});
