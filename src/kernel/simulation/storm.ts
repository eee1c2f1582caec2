import { CELL_SECONDS } from '../cell-grid';
import { effectiveLimits, entitlementOf, type Entitlement } from './storm-entitlement';
import { Presence } from './storm-presence';
import { assertStormProblem, STEP_SECONDS, STEPS_PER_CELL, type StormProblem, VISITOR_UNITS } from './storm-problem';
import { type HeldSorts, type LinePace, type LineQuota, type QueueSorts, StormQueue } from './storm-queue';
import { delaySteps, LANE, LANE_COUNT, laneAfter, laneShares, Returns } from './storm-returns';

/** Visitors per reporting class (territory x profile) and cell: index = class x cellCount + cell. */
export interface StormCurves {
  /** First attempts. */
  arrivals: Float64Array;
  /** All attempts, those that come again included; questions of waiting pages are not in it. */
  attempts: Float64Array;
  admitted: Float64Array;
  /** Of the admitted: outside their windows, within the quota. */
  walkIns: Float64Array;
  refused: Float64Array;
  gaveUp: Float64Array;
  /** Mean of the sessions open in the cell. */
  sessions: Float64Array;
  /** Mean of those who wait in the waiting room in the cell. */
  waiting: Float64Array;
  /** Questions of their pages, the one with which a ticket was taken aside. */
  polls: Float64Array;
}

/** What a tagged visitor needs to be followed through the day, per step. */
export interface StormTrace {
  /** Share of the attempts of those who may enter that were admitted. */
  entitledRatio: Float64Array;
  /** The same of those who may not, by the quota: of each kind that the steps leave as much of it. */
  walkInRatio: readonly Float64Array[];
  walkInKindOf: Int32Array;
  /** Per profile and kind: tickets older than this step have been served. The last kind is of those whom no window binds. */
  headSteps: readonly (readonly Float64Array[])[];
}

export interface StormResult {
  curves: StormCurves;
  trace: StormTrace;
  entitlement: Entitlement;
  /** Visitors per class at the end of the day. */
  sessionsAtEnd: Float64Array;
  left: Float64Array;
  /** On their way back, waiting for an opening, or in the waiting room. */
  pendingAtEnd: Float64Array;
  /** The highest number of sessions at any step, and the step. */
  peakSessions: number;
  peakStep: number;
  pollCount: number;
}

/**
 * The day of a crowd in expected values: everybody of a group arrives by its law, is let in, waits or is refused, comes again by
 * habit, stays, idles out. Where more come than get in, chance serves them evenly; of A attempts on a platform that takes L
 * log-ins a step and spends r of one on each refusal, s = (L - rA) / (1 - r) get in (from s + r(A - s) = L), none when rA > L.
 *
 * Crowds are whole units, so that nobody is lost; the result depends on nothing but the problem.
 * @throws StormProblemInvalid
 */
export function simulateStorm(problem: StormProblem): StormResult {
  assertStormProblem(problem);
  return new Storm(problem).run();
}

class Storm {
  private readonly stepCount: number;
  private readonly classCount: number;
  private readonly entitlement: Entitlement;
  private readonly limits: ReturnType<typeof effectiveLimits>;
  /** Of shares of the walk-in quota; the last is of those whom no window binds. */
  private readonly kindCount: number;
  private readonly returns: Returns;
  private readonly presence: Presence;
  private readonly sorts: QueueSorts;
  private readonly queue: StormQueue | null;
  /** Whom steps keep out in the present cell. */
  private held: HeldSorts;
  private readonly curves: StormCurves;
  private readonly trace: StormTrace;
  private readonly classOf: Int32Array;
  private readonly totals: Float64Array;
  private readonly arrived: Float64Array;
  /** Those who wait for their opening, by group. */
  private readonly waiting: Float64Array;
  private readonly cumulative: readonly Float64Array[];
  /** Attempts of the present step, by group and lane; the last lane holds first attempts. */
  private readonly attempts: Float64Array;
  /** Groups whose lanes in `attempts` may hold somebody. */
  private readonly wasBusy: Uint8Array;
  private readonly active: Int32Array;
  /** All attempts of each active group. */
  private readonly crowds: Float64Array;
  private readonly shares: readonly number[];
  /** Walk-in quota of the present cell that is not spent, and that was spent; places that the plan leaves to the room, which come evenly. */
  private quotaLeft = 0;
  private quotaSpent = 0;
  private roomLeft = 0;
  /** Shares of the quota that steps leave to somebody in the present cell, smallest first. */
  private quotaShares: readonly number[] = [];
  private peakSessions = 0;
  private peakStep = 0;

