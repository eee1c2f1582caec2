import { STEP_SECONDS, type ReturnHabits } from './storm-problem';

/** Those who come back, by what they do: impatient, three minutes, as told, and five waits of the programs that back off. */
export const LANE = { impatient: 0, threeMinutes: 1, asTold: 2, backOff: 3 } as const;
const BACK_OFF_LEVELS = 5;
export const LANE_COUNT = LANE.backOff + BACK_OFF_LEVELS;

/** Delays in steps, half open, each drawn evenly. */
const FIRST_BACK_OFF_STEPS = 3;
const IMPATIENT_STEPS = [1, 4] as const;
const THREE_MINUTES_STEPS = [18, 21] as const;
/** Whom nothing opens for is told to come back within one to five minutes. */
const COME_BACK_STEPS = [60 / STEP_SECONDS, 300 / STEP_SECONDS] as const;

const DELAY_STEPS: readonly (readonly [number, number])[] = Array.from({ length: LANE_COUNT }, (_, lane) => {
  if (lane === LANE.impatient) return IMPATIENT_STEPS;
  if (lane === LANE.threeMinutes) return THREE_MINUTES_STEPS;
  if (lane === LANE.asTold) return COME_BACK_STEPS;
  return [1, 1 + FIRST_BACK_OFF_STEPS * 2 ** (lane - LANE.backOff)];
});

/** Delay of a lane in steps [from, to). */
export const delaySteps = (lane: number): readonly [number, number] => DELAY_STEPS[lane]!;

/** The lane after another refusal. */
export const laneAfter = (lane: number): number => (lane < LANE.backOff ? lane : Math.min(lane + 1, LANE_COUNT - 1));

/** Shares per mille with which those who are refused for the first time fall into the lanes 0 to 3. */
export const laneShares = (habits: ReturnHabits): readonly number[] => [
  habits.impatientPerMille,
  habits.threeMinutesPerMille,
  habits.asToldPerMille,
  habits.backOffPerMille,
];

/** Longer than any delay, a power of two. */
export const RING_STEPS = 64;

/** What a slot keeps of a lane: who comes in this step alone, and by how much the rate changes. */
const SLOT_WIDTH = 2;
const OF_GROUP = LANE_COUNT * SLOT_WIDTH;

/**
 * Crowds on their way back, by group and lane. A crowd that returns evenly over some steps is kept as a rate with its begin and
 * its end, so that it costs two entries however long it takes; what does not divide returns in the first step.
 *
 * A step reads one slot of every group: slots are the outer index, so that it reads them in a row. With groups outermost, most of
 * a region's day went by in waiting for memory.
 */
export class Returns {
  private readonly rate: Float64Array;
  /** RING_STEPS x groups x lanes x SLOT_WIDTH. */
  private readonly slots: Float64Array;
  private readonly slotLength: number;
  /** Who is on the way back, by group. */
  readonly outstanding: Float64Array;
  /** The last step in which something of the group begins or ends, -1 for none. */
  private readonly busyUntil: Int32Array;

  constructor(groupCount: number) {
    this.rate = new Float64Array(groupCount * LANE_COUNT);
    this.slotLength = groupCount * OF_GROUP;
    this.slots = new Float64Array(RING_STEPS * this.slotLength);
    this.outstanding = new Float64Array(groupCount);
    this.busyUntil = new Int32Array(groupCount).fill(-1);
  }

  /** Whether the lanes of the group must be asked at `step`. */
  isBusy(group: number, step: number): boolean {
    return this.busyUntil[group]! >= step;
  }

  /** `crowd` of the group comes again evenly over the steps [from, to), at most RING_STEPS ahead of the present step. */
  add(group: number, lane: number, from: number, to: number, crowd: number): void {
    const { slots, slotLength } = this;
    const row = group * OF_GROUP + lane * SLOT_WIDTH;
    const each = Math.floor(crowd / (to - from));
    const begin = (from & (RING_STEPS - 1)) * slotLength + row;
    slots[begin]! += crowd - each * (to - from);
    slots[begin + 1]! += each;
    slots[(to & (RING_STEPS - 1)) * slotLength + row + 1]! -= each;
    this.outstanding[group]! += crowd;
    if (to > this.busyUntil[group]!) this.busyUntil[group] = to;
  }

  /**
   * Takes those of a group who are back at `step`, by lane into `back` from `at` on; every step in which the group is busy must be
   * asked for once. @returns how many they are
   */
  take(group: number, step: number, back: Float64Array, at: number): number {
    const { slots, rate } = this;
    const rates = group * LANE_COUNT;
    let slot = (step & (RING_STEPS - 1)) * this.slotLength + group * OF_GROUP;
    let crowd = 0;
    for (let lane = 0; lane < LANE_COUNT; lane++, slot += SLOT_WIDTH) {
      const each = rate[rates + lane]! + slots[slot + 1]!;
      const its = each + slots[slot]!;
      rate[rates + lane] = each;
      slots[slot] = slots[slot + 1] = 0;
      back[at + lane] = its;
      crowd += its;
    }
    this.outstanding[group]! -= crowd;
    return crowd;
  }
}
