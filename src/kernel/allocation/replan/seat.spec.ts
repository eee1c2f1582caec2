import { tinyProblem, type TinyDemand } from '../../../../test/kernel/tiny-problem';
import { checkPlan } from '../check-plan';
import { openChange } from './change';
import { openIncumbent } from './incumbent';
import { seatNewcomers, takeBack } from './seat';
import { settle } from './settle';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);

/** A plan in which everybody stands where `before` says; -1 for newcomers. */
function standing(tiny: Parameters<typeof tinyProblem>[0] & { demands: TinyDemand[] }, before: number[], frozen = -1) {
  const problem = tinyProblem(tiny);
  const stood = Int32Array.from(before);
  const incumbent = openIncumbent(problem);
  const isFrozen = Uint8Array.from(before, (_, i) => (i === frozen ? 1 : 0));
  const { isImmovable, homeless } = settle(incumbent, stood, isFrozen);
  return { problem, homeless, change: openChange(incumbent, stood, isImmovable) };
}
/** Room for so many thousand in the cells that are named, none elsewhere. */
const roomIn = (rooms: Record<number, number>) => range(0, 60).map((cell) => rooms[cell] ?? 0);

describe('seatNewcomers', () => {
  it('pushes others aside to where there is room, never one that may not move, and never over a limit', () => {
    const limits = roomIn({ 5: 20, 9: 10 });
    // nobody has room at 30; with one start only nobody is asked
    const demands = range(0, 4).map((i) => ({ candidates: i < 2 ? [5, 9] : [5, 30], visitors: 10 }));
    const tiny = { sessions: limits, logins: limits, demands };
    const { problem, change, homeless } = standing(tiny, [5, 5, -1, -1], 0);
    expect(seatNewcomers(change, homeless)).toEqual([3]);
    expect(change.pushed).toEqual([{ demand: 1, from: 5 }]);
    expect([...change.incumbent.starts]).toEqual([5, 9, 5, -1]);
    expect(checkPlan(problem, change.incumbent.starts)).toMatchObject({ violationCount: 0, unplacedCount: 1 });
  });

  it('goes farther from its wish where that pushes fewer aside', () => {
    const limits = roomIn({ 5: 20, 9: 20, 12: 20, 13: 20 });
    const elsewhere = { candidates: [5, 12, 13], visitors: 10 };
    const tiny = {
      sessions: limits,
      logins: limits,
      demands: [
        elsewhere,
        elsewhere,
        { candidates: [9, 13], visitors: 20 },
        { candidates: [5, 9], visitors: 20, wish: 5 },
      ],
    };
    const { change, homeless } = standing(tiny, [5, 5, 9, -1]);
    expect(seatNewcomers(change, homeless)).toEqual([]);
    expect([...change.incumbent.starts]).toEqual([5, 5, 13, 9]);
  });

  it('asks those alike as well where there is nobody else: the second of two has somewhere to go', () => {
    const limits = roomIn({ 5: 20, 9: 20 });
    const tiny = {
      sessions: limits,
      logins: limits,
      demands: [
        { candidates: [5, 9], visitors: 10, classId: 0 },
        { candidates: [5, 9], visitors: 10, classId: 1 },
        // each stands where one of the two might go; a class has one window at a time
        { candidates: [9], visitors: 1, classId: 1 },
        { candidates: [5, 30], visitors: 10 },
      ],
    };
    for (const [mate, goes] of [
      [1, 0],
      [0, 1],
    ] as const) {
      const demands = tiny.demands.map((demand, i) => (i === 2 ? { ...demand, classId: mate } : demand));
      const { change, homeless } = standing({ ...tiny, demands }, [5, 5, 9, -1]);
      expect(seatNewcomers(change, homeless)).toEqual([]);
      expect(change.pushed).toEqual([{ demand: goes, from: 5 }]);
    }
  });

  it('keeps the laws of classes, teachers, schools and neighbours', () => {
    const tiny = {
      siteLimits: [1, 0],
      neighbours: [[0, 1]] as [number, number][],
      neighbourSpacingCells: 3,
      demands: [
        { candidates: range(1, 40), cells: 2, teacher: 0, classId: 0, siteUnits: 1 },
        { candidates: range(1, 40), cells: 2, wish: 10, classId: 1, siteUnits: 1 },
        { candidates: range(1, 40), cells: 2, wish: 10, classId: 2, teacher: 0 },
        { candidates: range(1, 40), establishment: 0 },
        { candidates: range(1, 40), establishment: 1 },
      ],
    };
    const { problem, change, homeless } = standing(tiny, [10, -1, -1, 20, -1]);
    expect(seatNewcomers(change, homeless)).toEqual([]);
    expect(checkPlan(problem, change.incumbent.starts)).toMatchObject({ violationCount: 0, unplacedCount: 0 });
    expect(change.pushed).toEqual([]);
  });

  it('takes back what it did: everybody stands where they stood, and cells carry what they carried', () => {
    const limits = roomIn({ 5: 20, 9: 10, 13: 10 });
    const demands = [
      ...range(0, 2).map(() => ({ candidates: [5, 9, 13], visitors: 10 })),
      ...range(0, 2).map(() => ({ candidates: [5, 9], visitors: 10 })),
    ];
    const { change, homeless } = standing({ sessions: limits, logins: limits, demands }, [5, 5, -1, -1]);
    const carried = change.incumbent.sessionLoad.slice();
    expect(seatNewcomers(change, homeless)).toEqual([]);
    expect(change.pushed.length).toBeGreaterThan(0);
    takeBack(change, homeless);
    expect([...change.incumbent.starts]).toEqual([5, 5, -1, -1]);
    expect(change.incumbent.sessionLoad).toEqual(carried);
    expect(change.pushed).toEqual([]);
  });
});