  constructor(private readonly problem: StormProblem) {
    const { cellCount, groups, territoryCount, profileCount } = problem;
    this.stepCount = cellCount * STEPS_PER_CELL;
    this.classCount = territoryCount * profileCount;
    this.entitlement = entitlementOf(problem);
    this.limits = effectiveLimits(problem);
    this.returns = new Returns(groups.length);
    this.presence = new Presence(problem, this.stepCount, this.limits.idleSeconds);
    const { kindOf, columns } = this.limits.walkInShare;
    const kindCount = (this.kindCount = columns.length + 1);
    const column = () => new Float64Array(this.classCount * cellCount);
    this.curves = {
      arrivals: column(),
      attempts: column(),
      admitted: column(),
      walkIns: column(),
      refused: column(),
      gaveUp: column(),
      sessions: column(),
      waiting: column(),
      polls: column(),
    };
    this.trace = {
      entitledRatio: new Float64Array(this.stepCount),
      walkInRatio: columns.map(() => new Float64Array(this.stepCount)),
      walkInKindOf: kindOf,
      headSteps: Array.from({ length: profileCount }, () =>
        Array.from({ length: kindCount }, () => new Float64Array(this.stepCount)),
      ),
    };
    this.classOf = Int32Array.from(groups, ({ territory, profile }) => territory * profileCount + profile);
    this.sorts = this.sortsOf(
      kindOf.map((kind) => (kind < 0 ? kindCount - 1 : kind)),
      kindCount,
    );
    this.queue = problem.room && new StormQueue(problem.room, groups.length, profileCount, this.classOf, this.sorts);
    this.totals = Float64Array.from(groups, ({ visitorCount }) => Math.round(visitorCount * VISITOR_UNITS));
    this.arrived = new Float64Array(groups.length);
    this.waiting = new Float64Array(groups.length);
    this.cumulative = problem.arrivals.map(cumulativeOf);
    this.attempts = new Float64Array(groups.length * (LANE_COUNT + 1));
    this.wasBusy = new Uint8Array(groups.length);
    this.active = new Int32Array(groups.length);
    this.crowds = new Float64Array(groups.length);
    this.shares = laneShares(problem.habits);
  }

  run(): StormResult {
    for (let step = 0; step < this.stepCount; step++) this.advance(step);
    const { curves, classCount, problem } = this;
    const pendingAtEnd = new Float64Array(classCount);
    problem.groups.forEach((_, g) => {
      const pending = this.returns.outstanding[g]! + this.waiting[g]! + (this.queue?.waiting[g] ?? 0);
      pendingAtEnd[this.classOf[g]!]! += pending;
    });
    for (const curve of [curves.sessions, curves.waiting]) {
      for (let k = 0; k < curve.length; k++) curve[k]! /= STEPS_PER_CELL;
    }
    const columns = Object.values<Float64Array>({ ...curves });
    for (const column of columns.concat(this.presence.sessions, this.presence.left, pendingAtEnd)) inVisitors(column);
    return {
      curves,
      trace: this.trace,
      entitlement: this.entitlement,
      sessionsAtEnd: this.presence.sessions,
      left: this.presence.left,
      pendingAtEnd,
      peakSessions: this.peakSessions / VISITOR_UNITS,
      peakStep: this.peakStep,
      pollCount: curves.polls.reduce((sum, count) => sum + count, 0),
    };
  }

  private advance(step: number): void {
    const cell = Math.floor(step / STEPS_PER_CELL);
    if (step % STEPS_PER_CELL === 0) {
      this.quotaSpent = this.roomLeft = 0;
      const shares = this.limits.walkInShare.columns.map((column) => column[cell]!);
      this.quotaShares = [...new Set(shares)].sort((a, b) => a - b);
      // agents have the whole quota of a cell at its begin
      this.quotaLeft = Math.floor(this.problem.walkInLimit[cell]! * this.limits.mostWalkInShare[cell]! * VISITOR_UNITS);
      this.held = this.heldIn(cell);
      this.open(cell, step);
    }
    this.presence.advance(step);
    this.queue?.abandon(step, (k, crowd) => (this.curves.gaveUp[k * this.problem.cellCount + cell]! += crowd));
    const activeCount = this.gather(step, cell);
    this.serve(step, cell, activeCount);
    this.record(step, cell);
  }

