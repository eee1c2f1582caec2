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
  /** The crowd by sort. */
  ofSort: Float64Array;
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

/** 1 for each sort that a step keeps out at present; absent where none keeps anybody out. */
export type HeldSorts = Uint8Array | undefined;

/** Groups of one kind that steps keep out at the same times are one sort: what is asked of them all is asked once. */
export interface QueueSorts {
  /** The sort of each group. */
  sortOf: Int32Array;
  /** The kind of each sort, below `kindCount`. */
  kindOf: Int32Array;
  kindCount: number;
}

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
  /** Of each rank and sort the first slice that may hold somebody of it; those before hold nobody for good. */
  private readonly sortHeads: Int32Array[];
  private readonly ranks: readonly number[];
  /** By class (territory x profile), as the two columns of a step's questions. */
  private readonly waitingOfClass: Float64Array;
  private readonly far: Float64Array;
  private readonly asked: Float64Array;
  /** By sort: what one of it asks a second; less than nothing for whom it is not. */
  private readonly asks: Float64Array;
  private readonly leaving: Float64Array;
  /** Of the slice that is being served, by kind. */
  private readonly standing: Float64Array;
  private readonly unserved: Float64Array;
  private readonly fromQuota: Float64Array;
  private readonly taken: Float64Array;

  constructor(
    private readonly room: WaitingRoom,
    groupCount: number,
    private readonly profileCount: number,
    private readonly classOf: Int32Array,
    private readonly sorts: QueueSorts,
  ) {
    this.waiting = new Float64Array(groupCount);
    const classCount = 1 + classOf.reduce((most, k) => Math.max(most, k), 0);
    this.waitingOfClass = new Float64Array(classCount);
    this.far = new Float64Array(classCount);
    this.asked = new Float64Array(classCount);
    this.asks = new Float64Array(sorts.kindOf.length);
    this.leaving = new Float64Array(classCount);
    this.ranks = [...new Set(room.rankOfProfile)].sort((a, b) => a - b);
    this.slices = this.ranks.map(() => []);
    this.heads = this.ranks.map(() => 0);
    this.sortHeads = this.ranks.map(() => new Int32Array(sorts.kindOf.length));
    this.standing = new Float64Array(sorts.kindCount);
    this.unserved = new Float64Array(sorts.kindCount);
    this.fromQuota = new Float64Array(sorts.kindCount);
    this.taken = new Float64Array(sorts.kindCount);
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
        ofSort: new Float64Array(this.sorts.kindOf.length),
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
  serve(line: Line, held: HeldSorts, take: (group: number, crowd: number) => void): Served {
    const rest = { places: line.places, left: line.left, quotas: line.quotas.map((quota) => ({ ...quota })) };
    const served = { fromQuota: 0, fromLeft: 0 };
    for (let r = 0; r < this.ranks.length; r++) {
      const slices = this.slices[r]!;
      this.skipServed(r);
      for (let s = this.firstToServe(r, held, rest); s < slices.length && rest.places > 0; s++) {
        if (this.mayServe(slices[s]!, held, rest)) this.serveSlice(slices[s]!, rest, served, held, take);
      }
      this.skipServed(r);
    }
    return served;
  }

  /** The first slice with somebody whom nothing holds and for whom there is a place. */
  private firstToServe(r: number, held: HeldSorts, rest: Line): number {
    let first = Infinity;
    for (let sort = 0; sort < this.sorts.kindOf.length; sort++) {
      if (held?.[sort] === 1 || !hasPlace(this.sorts.kindOf[sort]!, rest)) continue;
      first = Math.min(first, this.headOfSort(r, sort));
    }
    return first;
  }

  private mayServe({ crowd, ofSort }: Slice, held: HeldSorts, rest: Line): boolean {
    if (crowd === 0) return false;
    for (let sort = 0; sort < ofSort.length; sort++) {
      if (ofSort[sort]! > 0 && held?.[sort] !== 1 && hasPlace(this.sorts.kindOf[sort]!, rest)) return true;
    }
    return false;
  }

  /** Those who stand together share what there is for them in the same proportion. */
  private serveSlice(
    slice: Slice,
    rest: Line & { quotas: LineQuota[] },
    served: Served,
    held: HeldSorts,
    take: (group: number, crowd: number) => void,
  ): void {
    const { standing, unserved, fromQuota, taken, sorts } = this;
    standing.fill(0);
    for (let sort = 0; sort < slice.ofSort.length; sort++) {
      if (held?.[sort] !== 1) standing[sorts.kindOf[sort]!]! += slice.ofSort[sort]!;
    }
    unserved.set(standing);
    let most = 0;
    for (const quota of rest.quotas) {
      const its = takeEvenly(unserved, quota.isFor, Math.min(quota.crowd, rest.places));
      quota.crowd -= its;
      rest.places -= its;
      most += its;
    }
    for (let kind = 0; kind < standing.length; kind++) fromQuota[kind] = standing[kind]! - unserved[kind]!;
    const its = takeEvenly(unserved, isAnybody, Math.min(rest.left, rest.places));
    rest.left -= its;
    rest.places -= its;
    if (most + its === 0) return;
    taken.fill(0);
    for (let k = 0; k < slice.groups.length; k++) {
      const group = slice.groups[k]!;
      const sort = sorts.sortOf[group]!;
      if (slice.crowds[k] === 0 || held?.[sort] === 1) continue;
      const kind = sorts.kindOf[sort]!;
      const crowd = Math.floor(slice.crowds[k]! * (1 - unserved[kind]! / standing[kind]!));
      if (crowd === 0) continue;
      this.change(slice, k, -crowd);
      slice.served[k]! += crowd;
      taken[kind]! += crowd;
      take(group, crowd);
    }
    for (let kind = 0; kind < taken.length; kind++) {
      const walkIns = Math.min(taken[kind]!, fromQuota[kind]!);
      served.fromQuota += walkIns;
      served.fromLeft += taken[kind]! - walkIns;
    }
  }

  /** The first slice of a rank with somebody of a sort; the number of slices where nobody of it waits. */
  private headOfSort(r: number, sort: number): number {
    const slices = this.slices[r]!;
    const heads = this.sortHeads[r]!;
    let s = Math.max(heads[sort]!, this.heads[r]!);
    while (s < slices.length && slices[s]!.ofSort[sort] === 0) s++;
    // the last one may still be joined
    heads[sort] = Math.max(0, Math.min(s, slices.length - 1));
    return s;
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

  /** Once a minute: those who close the page; `leave(class, crowd)` is told how many of each. */
  abandon(step: number, leave: (classIndex: number, crowd: number) => void): void {
    const { leavesPerMillePerMinute } = this.room;
    if (step % SLICE_STEPS !== 0 || leavesPerMillePerMinute === 0) return;
    const { waiting, classOf, sorts, leaving } = this;
    leaving.fill(0);
    for (let r = 0; r < this.ranks.length; r++) {
      const slices = this.slices[r]!;
      for (let s = this.heads[r]!; s < slices.length; s++) {
        const slice = slices[s]!;
        const { groups, crowds, ofSort } = slice;
        if (slice.crowd === 0) continue;
        let ofSlice = 0;
        // as `change`, summed up: after a step that holds many this is most of a day's work
        for (let k = 0; k < groups.length; k++) {
          const its = Math.floor((crowds[k]! * leavesPerMillePerMinute) / 1000);
          if (its === 0) continue;
          const group = groups[k]!;
          crowds[k]! -= its;
          ofSlice += its;
          waiting[group]! -= its;
          ofSort[sorts.sortOf[group]!]! -= its;
          leaving[classOf[group]!]! += its;
        }
        slice.crowd -= ofSlice;
      }
    }
    for (let k = 0; k < leaving.length; k++) {
      if (leaving[k] === 0) continue;
      this.waitingOfClass[k]! -= leaving[k]!;
      leave(k, leaving[k]!);
    }
  }

  /**
   * The step of the first ticket of a profile's rank that still waits, of one kind and held by nothing, Infinity for none. Within a slice it
   * is as far on as its groups were called: a minute's crowd may take many minutes to be let in.
   */
  headStep(rank: number, kind: number, held: HeldSorts): number {
    const r = this.ranks.indexOf(rank);
    const { kindOf } = this.sorts;
    let head = Infinity;
    for (let sort = 0; sort < kindOf.length; sort++) {
      if (kindOf[sort] === kind && held?.[sort] !== 1) head = Math.min(head, this.headOfSort(r, sort));
    }
    const slice = this.slices[r]![head];
    return slice ? this.headOf(slice, kind, held) : Infinity;
  }

  /** How far a slice is served, as a step: in order within it, as far as those groups have come of whom somebody waits. */
  private headOf({ step, lastStep, groups, crowds, served }: Slice, kind: number, held: HeldSorts): number {
    const { sortOf, kindOf } = this.sorts;
    let waiting = 0;
    let gone = 0;
    for (let k = 0; k < groups.length; k++) {
      const sort = sortOf[groups[k]!]!;
      if (crowds[k] === 0 || kindOf[sort] !== kind || held?.[sort] === 1) continue;
      waiting += crowds[k]!;
      gone += served[k]!;
    }
    return waiting === 0 ? step : step + ((lastStep + 1 - step) * gone) / (gone + waiting);
  }

  /** Questions that the waiting pages ask in a step, to `ask(class, count)`: after half of what is left to wait, as the room tells them. */
  askAll(pace: LinePace, held: HeldSorts, ask: (classIndex: number, count: number) => void): void {
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
    const { far, asked, asks, sorts } = this;
    far.set(this.waitingOfClass);
    asked.fill(0);
    let ahead = 0;
    for (const { groups, crowds, crowd, isAside } of this.inOrder(held)) {
      const ofKinds = pace.map((perSecond) => asking(ahead, crowd, perSecond));
      // nobody behind is nearer
      if (ofKinds.every((its) => its === undefined)) break;
      for (let sort = 0; sort < asks.length; sort++) {
        asks[sort] = (held?.[sort] === 1) !== isAside ? -1 : (ofKinds[sorts.kindOf[sort]!] ?? -1);
      }
      for (let k = 0; k < groups.length; k++) {
        const its = asks[sorts.sortOf[groups[k]!]!]!;
        if (its < 0) continue;
        const classIndex = this.classOf[groups[k]!]!;
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

  /** The slices of the line with those who stand in it; whom a step holds stands beside it: nobody has them ahead, they have everybody. */
  private *inOrder(held: HeldSorts): Generator<Pick<Slice, 'groups' | 'crowds' | 'crowd'> & { isAside: boolean }> {
    for (const isAside of held ? [false, true] : [false]) {
      for (let r = 0; r < this.ranks.length; r++) {
        for (let s = this.heads[r]!; s < this.slices[r]!.length; s++) {
          const { groups, crowds, ofSort } = this.slices[r]![s]!;
          let crowd = 0;
          for (let sort = 0; sort < ofSort.length; sort++) {
            if ((held?.[sort] === 1) === isAside) crowd += ofSort[sort]!;
          }
          if (crowd > 0) yield { groups, crowds, crowd, isAside };
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
    slice.ofSort[this.sorts.sortOf[group]!]! += by;
    this.waiting[group]! += by;
    this.waitingOfClass[this.classOf[group]!]! += by;
  }
}

const isAnybody = (): boolean => true;

/** Whether somebody of a kind could be served: with a place that the plan leaves, or one of the quota. */
const hasPlace = (kind: number, { left, quotas }: Line): boolean =>
  left > 0 || quotas.some(({ crowd, isFor }) => crowd > 0 && isFor(kind));

/** Takes up to `most` of those whom it is for, of each kind in the same proportion. @returns how many */
function takeEvenly(waiting: Float64Array, isFor: (kind: number) => boolean, most: number): number {
  let standing = 0;
  for (let kind = 0; kind < waiting.length; kind++) standing += isFor(kind) ? waiting[kind]! : 0;
  if (standing === 0 || most <= 0) return 0;
  const ratio = standing <= Math.max(most, NOBODY) ? 1 : most / standing;
  for (let kind = 0; kind < waiting.length; kind++)
    if (isFor(kind)) waiting[kind] = ratio === 1 ? 0 : waiting[kind]! * (1 - ratio);
  return standing * ratio;
}
