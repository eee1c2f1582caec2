import { randomBytes } from 'node:crypto';
import { cellOfSeconds } from '../kernel/cell-grid';
import { roomLimitsAt, type RoomLimits } from '../kernel/decision/room-residue';
import { WAIT } from '../kernel/decision/visitor';
import { fewestWalkInsLeft, walkInsPerCell } from '../kernel/decision/walk-in-share';
import type { Gate, Judged } from './gate';
import type { HeldPlan, PlanInForce } from './held-plan';
import type { RoomDisk } from './room-disk';
import { RoomForecasts } from './room-forecasts';
import { rankOf } from './room-rank.rules';
import {
  BEAT_SECONDS,
  CALLED_SECONDS,
  HELD_RANK,
  KEPT_SECONDS,
  LEASE_SECONDS,
  POLL_JITTER_RATIO,
  presentSeconds,
  RANKS,
  RoomAway,
  SHORTEST_POLL_SECONDS,
  type RoomAnswer,
  type RoomState,
  type RoomStore,
  type RoomVisit,
  type RoomWalkIn,
} from './room-store';
import type { Ticket } from './ticket.rules';

/** What the room says to a visitor. */
export type RoomPlace =
  | { kind: 'called'; isAgain: boolean }
  /** In by the walk-in quota of this cell. */
  | { kind: 'walksIn'; cell: number }
  | {
      kind: 'waits';
      /** To be kept on the device and shown the next time. */
      ticket: string;
      /** 1 for who is next; null while the others cannot be asked. */
      position: number | null;
      /** Until the turn comes, when the line goes on as the plan leaves room for it; null where nobody can say. */
      estimateSeconds: number | null;
      /** Others may still come before: the estimate is the least. */
      isAtLeast: boolean;
      isHeld: boolean;
      retryAfterSeconds: number;
    };

const BEAT_AWAY_SECONDS = 0.5;
/** Until there is a plan that says of a room. */
const OPEN_SECONDS = 0.1;
const KEPT_CELLS = 48;
const MOST_CALLED = 50_000;
const ID_BYTES = 12;
const NO_STATE: RoomState = {
  leasedCount: 0,
  leasedTo: { rank: -1, arrivedAt: 0 },
  waitingCounts: [],
  admitted: new Map(),
  agentCount: 1,
};

/** Those who are not let in take a ticket and are called in order, as fast as the plan leaves room. */
export class WaitingRoom {
  private store: RoomStore | undefined;
  private platformId: number | undefined;
  private state = NO_STATE;
  private stateAt = 0;
  private readonly forecasts = new RoomForecasts();
  private awaySince: number | undefined;
  private problem: string | undefined;
  private spentCount = 0;
  /** Somebody waits since the last beat. */
  private hasJoined = false;
  /** Nobody walks in before: whoever waited while the store was away shows the ticket until then. */
  private walksInFrom = 0;
  /** Let in by this agent, by cell, and the tickets that it called lately. */
  private readonly mine = new Map<number, number>();
  private readonly called = new Map<string, number>();
  private isWritten = true;
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> = Promise.resolve();
  private hasStopped = false;
  /** Draws of another process of the same name are another quota. */
  private readonly process = randomBytes(ID_BYTES).toString('base64url');
  /** Walk-ins that were heard of in a cell. */
  private walkIns = { cell: -1, heardCount: 0 };
  readonly total = { called: 0, calledAlone: 0, walkedIn: 0 };

  /** @param open makes the store once the platform is known */
  constructor(
    private readonly open: (platformId: number) => RoomStore,
    private readonly agent: string,
    private readonly longestPollSeconds: number,
    private readonly gate: Gate,
    private readonly held: HeldPlan,
    private readonly disk: RoomDisk,
    private readonly now: () => number,
    private readonly random: () => number = Math.random,
  ) {}

