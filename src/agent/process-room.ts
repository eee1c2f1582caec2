import { CELL_SECONDS } from '../kernel/cell-grid';
import { roomBudget, type RoomLimits } from '../kernel/decision/room-residue';
import {
  CALLED_SECONDS,
  HELD_RANK,
  mostAheadOfWalkIn,
  MOST_SAVED_SECONDS,
  MOST_TICKETS,
  pollSeconds,
  presentSeconds,
  RANKS,
  type RoomAnswer,
  type RoomBeat,
  type RoomSettings,
  type RoomState,
  type RoomStore,
  type RoomVisit,
  type RoomWalkIn,
} from './room-store';
import { SortedScores } from './sorted-scores';

interface Present {
  rank: number;
  arrivedAt: number;
  dueAt: number;
}

const KEPT_CELLS = 48;
const passedOverIn = (cell: number) => ({ cell, lines: RANKS.map(() => new SortedScores()) });

/** The line of a platform that one agent guards alone. */
export class ProcessRoom implements RoomStore {
  readonly kind = 'process';
  private readonly present = new Map<string, Present>();
  private readonly lines = Array.from({ length: HELD_RANK + 1 }, () => new SortedScores());
  /** Who may be late, by the second in which that shows. */
  private readonly dueInSecond = new Map<number, string[]>();
  private readonly called = new Map<string, number>();
  private readonly admitted = new Map<number, number>();
  /** Places of the walk-in quotas that were given, by whose they are. */
  private readonly walkIns = new Map<string, { cell: number; count: number }>();
  /** Whom the walk-in quota of a cell passes over, by whose it is. */
  private readonly passedOver = new Map<string, ReturnType<typeof passedOverIn>>();
  private lookedAt = 0;
  private bornAt: number | undefined;
  private gathersUntil = 0;
  private lastArrivedAt = 0;
  private saved = 0;
  private savedAt = 0;

  constructor(private readonly settings: RoomSettings) {}

  visit(visit: RoomVisit): Promise<RoomAnswer> {
    return Promise.resolve(this.answer(visit));
  }

  leave(id: string): Promise<void> {
    this.remove(id);
    return Promise.resolve();
  }

