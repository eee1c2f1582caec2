import { everybodyAtWish } from '../src/kernel/allocation/baselines';
import { partProblem, splitProblem } from '../src/kernel/allocation/parts';
import type { AllocationProblem, Starts } from '../src/kernel/allocation/problem';
import { CELLS_PER_DAY, LEAD_CELLS, LOAD_SCALE } from '../src/kernel/cell-grid';
import type { StormGroup, StormProblem } from '../src/kernel/simulation/storm-problem';
import { announcedArrivals, DEFAULT_RETURN_HABITS, habitArrivals } from '../src/simulation/storm-day.rules';
import { allocationInstance } from './allocation-instance';
import { ALLOCATION_INSTANCE } from './allocation-parameters';

const TERRITORY_COUNT = 5;
const ADHERENCE = 0.9;
const CELL_MINUTES = 5;
/** A capacity that the crowd at the wished hours passes, so that returns and the waiting room have work. */
const CAPACITY_RATIO = 0.5;

/**
 * The Monday of the allocation benchmark's region of scale M as a storm: every class and every establishment's relatives at the
 * wished hours, those of the same department, hours and profile together; nine in ten keep to them, the others come by habit.
 */
export function mondayStorm(seed: number): StormProblem {
  const instance = allocationInstance(ALLOCATION_INSTANCE.scales.M, seed);
  const monday = partProblem(instance, splitProblem(instance)[0]!);
  return stormOf(monday, everybodyAtWish(monday, seed));
}

function stormOf(problem: AllocationProblem, starts: Starts): StormProblem {
  const midnight = Math.floor((problem.originCell + (starts[0] ?? 0)) / CELLS_PER_DAY) * CELLS_PER_DAY;
  const crowds = new Map<
    string,
    { group: Omit<StormGroup, 'arrival' | 'visit' | 'visitorCount'>; start: number; end: number; visitors: number }
  >();
  for (let i = 0; i < problem.demandCount; i++) {
    const start = problem.originCell + starts[i]! - midnight;
    const end = start + problem.demandCells[i]!;
    const profile = problem.demandClass[i]! < 0 ? 1 : 0;
    const territory = problem.demandEstablishment[i]! % TERRITORY_COUNT;
    const key = `${territory} ${profile} ${start} ${end}`;
    const crowd = crowds.get(key) ?? {
      group: {
        territory,
        profile,
        cohort: 0,
        entryTimes: [{ entryCell: start - LEAD_CELLS, endCell: end, isLive: profile === 0 }],
      },
      start,
      end,
      visitors: 0,
    };
    crowd.visitors += problem.demandScale[i]! / LOAD_SCALE;
    crowds.set(key, crowd);
  }
  const arrivals = [habitArrivals()];
  const lawOf = new Map<string, number>();
  const groups: StormGroup[] = [];
  let visitorCount = 0;
  for (const { group, start, end, visitors } of crowds.values()) {
    const hours = `${start} ${end}`;
    let law = lawOf.get(hours);
    if (law === undefined) {
      law = arrivals.push(announcedArrivals({ fromMinute: start * CELL_MINUTES, toMinute: end * CELL_MINUTES })) - 1;
      lawOf.set(hours, law);
    }
    groups.push({ ...group, arrival: law, visit: 0, visitorCount: visitors * ADHERENCE });
    groups.push({ ...group, arrival: 0, visit: 0, visitorCount: visitors * (1 - ADHERENCE) });
    visitorCount += visitors;
  }
  const column = (value: number) => new Float64Array(CELLS_PER_DAY).fill(value);
  return {
    cellCount: CELLS_PER_DAY,
    territoryCount: TERRITORY_COUNT,
    profileCount: 2,
    sessionLimit: column(visitorCount * 0.25 * CAPACITY_RATIO),
    loginLimit: column(visitorCount * 0.03 * CAPACITY_RATIO),
    walkInLimit: column(visitorCount * 0.0005),
    refusalCostPerMille: 20,
    idleSeconds: 1200,
    entrySpreadSeconds: 300,
    room: null,
    habits: DEFAULT_RETURN_HABITS,
    arrivals,
    visits: [{ stay: [1000, 900, 800, 700, 600, 500, 400, 300, 200, 100], logOutPerMille: 300 }],
    groups,
    steps: [],
  };
}