  /** At the begin of a cell: who waits for the opening that it brings comes in over the first minutes. */
  private open(cell: number, step: number): void {
    const { cellCount } = this.problem;
    const spreadSteps = Math.ceil(this.problem.entrySpreadSeconds / STEP_SECONDS);
    for (let g = 0; g < this.waiting.length; g++) {
      const at = g * cellCount + cell;
      if (this.entitlement.isEntitled[at] === 0 || (cell > 0 && this.entitlement.isEntitled[at - 1] === 1)) continue;
      const crowd = this.waiting[g]! + (this.queue?.release(g) ?? 0);
      this.waiting[g] = 0;
      if (crowd > 0) this.returns.add(g, LANE.asTold, step, step + spreadSteps, crowd);
    }
  }

  /** Collects who stands at the gate in this step. */
  private gather(step: number, cell: number): number {
    const { problem, attempts, wasBusy } = this;
    const fraction = ((step % STEPS_PER_CELL) + 1) / STEPS_PER_CELL;
    let activeCount = 0;
    for (let g = 0; g < problem.groups.length; g++) {
      const row = g * (LANE_COUNT + 1);
      let crowd = 0;
      if (this.returns.isBusy(g, step)) {
        crowd = this.returns.take(g, step, attempts, row);
        wasBusy[g] = 1;
      } else if (wasBusy[g] === 1) {
        attempts.fill(0, row, row + LANE_COUNT);
        wasBusy[g] = 0;
      }
      const law = this.cumulative[problem.groups[g]!.arrival]!;
      const before = law[cell]!;
      const share = law[cell + 1]! - before;
      let first = 0;
      if (share > 0) {
        first = Math.floor(this.totals[g]! * (before + share * fraction)) - this.arrived[g]!;
        this.arrived[g]! += first;
        this.count(this.curves.arrivals, g, cell, first);
        crowd += first;
      }
      attempts[row + LANE_COUNT] = first;
      if (crowd === 0) continue;
      this.count(this.curves.attempts, g, cell, crowd);
      this.crowds[activeCount] = crowd;
      this.active[activeCount++] = g;
    }
    return activeCount;
  }

  private serve(step: number, cell: number, activeCount: number): void {
    const { problem, limits, presence, entitlement } = this;
    let entitledCrowd = 0;
    const outsideCrowds = this.trace.walkInRatio.map(() => 0);
    for (let a = 0; a < activeCount; a++) {
      const g = this.active[a]!;
      const crowd = this.crowds[a]!;
      const at = g * problem.cellCount + cell;
      if (entitlement.isEntitled[at] === 1) entitledCrowd += crowd;
      // whoever comes while a place is free has it at once
      else if (this.queue) this.queue.join(g, step, crowd);
      else if (entitlement.isBarred[at] === 0) outsideCrowds[limits.walkInShare.kindOf[g]!]! += crowd;
    }
    const sessionRoom = Math.max(0, Math.floor(limits.sessionLimit[cell]! * VISITOR_UNITS) - presence.sessionCount);
    const loginRoom = (limits.loginLimit[cell]! * VISITOR_UNITS) / STEPS_PER_CELL;
    const served = Math.min(entitledCrowd, sessionRoom, loginsServed(entitledCrowd, loginRoom, problem));
    const entitledRatio = entitledCrowd > 0 ? served / entitledCrowd : 1;

    const places = Math.max(0, Math.min(sessionRoom, loginRoom) - served);
    const walkInRatios = this.queue ? outsideCrowds : this.walkInRatios(cell, outsideCrowds, places);
    if (this.queue) {
      this.roomLeft += Math.floor(((problem.room!.leftPerCell?.[cell] ?? 0) * VISITOR_UNITS) / STEPS_PER_CELL);
      const line = { places, left: this.roomLeft, quotas: this.quotasFor(cell) };
      const { fromQuota, fromLeft } = this.queue.serve(line, this.held, (g, crowd) =>
        this.admit(g, step, cell, crowd, true),
      );
      this.spend(fromQuota);
      this.roomLeft -= fromLeft;
    }
    this.trace.entitledRatio[step] = entitledRatio;
    this.trace.walkInRatio.forEach((ratios, kind) => (ratios[step] = this.queue ? 0 : walkInRatios[kind]!));
    for (let a = 0; a < activeCount; a++) {
      const g = this.active[a]!;
      const at = g * problem.cellCount + cell;
      const isEntitled = entitlement.isEntitled[at] === 1;
      const isBarred = !isEntitled && entitlement.isBarred[at] === 1;
      if (isEntitled || !this.queue)
        this.answer(
          g,
          step,
          cell,
          isBarred ? 0 : isEntitled ? entitledRatio : walkInRatios[limits.walkInShare.kindOf[g]!]!,
          isEntitled,
        );
    }
  }