  async start(): Promise<void> {
    for (const [cell, count] of await this.disk.read()) this.mine.set(cell, count);
    await this.beat();
    this.schedule();
  }

  async stop(): Promise<void> {
    this.hasStopped = true;
    clearTimeout(this.timer);
    await this.beating;
    await this.write();
    await this.store?.close();
  }

  /** There is a room where the plan says what it leaves, passes are signed and the agent refuses at all. */
  get isOpen(): boolean {
    const content = this.held.current?.plan.content;
    return (
      content?.room !== undefined && content.posture === 'enforced' && this.gate.signsPasses && this.store !== undefined
    );
  }

  get isAway(): boolean {
    return this.awaySince !== undefined;
  }

  /** Places that this agent may still give without the store. */
  get leasedCount(): number {
    return Math.max(0, this.state.leasedCount - this.spentCount);
  }

  /** Whether nobody waits, for certain: what an agent cannot know counts as somebody. */
  get isEmpty(): boolean {
    const now = this.now();
    return now < this.stateAt + LEASE_SECONDS && this.knowsLine(now) && !this.hasWaiting;
  }

  /** Whether the line is the store's: it is there, and those who waited without it have had the time to come into it. */
  private knowsLine(now: number): boolean {
    return this.awaySince === undefined && now >= this.walksInFrom;
  }

  private get hasWaiting(): boolean {
    return this.hasJoined || this.state.waitingCounts.slice(0, HELD_RANK).some((count) => count > 0);
  }

  /** Whether the room is for somebody whom the gate tells to wait. */
  isFor({ decision, visitor }: Judged): boolean {
    return this.isOpen && decision.kind === WAIT && !visitor.hasSession;
  }

  /** Somebody has walked in: called in the same turn in which the quota is spent. */
  walked(cell: number): void {
    if (this.walkIns.cell === cell) this.walkIns.heardCount++;
  }

  /**
   * The place of somebody who waits; undefined where the room is full, or where they have no ticket and none is given here.
   *
   * @param walkInCount places of the walk-in quota that are left to this visitor
   */
  async visit(
    judged: Judged,
    shown: string | undefined,
    isGiven: boolean,
    walkInCount: number,
  ): Promise<RoomPlace | undefined> {
    const current = this.held.current!;
    const now = this.now();
    const { draw } = judged.pass;
    let ticket = shown === undefined ? undefined : this.gate.ticketOf(shown, draw);
    if (ticket && (this.called.get(ticket.id) ?? 0) > now) return { kind: 'called', isAgain: true };
    // where no ticket can be given the quota is asked for all the same
    const isPassing = !ticket && !isGiven;
    if (isPassing && walkInCount === 0) return undefined;
    // a tab that was closed for long begins anew
    if (ticket && ticket.seenAt + KEPT_SECONDS + this.longestPollSeconds < now) ticket = undefined;
    const rank = rankOf(current, judged);
    const id = ticket?.id ?? randomBytes(ID_BYTES).toString('base64url');
    const perCell = walkInsPerCell(current.plan, judged.visitor, now);
    const walkIn = rank === HELD_RANK || !this.knowsLine(now) ? undefined : this.walkIn(current, walkInCount, now);
    const answer = await this.ask(current, {
      id,
      arrivedAt: ticket?.arrivedAt,
      rank,
      now,
      walkIn,
      walkInsPerCell: perCell,
      isPassing,
    });
    if (!answer) return isPassing ? undefined : this.alone(id, ticket, rank, draw, now);
    if (answer.outcome === 'full') return undefined;
    if (answer.outcome === 'again') return { kind: 'called', isAgain: true };
    if (answer.outcome === 'walksIn') {
      this.total.walkedIn++;
      this.remember(id, now);
      return { kind: 'walksIn', cell: walkIn!.cell };
    }
    if (answer.outcome === 'called') {
      this.count(now);
      this.remember(id, now);
      return { kind: 'called', isAgain: false };
    }
    if (isPassing) return undefined;
    const isHeld = rank === HELD_RANK;
    this.hasJoined ||= !isHeld;
    const seconds = isHeld
      ? undefined
      : this.forecasts.seconds(current, this.state, answer.aheadCount, now, { left: walkInCount, perCell });
    return {
      kind: 'waits',
      ticket: this.textOf({ id, arrivedAt: answer.arrivedAt, seenAt: Math.floor(now) }, draw),
      position: answer.aheadCount + 1,
      estimateSeconds: seconds ?? null,
      isAtLeast: rank > 0,
      isHeld,
      retryAfterSeconds: this.jittered(answer.pollSeconds),
    };
  }

