import { STEP_SECONDS, STEPS_PER_CELL, VISITOR_UNITS, type WaitingRoom } from './storm-problem';

/** Those who took a ticket within the same minute, of one rank: what each group has in it. */
interface Slice {
  step: number;
  groups: number[];
  crowds: number[];
  /** Where a group stands in `groups`. */
  positions: Map<number, number>;
  crowd: number;
}

const SLICE_STEPS = 60 / STEP_SECONDS;
/** As the room of the agents tells it. */
const SHORTEST_POLL_SECONDS = 5;
const POLL_RATIO = 0.5;
/** What is less than this of a visitor is nobody: a slice so small is served whole. */
const NOBODY = VISITOR_UNITS / 1000;

/** Whether a step keeps a group out at present; absent where none keeps anybody out. */
type IsHeld = ((group: number) => boolean) | undefined;

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

  constructor(
    private readonly room: WaitingRoom,
    groupCount: number,
    private readonly profileOf: (group: number) => number,
  ) {
    this.waiting = new Float64Array(groupCount);
    this.ranks = [...new Set(room.rankOfProfile)].sort((a, b) => a - b);
    this.slices = this.ranks.map(() => []);
    this.heads = this.ranks.map(() => 0);
  }

  join(group: number, step: number, crowd: number): void {
    if (crowd === 0) return;
    const r = this.ranks.indexOf(this.room.rankOfProfile[this.profileOf(group)]!);
    const slices = this.slices[r]!;
    const from = step - (step % SLICE_STEPS);
    let slice = slices[slices.length - 1];
    // a slice of this very minute that has been served already is closed
    if (!slice || slice.step !== from || this.heads[r] === slices.length) {
      slice = { step: from, groups: [], crowds: [], positions: new Map(), crowd: 0 };
      slices.push(slice);
    }
    const k = slice.positions.get(group);
    if (k !== undefined) slice.crowds[k]! += crowd;
    else {
      slice.positions.set(group, slice.groups.length);
      slice.groups.push(group);
      slice.crowds.push(crowd);
    }
    slice.crowd += crowd;
    this.waiting[group]! += crowd;
  }

  /** Serves up to `crowd` in order, those whom nothing holds; `take(group, crowd)` is told whom. */
  serve(crowd: number, isHeld: IsHeld, take: (group: number, crowd: number) => void): void {
    let left = crowd;
    for (let r = 0; r < this.ranks.length && left > 0; r++) {
      const slices = this.slices[r]!;
      this.skipServed(r);
      for (let s = this.heads[r]!; s < slices.length && left > 0; s++) {
        const slice = slices[s]!;
        const standing = isHeld ? standingOf(slice, isHeld) : slice.crowd;
        const isWhole = standing <= left || standing <= NOBODY;
        const ratio = isWhole ? 1 : left / standing;
        let servedCrowd = 0;
        for (let k = 0; k < slice.groups.length; k++) {
          if (isHeld?.(slice.groups[k]!)) continue;
          const served = isWhole ? slice.crowds[k]! : Math.floor(slice.crowds[k]! * ratio);
          if (served === 0) continue;
          slice.crowds[k]! -= served;
          servedCrowd += served;
          this.remove(slice.groups[k]!, served);
          take(slice.groups[k]!, served);
        }
        slice.crowd -= servedCrowd;
        left = isWhole ? Math.max(0, left - servedCrowd) : 0;
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
        slice.crowd -= slice.crowds[k]!;
        slice.crowds[k] = 0;
      }
    });
    this.remove(group, released);
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
          slice.crowds[k]! -= leaving;
          slice.crowd -= leaving;
          this.remove(slice.groups[k]!, leaving);
          leave(slice.groups[k]!, leaving);
        }
      }
    });
  }

  /** The step of the first ticket of a profile's rank that still waits and that nothing holds, Infinity for none. */
  headStep(rank: number, isHeld: IsHeld): number {
    const r = this.ranks.indexOf(rank);
    const slices = this.slices[r]!;
    let s = this.heads[r]!;
    while (isHeld && s < slices.length && standingOf(slices[s]!, isHeld) === 0) s++;
    return slices[s]?.step ?? Infinity;
  }

  /** Questions that the waiting pages ask in a step: after half of what is left to wait, as the room tells them. */
  pollCountOf(servedPerSecond: number): number {
    const { pollSeconds } = this.room;
    let ahead = 0;
    let pollCount = 0;
    for (let r = 0; r < this.ranks.length; r++) {
      const slices = this.slices[r]!;
      for (let s = this.heads[r]!; s < slices.length; s++) {
        const { crowd } = slices[s]!;
        if (crowd === 0) continue;
        // the first of a line has nobody ahead, whole visitors stand there
        const before = Math.max(0, ahead + crowd / 2 - VISITOR_UNITS / 2);
        const waitSeconds = servedPerSecond > 0 ? before / servedPerSecond : Infinity;
        const interval = Math.min(pollSeconds, Math.max(SHORTEST_POLL_SECONDS, POLL_RATIO * waitSeconds));
        pollCount += (crowd * STEP_SECONDS) / interval;
        ahead += crowd;
      }
    }
    return pollCount;
  }

  private skipServed(r: number): void {
    const slices = this.slices[r]!;
    while (this.heads[r]! < slices.length && slices[this.heads[r]!]!.crowd === 0) this.heads[r]!++;
  }

  private remove(group: number, crowd: number): void {
    this.waiting[group]! -= crowd;
  }
}

function standingOf({ groups, crowds }: Slice, isHeld: (group: number) => boolean): number {
  let crowd = 0;
  for (let k = 0; k < groups.length; k++) if (crowds[k]! > 0 && !isHeld(groups[k]!)) crowd += crowds[k]!;
  return crowd;
}

/** The part of a cell's quota that a step may spend. */
export const quotaOfStep = (walkInLimit: number): number => Math.floor((walkInLimit * VISITOR_UNITS) / STEPS_PER_CELL);