  /**
   * What is to be had of the walk-in quota in this step, smallest share first: `crowd` more for all whom a step does not cut to less than
   * that share. What others spent counts, as at the gate.
   */
  private quotasFor(cell: number): LineQuota[] {
    const whole = this.problem.walkInLimit[cell]! * VISITOR_UNITS;
    let had = this.quotaSpent;
    return this.quotaShares.map((share) => {
      const most = Math.min(this.quotaSpent + this.quotaLeft, whole * share);
      const crowd = Math.max(0, most - had);
      had += crowd;
      return { crowd, isFor: (kind) => this.shareOf(kind, cell) >= share };
    });
  }

  /** The share of the cell's quota that the steps leave a kind; none to those whom no window binds. */
  private shareOf(kind: number, cell: number): number {
    return this.limits.walkInShare.columns[kind]?.[cell] ?? -1;
  }

  /** Of those outside who stand at the gate, by kind, the share that the quota lets in: chance serves evenly whom it may serve. */
  private walkInRatios(cell: number, crowds: readonly number[], places: number): number[] {
    const refused = crowds.map(() => 1);
    let left = places;
    for (const { crowd, isFor } of this.quotasFor(cell)) {
      const standing = crowds.reduce((sum, its, kind) => sum + (isFor(kind) ? its * refused[kind]! : 0), 0);
      const served = Math.min(crowd, left, standing);
      if (served <= 0) continue;
      left -= served;
      crowds.forEach((_, kind) => {
        if (isFor(kind)) refused[kind] = served === standing ? 0 : refused[kind]! * (1 - served / standing);
      });
    }
    return refused.map((share) => 1 - share);
  }

  private spend(crowd: number): void {
    this.quotaSpent += crowd;
    this.quotaLeft = Math.max(0, this.quotaLeft - crowd);
  }

  /** Groups of a kind that steps keep out in the same cells are one sort. */
  private sortsOf(kindOf: Int32Array, kindCount: number): QueueSorts {
    const { cellCount, steps } = this.problem;
    const edges = [...new Set(steps.flatMap(({ fromCell, toCell }) => [fromCell, toCell]))].filter(
      (cell) => cell < cellCount,
    );
    const numbers = new Map<string, number>();
    const kinds: number[] = [];
    const sortOf = kindOf.map((kind, g) => {
      // who is kept out changes where a step begins or ends, and nowhere else
      const key = `${kind} ${edges.map((cell) => this.entitlement.isBarred[g * cellCount + cell]).join('')}`;
      const sort = numbers.get(key) ?? kinds.push(kind) - 1;
      numbers.set(key, sort);
      return sort;
    });
    return { sortOf, kindOf: Int32Array.from(kinds), kindCount };
  }

  /** Whom steps keep out in a cell; undefined where there are none that do. */
  private heldIn(cell: number): HeldSorts {
    const { steps, cellCount } = this.problem;
    const isBinding = steps.some(
      ({ fromCell, toCell, isDeferred, isLiveOnly }) => fromCell <= cell && cell < toCell && (isDeferred || isLiveOnly),
    );
    if (!isBinding) return undefined;
    const held = new Uint8Array(this.sorts.kindOf.length);
    this.sorts.sortOf.forEach((sort, g) => (held[sort] = this.entitlement.isBarred[g * cellCount + cell]!));
    return held;
  }

  /** Lets a share of a group's attempts in and sends the others home or away. */
  private answer(g: number, step: number, cell: number, ratio: number, isEntitled: boolean): void {
    const row = g * (LANE_COUNT + 1);
    let admitted = 0;
    for (let lane = 0; lane <= LANE_COUNT; lane++) {
      const crowd = this.attempts[row + lane]!;
      if (crowd === 0) continue;
      const entering = ratio >= 1 ? crowd : Math.floor(crowd * ratio);
      admitted += entering;
      if (crowd > entering) this.turnAway(g, lane, step, cell, crowd - entering, isEntitled);
    }
    if (admitted > 0) this.admit(g, step, cell, admitted, !isEntitled);
  }