  /** Whoever was let in by the plan gives the place up. */
  leave(shown: string, draw: number): void {
    const ticket = this.gate.ticketOf(shown, draw);
    if (!ticket || !this.store || this.awaySince !== undefined || (this.called.get(ticket.id) ?? 0) > this.now())
      return;
    // it would stand aside by itself at the next question that does not come
    this.store.leave(ticket.id).catch((error: unknown) => this.away(error));
  }

  /** For /status. */
  page(): object {
    const { waitingCounts } = this.state;
    return {
      isOpen: this.isOpen,
      store: this.store?.kind ?? null,
      problem: this.problem ?? null,
      waiting: Object.fromEntries([...RANKS, 'held'].map((name, r) => [name, waitingCounts[r] ?? 0])),
      leasedCount: this.leasedCount,
      ...this.total,
    };
  }

  /** As POST /v1/gateways/status takes it. */
  report(): object {
    const [pupils = 0, unknown = 0, relatives = 0, held = 0] = this.state.waitingCounts;
    return { isOpen: this.isOpen, isAway: this.isAway, pupils, unknown, relatives, held, called: this.total.called };
  }

  /** What is left of this agent's quota, with what the line has given of it and the agent has not spent yet. */
  private walkIn({ plan }: PlanInForce, leftCount: number, now: number): RoomWalkIn | undefined {
    const { cell, left } = this.gate.quota;
    if (left.walkInCount === 0) return undefined;
    if (this.walkIns.cell !== cell) this.walkIns = { cell, heardCount: 0 };
    const fewestLeftCount = fewestWalkInsLeft(plan, left, now);
    return { by: this.process, cell, leftCount, fewestLeftCount, heardCount: this.walkIns.heardCount };
  }

  private async ask(current: PlanInForce, visit: Omit<RoomVisit, 'limits'>): Promise<RoomAnswer | undefined> {
    if (this.awaySince !== undefined) return undefined;
    try {
      return await this.store!.visit({ ...visit, limits: this.limits(current, visit.now) });
    } catch (error) {
      this.away(error);
      return undefined;
    }
  }

  private limits({ plan: { content } }: PlanInForce, now: number): RoomLimits {
    return roomLimitsAt(content, cellOfSeconds(now), this.state.agentCount * content.quotas.walkInPerCell);
  }

  /** The store is away: what was leased is spent on those who stood first, for some seconds; then nobody is called. */
  private alone(id: string, ticket: Ticket | undefined, rank: number, draw: number, now: number): RoomPlace {
    const { leasedCount, leasedTo } = this.state;
    const isLeased =
      now < this.stateAt + LEASE_SECONDS &&
      cellOfSeconds(now) === cellOfSeconds(this.stateAt) &&
      this.spentCount < leasedCount;
    const isFirst =
      ticket !== undefined &&
      (rank < leasedTo.rank || (rank === leasedTo.rank && ticket.arrivedAt <= leasedTo.arrivedAt));
    if (isLeased && isFirst) {
      this.spentCount++;
      this.total.calledAlone++;
      this.count(now);
      this.remember(id, now);
      return { kind: 'called', isAgain: false };
    }
    this.hasJoined ||= rank !== HELD_RANK;
    const arrivedAt = ticket?.arrivedAt ?? Math.floor(now * 1e6) + Math.floor(this.random() * 1000);
    return {
      kind: 'waits',
      ticket: this.textOf({ id, arrivedAt, seenAt: Math.floor(now) }, draw),
      position: null,
      estimateSeconds: null,
      isAtLeast: true,
      isHeld: rank === HELD_RANK,
      retryAfterSeconds: this.jittered(Math.min(this.longestPollSeconds, 2 * SHORTEST_POLL_SECONDS)),
    };
  }

