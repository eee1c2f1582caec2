import { STEP_SECONDS, STEPS_PER_CELL, VISITOR_UNITS, type WaitingRoom } from './storm-problem';

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

/** Places of the walk-in quota, for all but those whose share of it a step has cut to less; undefined where it has for nobody. */
export interface LineQuota {
  crowd: number;
  isCut: ((group: number) => boolean) | undefined;
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

/**
 * The waiting room: by rank, then in order of arrival (to the minute). Who closes the page leaves it; whose window opens is
 * let in by the window; whom a step keeps out stands aside, and in the old place again once it is over.
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
      slice = { step: from, lastStep: step, groups: [], crowds: [], served: [], positions: new Map(), crowd: 0 };
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
   * Serves in order those whom nothing holds; `take(group, crowd)` is told whom. The walk-in quota is for who stands first, what the plan
   * leaves for whoever comes next: so whose quota a step has cut, and who stands first when it is spent, waits for a place that the plan
   * leaves, and nobody behind walks in meanwhile.
   */
  serve(line: Line, isHeld: IsHeld, take: (group: number, crowd: number) => void): Served {
    const served = { fromQuota: 0, fromLeft: 0 };
    const quotas = line.quotas.length > 1 ? [...line.quotas, { crowd: 0, isCut: undefined }] : line.quotas;
    quotas.forEach((quota, k) => {
      // of what the plan leaves, whom the quota cannot serve have theirs first
      this.serveFrom({ ...quota, isLeftForAll: k === quotas.length - 1 }, line, served, isHeld, take);
    });
    return served;
  }