  private admit(g: number, step: number, cell: number, crowd: number, isWalkIn: boolean): void {
    this.count(this.curves.admitted, g, cell, crowd);
    if (isWalkIn) {
      this.count(this.curves.walkIns, g, cell, crowd);
      if (!this.queue) this.spend(crowd);
    }
    const at = g * this.problem.cellCount + cell;
    const end = this.entitlement.endCell[at]!;
    // who walks in for a lesson stays for an hour
    const endStep = end > 0 ? end * STEPS_PER_CELL : step + LESSON_STEPS;
    this.presence.admit(g, step, endStep, crowd);
  }

  private turnAway(g: number, lane: number, step: number, cell: number, crowd: number, isEntitled: boolean): void {
    this.count(this.curves.refused, g, cell, crowd);
    const leaving = Math.floor((crowd * this.problem.habits.givesUpPerMille) / 1000);
    this.count(this.curves.gaveUp, g, cell, leaving);
    const again = crowd - leaving;
    if (lane < LANE_COUNT) return this.sendBack(g, laneAfter(lane), step, cell, again, isEntitled);
    let rest = again;
    for (let k = this.shares.length - 1; k >= 0; k--) {
      const its = k === 0 ? rest : Math.floor((again * this.shares[k]!) / 1000);
      rest -= its;
      this.sendBack(g, k, step, cell, its, isEntitled);
    }
  }

  private sendBack(g: number, lane: number, step: number, cell: number, crowd: number, isEntitled: boolean): void {
    if (crowd === 0) return;
    // who obeys and has an opening to come waits for it without another attempt
    if (lane === LANE.asTold && !isEntitled && this.entitlement.nextCell[g * this.problem.cellCount + cell]! > cell) {
      this.waiting[g]! += crowd;
      return;
    }
    const [from, to] = delaySteps(lane);
    this.returns.add(g, lane, step + from, step + to, crowd);
  }

  private record(step: number, cell: number): void {
    const { cellCount, profileCount, groups } = this.problem;
    if (this.presence.sessionCount > this.peakSessions) {
      this.peakSessions = this.presence.sessionCount;
      this.peakStep = step;
    }
    for (let k = 0; k < this.classCount; k++) {
      this.curves.sessions[k * cellCount + cell]! += this.presence.sessions[k]!;
    }
    if (!this.queue) return;
    this.queue.askAll(this.paceIn(cell), this.held, (k, count) => (this.curves.polls[k * cellCount + cell]! += count));
    for (let g = 0; g < groups.length; g++) this.count(this.curves.waiting, g, cell, this.queue.waiting[g]!);
    for (let profile = 0; profile < profileCount; profile++) {
      const rank = this.problem.room!.rankOfProfile[profile]!;
      this.trace.headSteps[profile]!.forEach((headSteps, kind) => {
        headSteps[step] = Math.min(this.queue!.headStep(rank, kind, this.held), step + 1);
      });
    }
  }

  /** As the agents tell intervals: of each kind what steps leave it of the quota, and what the plan leaves. */
  private paceIn(cell: number): LinePace {
    const { walkInLimit, room } = this.problem;
    const perCell = (kind: number) =>
      walkInLimit[cell]! * Math.max(0, this.shareOf(kind, cell)) + (room!.leftPerCell?.[cell] ?? 0);
    return Array.from({ length: this.kindCount }, (_, kind) => (perCell(kind) * VISITOR_UNITS) / CELL_SECONDS);
  }

  private count(curve: Float64Array, g: number, cell: number, crowd: number): void {
    curve[this.classOf[g]! * this.problem.cellCount + cell]! += crowd;
  }
}

const LESSON_STEPS = 3600 / STEP_SECONDS;

/** How many log-ins get through of `crowd` attempts when the platform has room for `room`. */
function loginsServed(crowd: number, room: number, { refusalCostPerMille }: StormProblem): number {
  if (crowd <= room) return crowd;
  const cost = refusalCostPerMille / 1000;
  return Math.max(0, (room - cost * crowd) / (1 - cost));
}

/** Share that has come before each cell; exactly 1 from the last cell with arrivals on. */
function cumulativeOf(law: Float64Array): Float64Array {
  const cumulative = new Float64Array(law.length + 1);
  let last = law.length - 1;
  while (last > 0 && law[last] === 0) last--;
  for (let cell = 0; cell < law.length; cell++) {
    cumulative[cell + 1] = cell >= last ? 1 : Math.min(1, cumulative[cell]! + law[cell]!);
  }
  return cumulative;
}

function inVisitors(column: Float64Array): void {
  for (let k = 0; k < column.length; k++) column[k]! /= VISITOR_UNITS;
}