  private count(now: number): void {
    const cell = cellOfSeconds(now);
    this.total.called++;
    this.mine.set(cell, (this.mine.get(cell) ?? 0) + 1);
    this.isWritten = false;
  }

  private remember(id: string, now: number): void {
    if (this.called.size >= MOST_CALLED) this.called.delete(this.called.keys().next().value!);
    this.called.set(id, now + CALLED_SECONDS);
  }

  private jittered(seconds: number): number {
    return Math.max(1, Math.round(seconds * (1 - POLL_JITTER_RATIO + 2 * POLL_JITTER_RATIO * this.random())));
  }

  private textOf(ticket: Ticket, draw: number): string {
    return this.gate.ticketText(ticket, draw);
  }

  private get pauseSeconds(): number {
    if (this.store === undefined) return OPEN_SECONDS;
    return this.awaySince === undefined ? BEAT_SECONDS : BEAT_AWAY_SECONDS;
  }

  private away(error: unknown): void {
    if (!(error instanceof RoomAway)) throw error;
    this.problem = error.message;
    this.awaySince ??= this.now();
    // what comes back is asked for soon
    if (!this.hasStopped) this.schedule(BEAT_AWAY_SECONDS);
  }

  private schedule(seconds = this.pauseSeconds): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.beating = this.beat().finally(() => {
        if (!this.hasStopped) this.schedule();
      });
    }, seconds * 1000).unref();
  }

  /** Says what was spent, and takes a share for the case that the store goes away. */
  async beat(): Promise<void> {
    const { current } = this.held;
    if (!current?.plan.content.room) return;
    const { platformId } = current.plan.content;
    if (this.platformId !== platformId) {
      await this.store?.close();
      this.store = this.open(platformId);
      this.platformId = platformId;
    }
    const now = this.now();
    const cell = cellOfSeconds(now);
    for (const [id, until] of this.called) if (until <= now) this.called.delete(id);
    for (const its of this.mine.keys()) if (its < cell - KEPT_CELLS) this.mine.delete(its);
    const spent = this.spentCount;
    const unspent = { cell: cellOfSeconds(this.stateAt), count: Math.max(0, this.state.leasedCount - spent) };
    try {
      const limits = this.limits(current, now);
      // whoever comes while the answer is on its way must not spend what is given back
      if (this.awaySince === undefined) this.spentCount = this.state.leasedCount;
      const waited = this.awaySince !== undefined && this.hasWaiting;
      this.state = await this.store!.beat({
        agent: this.agent,
        now,
        limits,
        unspent,
        admitted: this.mine,
        called: this.called,
      });
      if (waited) this.walksInFrom = now + presentSeconds(this.longestPollSeconds);
      this.stateAt = now;
      this.spentCount = 0;
      this.hasJoined = false;
      this.forecasts.clear();
      this.awaySince = undefined;
      this.problem = undefined;
    } catch (error) {
      if (!(error instanceof RoomAway)) throw error;
      if (this.awaySince === undefined) this.spentCount = spent;
      this.problem = error.message;
      this.awaySince ??= now;
    }
    await this.write();
  }

  private async write(): Promise<void> {
    if (this.isWritten) return;
    this.isWritten = true;
    // a disk that is full is told of by the plan's own writing
    await this.disk.write(this.mine).catch(() => undefined);
  }
}