  /** From one part of the quota; whom it is cut for among those who stand together take places that the plan leaves, in the same proportion. */
  private serveFrom(
    { crowd, isCut, isLeftForAll }: LineQuota & { isLeftForAll: boolean },
    line: Line,
    served: Served,
    isHeld: IsHeld,
    take: (group: number, crowd: number) => void,
  ): void {
    let quota = crowd;
    for (let r = 0; r < this.ranks.length; r++) {
      const slices = this.slices[r]!;
      this.skipServed(r);
      for (let s = this.heads[r]!; s < slices.length; s++) {
        const slice = slices[s]!;
        const places = line.places - served.fromQuota - served.fromLeft;
        const left = line.left - served.fromLeft;
        const mostOfQuota = quota + (isLeftForAll ? left : 0);
        if (places <= 0 || mostOfQuota <= 0) return this.skipServed(r);
        const standing = isHeld ? standingOf(slice, isHeld) : slice.crowd;
        const cut = isCut ? standingOf(slice, (g) => isHeld?.(g) === true || !isCut(g)) : 0;
        // a remainder that is nobody stops nobody
        const needsLeft = cut > NOBODY || cut <= left ? cut : 0;
        const most = Math.min(
          places,
          needsLeft < standing ? (mostOfQuota * standing) / (standing - needsLeft) : Infinity,
          needsLeft > 0 ? (Math.max(0, left) * standing) / needsLeft : Infinity,
        );
        const isWhole = standing <= most || standing <= NOBODY;
        const ratio = isWhole ? 1 : most / standing;
        let [free, ofCut] = [0, 0];
        for (let k = 0; k < slice.groups.length; k++) {
          const group = slice.groups[k]!;
          if (isHeld?.(group)) continue;
          const its = isWhole ? slice.crowds[k]! : Math.floor(slice.crowds[k]! * ratio);
          if (its === 0) continue;
          this.change(slice, k, -its);
          slice.served[k]! += its;
          take(group, its);
          if (needsLeft > 0 && isCut!(group)) ofCut += its;
          else free += its;
        }
        const fromQuota = isLeftForAll ? Math.min(free, Math.max(0, quota)) : free;
        quota -= fromQuota;
        served.fromQuota += fromQuota;
        served.fromLeft += ofCut + free - fromQuota;
        if (!isWhole) return this.skipServed(r);
      }
      this.skipServed(r);
    }
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
   * The step of the first ticket of a profile's rank that still waits and that nothing holds, Infinity for none. Within a slice it is
   * as far on as its groups were called: a minute's crowd may take many minutes to be let in.
   */
  headStep(rank: number, isHeld: IsHeld): number {
    const r = this.ranks.indexOf(rank);
    const slices = this.slices[r]!;
    let s = this.heads[r]!;
    while (isHeld && s < slices.length && standingOf(slices[s]!, isHeld) === 0) s++;
    return s < slices.length ? headOf(slices[s]!, isHeld) : Infinity;
  }

  /** Questions that the waiting pages ask in a step, to `ask(class, count)`: after half of what is left to wait, as the room tells them. */
  askAll(servedPerSecond: number, isHeld: IsHeld, ask: (classIndex: number, count: number) => void): void {
    const { pollSeconds, soonestPollSeconds = SHORTEST_POLL_SECONDS } = this.room;
    const soonestUntil = soonestPollSeconds / QUESTION_RATIO;
    const seldomFrom = Math.max(soonestUntil, pollSeconds / QUESTION_RATIO);
    /** Asked on the way from a wait to the end of it: those of a minute stand near the head and far from it. */
    const questions = (waitSeconds: number): number =>
      Math.min(waitSeconds, soonestUntil) / soonestPollSeconds +
      Math.log(Math.max(soonestUntil, Math.min(waitSeconds, seldomFrom)) / soonestUntil) / QUESTION_RATIO +
      Math.max(0, waitSeconds - seldomFrom) / pollSeconds;
    const { far, asked } = this;
    far.set(this.waitingOfClass);
    asked.fill(0);
    let ahead = 0;
    for (const { groups, crowds, isAside } of this.inOrder(isHeld)) {
      // the first of a line has nobody ahead, whole visitors stand there
      const from = Math.max(0, ahead - VISITOR_UNITS / 2) / servedPerSecond;
      // from here on, and where nobody is served, all ask as seldom as they may
      if (!(from < seldomFrom)) break;
      let crowd = 0;
      for (let k = 0; k < groups.length; k++) if (isAside === undefined || isHeld!(groups[k]!) === isAside) crowd += crowds[k]!; // prettier-ignore
      const to = Math.max(0, ahead + crowd - VISITOR_UNITS / 2) / servedPerSecond;
      const perSecond = to > from ? (questions(to) - questions(from)) / (to - from) : 1 / soonestPollSeconds;
      for (let k = 0; k < groups.length; k++) {
        if (isAside !== undefined && isHeld!(groups[k]!) !== isAside) continue;
        const classIndex = this.classOf[groups[k]!]!;
        far[classIndex]! -= crowds[k]!;
        asked[classIndex]! += crowds[k]! * perSecond;
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
    this.waiting[group]! += by;
    this.waitingOfClass[this.classOf[group]!]! += by;
  }
}

function standingOf({ groups, crowds }: Slice, isHeld: (group: number) => boolean): number {
  let crowd = 0;
  for (let k = 0; k < groups.length; k++) if (crowds[k]! > 0 && !isHeld(groups[k]!)) crowd += crowds[k]!;
  return crowd;
}

/** How far a slice is served, as a step: in order within it, as far as those groups have come of whom somebody waits. */
function headOf({ step, lastStep, groups, crowds, served }: Slice, isHeld: IsHeld): number {
  let waiting = 0;
  let gone = 0;
  for (let k = 0; k < groups.length; k++) {
    if (crowds[k] === 0 || isHeld?.(groups[k]!)) continue;
    waiting += crowds[k]!;
    gone += served[k]!;
  }
  return waiting === 0 ? step : step + ((lastStep + 1 - step) * gone) / (gone + waiting);
}

/** The part of a cell's quota that a step may spend. */
export const quotaOfStep = (walkInLimit: number): number => Math.floor((walkInLimit * VISITOR_UNITS) / STEPS_PER_CELL);
