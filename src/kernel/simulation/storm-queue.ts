import { STEP_SECONDS, VISITOR_UNITS, type WaitingRoom } from './storm-problem';

/** Those who took a ticket within the same minute, of one rank: what each group has in it. */
interface Slice {
  step: number;
  /** The last step in which somebody took a ticket of it. */
  lastStep: number;
  groups: number[];
  crowds: number[];
  /** Who was called of each group. */
  served: number[];
  /** Where a group stands in `groups`. */
  positions: Map<number, number>;
  crowd: number;
  /** The crowd by kind. */
  ofKind: Float64Array;
}

const SLICE_STEPS = 60 / STEP_SECONDS;
/** As the room of the agents tells it. */
const SHORTEST_POLL_SECONDS = 5;
/**
 * A page asks after half of what is left to wait: n questions on the way from w to w / 2^n. Of those who have w to wait now, one in
 * w ln 2 seconds asks; w / 2 would be the interval that they are told now, which is shorter than the one that they were told before.
 */
const QUESTION_RATIO = Math.LN2;
/** What is less than this of a visitor is nobody: a slice so small is served whole. */
const NOBODY = VISITOR_UNITS / 1000;

/** Whether a step keeps a group out at present; absent where none keeps anybody out. */
type IsHeld = ((group: number) => boolean) | undefined;

/** Places of the walk-in quota, and for which kinds of visitors they are: a kind is whom the steps leave the same share of it. */
export interface LineQuota {
  crowd: number;
  isFor: (kind: number) => boolean;
}

/** What a step has for the line: places on the platform, of which the plan leaves some and the quota gives some. */
export interface Line {
  places: number;
  left: number;
  quotas: readonly LineQuota[];
}

interface Served {
  fromQuota: number;
  fromLeft: number;
}

/** How fast the line goes on for each kind, units a second. */
export type LinePace = readonly number[];

/**
 * The waiting room: by rank, then in order of arrival (to the minute). Who closes the page leaves it; whose window opens is
 * let in by the window; whom a step keeps out stands aside, and in the old place again once it is over; whom the walk-in quota passes over
 * waits for a place that the plan leaves, and those behind walk in meanwhile.
 */
export class StormQueue {
  /** Who waits, by group. */
  readonly waiting: Float64Array;
  private readonly slices: Slice[][];
  private readonly heads: number[];
  private readonly ranks: readonly number[];
  /** By class (territory x profile), as the two columns of a step's questions. */
  private readonly waitingOfClass: Float64Array;
  private readonly far: Float64Array;
  private readonly asked: Float64Array;

  constructor(
    private readonly room: WaitingRoom,
    groupCount: number,
    private readonly profileCount: number,
    private readonly classOf: Int32Array,
    /** The kind of each group, below `kindCount`. */
    private readonly kindOf: Int32Array,
    private readonly kindCount: number,
  ) {
    this.waiting = new Float64Array(groupCount);
    const classCount = 1 + classOf.reduce((most, k) => Math.max(most, k), 0);
    this.waitingOfClass = new Float64Array(classCount);
    this.far = new Float64Array(classCount);
    this.asked = new Float64Array(classCount);
    this.ranks = [...new Set(room.rankOfProfile)].sort((a, b) => a - b);
    this.slices = this.ranks.map(() => []);
    this.heads = this.ranks.map(() => 0);
  }

  join(group: number, step: number, crowd: number): void {
    if (crowd === 0) return;
    const r = this.ranks.indexOf(this.room.rankOfProfile[this.classOf[group]! % this.profileCount]!);
    const slices = this.slices[r]!;
    const from = step - (step % SLICE_STEPS);
    let slice = slices[slices.length - 1];
    // a slice of this very minute that has been served already is closed
    if (!slice || slice.step !== from || this.heads[r] === slices.length) {
      slice = {
        step: from,
        lastStep: step,
        groups: [],
        crowds: [],
        served: [],
        positions: new Map(),
        crowd: 0,
        ofKind: new Float64Array(this.kindCount),
      };
      slices.push(slice);
    }
    let k = slice.positions.get(group);
    if (k === undefined) {
      k = slice.groups.length;
      slice.positions.set(group, k);
      slice.groups.push(group);
      slice.crowds.push(0);
      slice.served.push(0);
    }
    slice.lastStep = step;
    this.change(slice, k, crowd);
  }

  /**
   * Serves in order those whom nothing holds; `take(group, crowd)` is told whom. Each has a place of the walk-in quota where there is one
   * for its kind, else one that the plan leaves.
   */
  serve(line: Line, isHeld: IsHeld, take: (group: number, crowd: number) => void): Served {
    const rest = { places: line.places, left: line.left, quotas: line.quotas.map((quota) => ({ ...quota })) };
    const served = { fromQuota: 0, fromLeft: 0 };
    for (let r = 0; r < this.ranks.length; r++) {
      const slices = this.slices[r]!;
      this.skipServed(r);
      for (let s = this.heads[r]!; s < slices.length && rest.places > 0; s++) {
        if (this.mayServe(slices[s]!, rest)) this.serveSlice(slices[s]!, rest, served, isHeld, take);
      }
      this.skipServed(r);
    }
    return served;
  }