  beat({ now, limits, unspent, admitted, called }: RoomBeat): Promise<RoomState> {
    const isNew = this.bornAt === undefined;
    this.begin(now);
    if (isNew) {
      // a restart: what the disk knows
      for (const [cell, count] of admitted) this.admitted.set(cell, (this.admitted.get(cell) ?? 0) + count);
      for (const [id, until] of called) this.called.set(id, until);
    } else this.admitted.set(unspent.cell, Math.max(0, (this.admitted.get(unspent.cell) ?? 0) - unspent.count));
    this.late(now);
    for (const [id, until] of this.called) if (until <= now) this.called.delete(id);
    for (const cell of this.admitted.keys()) if (cell < limits.cell - KEPT_CELLS) this.admitted.delete(cell);
    // nobody else knows this line: there is nothing to lease, and it never goes away
    return Promise.resolve({
      leasedCount: 0,
      leasedTo: { rank: -1, arrivedAt: 0 },
      waitingCounts: this.lines.map(({ size }) => size),
      admitted: new Map(this.admitted),
      agentCount: 1,
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private begin(now: number): void {
    if (this.bornAt !== undefined) return;
    this.bornAt = this.savedAt = this.lookedAt = now;
    this.gathersUntil = now + this.settings.settleSeconds;
  }

  private answer({
    id,
    arrivedAt: shownAt,
    rank,
    now,
    limits,
    walkIn,
    walkInsPerCell,
    isPassing,
  }: RoomVisit): RoomAnswer {
    this.begin(now);
    this.late(now);
    const { longestPollSeconds } = this.settings;
    const perSecond = this.save(limits, now);
    const known = this.present.get(id);
    if (!known && (this.called.get(id) ?? 0) > now)
      return { outcome: 'again', arrivedAt: shownAt ?? 0, aheadCount: 0, pollSeconds: 0 };
    if (!known && this.present.size >= MOST_TICKETS)
      return { outcome: 'full', arrivedAt: 0, aheadCount: this.present.size, pollSeconds: longestPollSeconds };
    if (isPassing && !known) return this.pass(rank, walkIn, now);
    let arrivedAt = known?.arrivedAt ?? shownAt;
    if (arrivedAt === undefined) {
      arrivedAt = this.lastArrivedAt = Math.max(Math.floor(now * 1e6), this.lastArrivedAt + 1);
    } else if (!known && arrivedAt < this.bornAt! * 1e6) {
      // a ticket of a room that is gone: the others who hold one come within their longest interval
      this.gathersUntil = Math.max(this.gathersUntil, this.bornAt! + presentSeconds(longestPollSeconds));
    }
    if (known && known.rank !== rank) this.stepOut(known);
    if (!known || known.rank !== rank) while (!this.lines[rank]!.add(arrivedAt)) arrivedAt++;
    let aheadCount = this.lines[rank]!.rankOf(arrivedAt);
    for (let r = 0; r < rank; r++) aheadCount += this.lines[r]!.size;
    const poll = pollSeconds(aheadCount, perSecond + walkInsPerCell / CELL_SECONDS, longestPollSeconds);
    this.expect(id, { rank, arrivedAt, dueAt: now + presentSeconds(poll) });
    const answer = { arrivedAt, aheadCount, pollSeconds: poll };
    if (rank === HELD_RANK || now < this.gathersUntil) return { outcome: 'waits', ...answer };
    if (walkIn && this.takesWalkIn(walkIn, aheadCount - this.passOver(walkIn, rank, arrivedAt))) {
      this.call(id, now);
      return { outcome: 'walksIn', ...answer };
    }
    const left = roomBudget(limits, this.admitted) - (this.admitted.get(limits.cell) ?? 0);
    if (aheadCount >= Math.floor(Math.min(this.saved, left) + 1e-6)) return { outcome: 'waits', ...answer };
    this.call(id, now);
    this.saved--;
    this.admitted.set(limits.cell, (this.admitted.get(limits.cell) ?? 0) + 1);
    return { outcome: 'called', ...answer };
  }

  /** Who only passes has everybody of the rank ahead. */
  private pass(rank: number, walkIn: RoomWalkIn | undefined, now: number): RoomAnswer {
    let aheadCount = 0;
    for (let r = 0; r <= rank; r++) aheadCount += this.lines[r]!.size;
    const answer = { arrivedAt: 0, aheadCount, pollSeconds: 0 };
    if (rank === HELD_RANK || now < this.gathersUntil || !walkIn) return { outcome: 'waits', ...answer };
    const { lines } = this.passedOverOf(walkIn);
    let passedCount = 0;
    for (let r = 0; r <= rank; r++) passedCount += lines[r]!.size;
    return { outcome: this.takesWalkIn(walkIn, aheadCount - passedCount) ? 'walksIn' : 'waits', ...answer };
  }

  private passedOverOf({ by, cell }: RoomWalkIn): ReturnType<typeof passedOverIn> {
    const known = this.passedOver.get(by);
    if (known && known.cell >= cell) return known;
    const made = passedOverIn(cell);
    this.passedOver.set(by, made);
    return made;
  }

  /** Notes whether the walk-in quota passes somebody over. @returns how many of those ahead it does in the same cell */
  private passOver(walkIn: RoomWalkIn, rank: number, arrivedAt: number): number {
    const { lines } = this.passedOverOf(walkIn);
    if (walkIn.leftCount === 0) lines[rank]!.add(arrivedAt);
    else lines[rank]!.delete(arrivedAt);
    let count = lines[rank]!.rankOf(arrivedAt);
    for (let r = 0; r < rank; r++) count += lines[r]!.size;
    return count;
  }

  private takesWalkIn(walkIn: RoomWalkIn, aheadCount: number): boolean {
    const { by, cell, heardCount } = walkIn;
    const known = this.walkIns.get(by);
    const count = Math.max(known?.cell === cell ? known.count : 0, heardCount);
    if (walkIn.leftCount === 0 || aheadCount > mostAheadOfWalkIn(walkIn, count)) return false;
    this.walkIns.set(by, { cell, count: count + 1 });
    return true;
  }

  /** Places that have come free since the last look. @returns how many come in a second */
  private save(limits: RoomLimits, now: number): number {
    const perSecond = roomBudget(limits, this.admitted) / CELL_SECONDS;
    const most = Math.max(1, perSecond * MOST_SAVED_SECONDS);
    this.saved = Math.min(most, this.saved + perSecond * Math.max(0, now - this.savedAt));
    this.savedAt = Math.max(now, this.savedAt);
    return perSecond;
  }

  private call(id: string, now: number): void {
    this.remove(id);
    this.called.set(id, now + CALLED_SECONDS);
  }

  private remove(id: string): void {
    const its = this.present.get(id);
    if (!its) return;
    this.stepOut(its);
    this.present.delete(id);
  }

  private stepOut({ rank, arrivedAt }: Present): void {
    this.lines[rank]!.delete(arrivedAt);
    for (const { lines } of this.passedOver.values()) lines[rank]?.delete(arrivedAt);
  }

  private expect(id: string, present: Present): void {
    this.present.set(id, present);
    const second = Math.floor(present.dueAt) + 1;
    const ids = this.dueInSecond.get(second);
    if (ids) ids.push(id);
    else this.dueInSecond.set(second, [id]);
  }

  /** Takes those who are late out of the line. */
  private late(now: number): void {
    for (let second = Math.floor(this.lookedAt); second <= now; second++) {
      for (const id of this.dueInSecond.get(second) ?? []) {
        const its = this.present.get(id);
        if (its && its.dueAt < now) this.remove(id);
      }
      this.dueInSecond.delete(second);
    }
    this.lookedAt = Math.max(this.lookedAt, now);
  }
}
