import { STEP_SECONDS, STEPS_PER_CELL, type StormProblem, type Visit } from './storm-problem';

/** Share of a visit that ends in each cell after the admission, per mille. */
const endsPerMille = (stay: readonly number[]): readonly number[] => stay.map((share, k) => share - (stay[k + 1] ?? 0));

/**
 * Sessions from admission to their end, by reporting class (territory x profile) and visit: active for a drawn time, then
 * logged out at once or idle until the time-out that holds when they fall idle.
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
  private readonly ends: readonly (readonly number[] | null)[];

  constructor(
    { visits, territoryCount, profileCount }: StormProblem,
    private readonly stepCount: number,
  ) {
    const classCount = territoryCount * profileCount;
    const bucketCount = classCount * visits.length;
    this.sessions = new Float64Array(classCount);
    this.left = new Float64Array(classCount);
    this.activeRate = new Float64Array(bucketCount);
    this.rateChanges = new Float64Array(bucketCount * stepCount);
    this.activeEnds = new Float64Array(bucketCount * stepCount);
    this.idleEnds = new Float64Array(bucketCount * stepCount);
    this.visits = visits;
    this.ends = visits.map(({ stay }) => (stay === 'toEnd' ? null : endsPerMille(stay)));
  }

  /** Lets a crowd of a class in at `step`; `endStep` is the end of its window, for those who stay to it. */
  admit(classIndex: number, visit: number, step: number, endStep: number, crowd: number): void {
    this.sessions[classIndex]! += crowd;
    this.sessionCount += crowd;
    const row = (classIndex * this.visits.length + visit) * this.stepCount;
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
  advance(step: number, idleSeconds: number): void {
    const idleSteps = Math.ceil(idleSeconds / STEP_SECONDS);
    const visitCount = this.visits.length;
    for (let bucket = 0; bucket < this.activeRate.length; bucket++) {
      const at = bucket * this.stepCount + step;
      this.activeRate[bucket]! += this.rateChanges[at]!;
      const ending = this.activeRate[bucket]! + this.activeEnds[at]!;
      let leaving = this.idleEnds[at]!;
      if (ending > 0) {
        const loggingOut = Math.floor((ending * this.visits[bucket % visitCount]!.logOutPerMille) / 1000);
        leaving += loggingOut;
        const idling = ending - loggingOut;
        if (idleSteps === 0) leaving += idling;
        else if (step + idleSteps < this.stepCount) this.idleEnds[at + idleSteps]! += idling;
      }
      if (leaving === 0) continue;
      const classIndex = Math.floor(bucket / visitCount);
      this.sessions[classIndex]! -= leaving;
      this.left[classIndex]! += leaving;
      this.sessionCount -= leaving;
    }
  }
}