  private mayServe({ crowd, ofKind }: Slice, { left, quotas }: Line): boolean {
    if (crowd === 0) return false;
    if (left > 0) return true;
    return quotas.some((quota) => quota.crowd > 0 && ofKind.some((its, kind) => its > 0 && quota.isFor(kind)));
  }

  /** Those who stand together share what there is for them in the same proportion. */
  private serveSlice(
    slice: Slice,
    rest: Line & { quotas: LineQuota[] },
    served: Served,
    isHeld: IsHeld,
    take: (group: number, crowd: number) => void,
  ): void {
    const standing = this.standingOfKinds(slice, isHeld);
    const waiting = standing.slice();
    const fromQuota = new Float64Array(this.kindCount);
    for (const quota of rest.quotas) {
      const its = takeEvenly(waiting, quota.isFor, Math.min(quota.crowd, rest.places));
      quota.crowd -= its;
      rest.places -= its;
    }
    standing.forEach((crowd, kind) => (fromQuota[kind] = crowd - waiting[kind]!));
    const its = takeEvenly(waiting, () => true, Math.min(rest.left, rest.places));
    rest.left -= its;
    rest.places -= its;
    const taken = new Float64Array(this.kindCount);
    for (let k = 0; k < slice.groups.length; k++) {
      const group = slice.groups[k]!;
      if (slice.crowds[k] === 0 || isHeld?.(group)) continue;
      const kind = this.kindOf[group]!;
      const crowd = Math.floor(slice.crowds[k]! * (1 - waiting[kind]! / standing[kind]!));
      if (crowd === 0) continue;
      this.change(slice, k, -crowd);
      slice.served[k]! += crowd;
      taken[kind]! += crowd;
      take(group, crowd);
    }
    taken.forEach((crowd, kind) => {
      const walkIns = Math.min(crowd, fromQuota[kind]!);
      served.fromQuota += walkIns;
      served.fromLeft += crowd - walkIns;
    });
  }

  private standingOfKinds({ groups, crowds, ofKind }: Slice, isHeld: IsHeld): Float64Array {
    const standing = ofKind.slice();
    if (isHeld) groups.forEach((group, k) => isHeld(group) && (standing[this.kindOf[group]!]! -= crowds[k]!));
    return standing;
  }

  /** Takes out all of a group whose window opens. */
  release(group: number): number {
    let released = 0;
    if (this.waiting[group] === 0) return 0;
    this.slices.forEach((slices, r) => {
      for (let s = this.heads[r]!; s < slices.length; s++) {
        const slice = slices[s]!;
        const k = slice.positions.get(group);
        if (k === undefined) continue;
        released += slice.crowds[k]!;
        this.change(slice, k, -slice.crowds[k]!);
      }
    });
    return released;
  }

  /** Once a minute: those who close the page; `leave(group, crowd)` is told whom. */
  abandon(step: number, leave: (group: number, crowd: number) => void): void {
    if (step % SLICE_STEPS !== 0 || this.room.leavesPerMillePerMinute === 0) return;
    this.slices.forEach((slices, r) => {
      for (let s = this.heads[r]!; s < slices.length; s++) {
        const slice = slices[s]!;
        for (let k = 0; k < slice.groups.length; k++) {
          if (slice.crowds[k] === 0) continue;
          const leaving = Math.floor((slice.crowds[k]! * this.room.leavesPerMillePerMinute) / 1000);
          if (leaving === 0) continue;
          this.change(slice, k, -leaving);
          leave(slice.groups[k]!, leaving);
        }
      }
    });
  }

  /**
   * The step of the first ticket of a profile's rank that still waits, of one kind and held by nothing, Infinity for none. Within a slice it
   * is as far on as its groups were called: a minute's crowd may take many minutes to be let in.
   */
  headStep(rank: number, kind: number, isHeld: IsHeld): number {
    const r = this.ranks.indexOf(rank);
    const slices = this.slices[r]!;
    let s = this.heads[r]!;
    while (s < slices.length && !this.hasStanding(slices[s]!, kind, isHeld)) s++;
    return s < slices.length ? this.headOf(slices[s]!, kind, isHeld) : Infinity;
  }

  private hasStanding({ groups, crowds, ofKind }: Slice, kind: number, isHeld: IsHeld): boolean {
    if (ofKind[kind] === 0) return false;
    return !isHeld || groups.some((group, k) => crowds[k]! > 0 && this.kindOf[group] === kind && !isHeld(group));
  }

