import type { ByKind } from './storm-entitlement';
import { STEP_SECONDS, STEPS_PER_CELL, type StormProblem, type Visit } from './storm-problem';

/** Share of a visit that ends in each cell after the admission, per mille. */
const endsPerMille = (stay: readonly number[]): readonly number[] => stay.map((share, k) => share - (stay[k + 1] ?? 0));

/**
 * Sessions from admission to their end, by reporting class (territory x profile), visit and idle time-out: active for a drawn time, then
 * logged out at once or idle until the time-out that holds for them when they fall idle.
 */
export class Presence {
  /** Sessions that are open, by class. */
  readonly sessions: Float64Array;
  sessionCount = 0;
  /** Sessions that have ended, by class. */
  readonly left: Float64Array;
  private readonly activeRate: Float64Array;
  private readonly rateChanges: Float64Array;
  private readonly activeEnds: Float64Array;
  private readonly idleEnds: Float64Array;
  private readonly visits: readonly Visit[];
  /** Where each group's visits are counted. */
  private readonly bucketOf: Int32Array;
  private readonly buckets: { classIndex: number; visit: number; idleKind: number }[] = [];
  private readonly ends: readonly (readonly number[] | null)[];

  constructor(
    { groups, visits, territoryCount, profileCount }: StormProblem,
    private readonly stepCount: number,
    private readonly idleSeconds: ByKind,
  ) {
    const classCount = territoryCount * profileCount;
    const numbers = new Map<string, number>();
    this.bucketOf = Int32Array.from(groups, ({ territory, profile, visit }, g) => {
      const its = { classIndex: territory * profileCount + profile, visit, idleKind: idleSeconds.kindOf[g]! };
      const key = `${its.classIndex} ${visit} ${its.idleKind}`;
      let bucket = numbers.get(key);
      if (bucket === undefined) numbers.set(key, (bucket = this.buckets.push(its) - 1));
      return bucket;
    });
    const bucketCount = this.buckets.length;
    this.sessions = new Float64Array(classCount);
    this.left = new Float64Array(classCount);
    this.activeRate = new Float64Array(bucketCount);
    this.rateChanges = new Float64Array(bucketCount * stepCount);
    this.activeEnds = new Float64Array(bucketCount * stepCount);
    this.idleEnds = new Float64Array(bucketCount * stepCount);
    this.visits = visits;
    this.ends = visits.map(({ stay }) => (stay === 'toEnd' ? null : endsPerMille(stay)));
  }

  /** Lets a crowd of a group in at `step`; `endStep` is the end of its window, for those who stay to it. */
  admit(group: number, step: number, endStep: number, crowd: number): void {
    const bucket = this.bucketOf[group]!;
    const { classIndex, visit } = this.buckets[bucket]!;
    this.sessions[classIndex]! += crowd;
    this.sessionCount += crowd;
    const row = bucket * this.stepCount;
    const ends = this.ends[visit]!;
    if (ends === null) {
      if (endStep < this.stepCount) this.activeEnds[row + endStep]! += crowd;
      return;
    }
    let rest = crowd;
    for (let k = 0; k < ends.length; k++) {
      const ending = k === ends.length - 1 ? rest : Math.floor((crowd * ends[k]!) / 1000);
      rest -= ending;
      const from = step + 1 + k * STEPS_PER_CELL;
      if (from >= this.stepCount || ending === 0) continue;
      const each = Math.floor(ending / STEPS_PER_CELL);
      this.activeEnds[row + from]! += ending - each * STEPS_PER_CELL;
      this.rateChanges[row + from]! += each;
      if (from + STEPS_PER_CELL < this.stepCount) this.rateChanges[row + from + STEPS_PER_CELL]! -= each;
    }
  }

  /** Ends what ends at `step`. */
  advance(step: number): void {
    const cell = Math.floor(step / STEPS_PER_CELL);
    const idleStepsOf = this.idleSeconds.columns.map((column) => Math.ceil(column[cell]! / STEP_SECONDS));
    for (let bucket = 0; bucket < this.activeRate.length; bucket++) {
      const at = bucket * this.stepCount + step;
      this.activeRate[bucket]! += this.rateChanges[at]!;
      const ending = this.activeRate[bucket]! + this.activeEnds[at]!;
      let leaving = this.idleEnds[at]!;
      const { classIndex, visit, idleKind } = this.buckets[bucket]!;
      if (ending > 0) {
        const loggingOut = Math.floor((ending * this.visits[visit]!.logOutPerMille) / 1000);
        leaving += loggingOut;
        const idling = ending - loggingOut;
        const idleSteps = idleStepsOf[idleKind]!;
        if (idleSteps === 0) leaving += idling;
        else if (step + idleSteps < this.stepCount) this.idleEnds[at + idleSteps]! += idling;
      }
      if (leaving === 0) continue;
      this.sessions[classIndex]! -= leaving;
      this.left[classIndex]! += leaving;
      this.sessionCount -= leaving;
    }
  }
}
