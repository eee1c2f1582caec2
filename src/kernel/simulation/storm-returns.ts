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

/** Delay of a lane in steps [from, to). */
export function delaySteps(lane: number): readonly [number, number] {
  if (lane === LANE.impatient) return IMPATIENT_STEPS;
  if (lane === LANE.threeMinutes) return THREE_MINUTES_STEPS;
  if (lane === LANE.asTold) return COME_BACK_STEPS;
  return [1, 1 + FIRST_BACK_OFF_STEPS * 2 ** (lane - LANE.backOff)];
}

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

/**
 * Crowds on their way back, by group and lane. A crowd that returns evenly over some steps is kept as a rate with its begin and
 * its end, so that it costs two entries however long it takes; what does not divide returns in the first step.
 */
export class Returns {
  private readonly rate: Float64Array;
  private readonly changes: Float64Array;
  private readonly pulses: Float64Array;
  /** Who is on the way back, by group. */
  readonly outstanding: Float64Array;
  /** The last step in which something of the group begins or ends, -1 for none. */
  private readonly busyUntil: Int32Array;

  constructor(groupCount: number) {
    this.rate = new Float64Array(groupCount * LANE_COUNT);
    this.changes = new Float64Array(groupCount * LANE_COUNT * RING_STEPS);
    this.pulses = new Float64Array(groupCount * LANE_COUNT * RING_STEPS);
    this.outstanding = new Float64Array(groupCount);
    this.busyUntil = new Int32Array(groupCount).fill(-1);
  }

  /** Whether the lanes of the group must be asked at `step`. */
  isBusy(group: number, step: number): boolean {
    return this.busyUntil[group]! >= step;
  }

  /** `crowd` of the group comes again evenly over the steps [from, to), at most RING_STEPS ahead of the present step. */
  add(group: number, lane: number, from: number, to: number, crowd: number): void {
    const row = (group * LANE_COUNT + lane) * RING_STEPS;
    const each = Math.floor(crowd / (to - from));
    const slot = row + (from & (RING_STEPS - 1));
    this.pulses[slot]! += crowd - each * (to - from);
    this.changes[slot]! += each;
    this.changes[row + (to & (RING_STEPS - 1))]! -= each;
    this.outstanding[group]! += crowd;
    if (to > this.busyUntil[group]!) this.busyUntil[group] = to;
  }

  /** Takes those of a lane who are back at `step`; every step in which the group is busy must be asked for once. */
  take(group: number, lane: number, step: number): number {
    const row = group * LANE_COUNT + lane;
    const slot = row * RING_STEPS + (step & (RING_STEPS - 1));
    const change = this.changes[slot]!;
    if (change !== 0) {
      this.rate[row]! += change;
      this.changes[slot] = 0;
    }
    const back = this.rate[row]! + this.pulses[slot]!;
    if (back === 0) return 0;
    this.pulses[slot] = 0;
    this.outstanding[group]! -= back;
    return back;
  }
}