  /** How far a slice is served, as a step: in order within it, as far as those groups have come of whom somebody waits. */
  private headOf({ step, lastStep, groups, crowds, served }: Slice, kind: number, isHeld: IsHeld): number {
    let waiting = 0;
    let gone = 0;
    for (let k = 0; k < groups.length; k++) {
      const group = groups[k]!;
      if (crowds[k] === 0 || this.kindOf[group] !== kind || isHeld?.(group)) continue;
      waiting += crowds[k]!;
      gone += served[k]!;
    }
    return waiting === 0 ? step : step + ((lastStep + 1 - step) * gone) / (gone + waiting);
  }

  /** Questions that the waiting pages ask in a step, to `ask(class, count)`: after half of what is left to wait, as the room tells them. */
  askAll(pace: LinePace, isHeld: IsHeld, ask: (classIndex: number, count: number) => void): void {
    const { pollSeconds, soonestPollSeconds = SHORTEST_POLL_SECONDS } = this.room;
    const soonestUntil = soonestPollSeconds / QUESTION_RATIO;
    const seldomFrom = Math.max(soonestUntil, pollSeconds / QUESTION_RATIO);
    /** Asked on the way from a wait to the end of it: those of a minute stand near the head and far from it. */
    const questions = (waitSeconds: number): number =>
      Math.min(waitSeconds, soonestUntil) / soonestPollSeconds +
      Math.log(Math.max(soonestUntil, Math.min(waitSeconds, seldomFrom)) / soonestUntil) / QUESTION_RATIO +
      Math.max(0, waitSeconds - seldomFrom) / pollSeconds;
    /** Of one visitor a second, where `crowd` stand behind `ahead`; undefined where they ask as seldom as they may, or nobody is served. */
    const asking = (ahead: number, crowd: number, servedPerSecond: number): number | undefined => {
      // the first of a line has nobody ahead, whole visitors stand there
      const from = Math.max(0, ahead - VISITOR_UNITS / 2) / servedPerSecond;
      if (!(from < seldomFrom)) return undefined;
      const to = Math.max(0, ahead + crowd - VISITOR_UNITS / 2) / servedPerSecond;
      return to > from ? (questions(to) - questions(from)) / (to - from) : 1 / soonestPollSeconds;
    };
    const { far, asked } = this;
    far.set(this.waitingOfClass);
    asked.fill(0);
    let ahead = 0;
    for (const { groups, crowds, isAside } of this.inOrder(isHeld)) {
      let crowd = 0;
      for (let k = 0; k < groups.length; k++) if (isAside === undefined || isHeld!(groups[k]!) === isAside) crowd += crowds[k]!; // prettier-ignore
      const ofKinds = pace.map((perSecond) => asking(ahead, crowd, perSecond));
      // nobody behind is nearer
      if (ofKinds.every((its) => its === undefined)) break;
      for (let k = 0; k < groups.length; k++) {
        const group = groups[k]!;
        const its = ofKinds[this.kindOf[group]!];
        if (its === undefined || (isAside !== undefined && isHeld!(group) !== isAside)) continue;
        const classIndex = this.classOf[group]!;
        far[classIndex]! -= crowds[k]!;
        asked[classIndex]! += crowds[k]! * its;
      }
      ahead += crowd;
    }
    for (let k = 0; k < asked.length; k++) {
      const count = (asked[k]! + far[k]! / pollSeconds) * STEP_SECONDS;
      if (count > 0) ask(k, count);
    }
  }

  /** The slices of the line; whom a step holds stands beside it: nobody has them ahead, they have everybody. */
  private *inOrder(isHeld: IsHeld): Generator<Pick<Slice, 'groups' | 'crowds'> & { isAside: boolean | undefined }> {
    for (const isAside of isHeld ? [false, true] : [undefined]) {
      for (let r = 0; r < this.ranks.length; r++) {
        for (let s = this.heads[r]!; s < this.slices[r]!.length; s++) {
          const { groups, crowds } = this.slices[r]![s]!;
          yield { groups, crowds, isAside };
        }
      }
    }
  }

  private skipServed(r: number): void {
    const slices = this.slices[r]!;
    while (this.heads[r]! < slices.length && slices[this.heads[r]!]!.crowd === 0) this.heads[r]!++;
  }

  private change(slice: Slice, k: number, by: number): void {
    const group = slice.groups[k]!;
    slice.crowds[k]! += by;
    slice.crowd += by;
    slice.ofKind[this.kindOf[group]!]! += by;
    this.waiting[group]! += by;
    this.waitingOfClass[this.classOf[group]!]! += by;
  }
}

/** Takes up to `most` of those whom it is for, of each kind in the same proportion. @returns how many */
function takeEvenly(waiting: Float64Array, isFor: (kind: number) => boolean, most: number): number {
  let standing = 0;
  waiting.forEach((crowd, kind) => (standing += isFor(kind) ? crowd : 0));
  if (standing === 0 || most <= 0) return 0;
  const ratio = standing <= Math.max(most, NOBODY) ? 1 : most / standing;
  for (let kind = 0; kind < waiting.length; kind++)
    if (isFor(kind)) waiting[kind] = ratio === 1 ? 0 : waiting[kind]! * (1 - ratio);
  return standing * ratio;
}
