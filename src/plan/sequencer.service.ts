import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isConnectionFailure, sqlFailure, isUniqueViolation } from '../common/database';
import { DomainError } from '../common/domain-error';
import { type CellSpan, KEPT_HOLDER_ID, keptHold, KeptRoom } from './kept-room';
import { LedgerStore, type Revision } from './ledger.store';
import type { PlanProfile } from './plan-draft';
import type {
  NumberedChange,
  SequencedOutcome,
  SequencedRequest,
  SequencerJournal,
  SequencerNeeds,
  Settled,
} from './sequencer';
import { SequencerDatabase } from './sequencer-database.service';
import { type CellDeltas, type HoldChange, LedgerState, type PublishedPlan } from './sequencer.rules';
import { type WindowJudge, type WindowLaw, WindowLaws } from './window-laws';
import { type ChangeRow, type PublishedPlanRow, SequencerStore } from './sequencer.store';

/** Long enough for a crowd to fill a batch, too short for anybody to notice. */
const GATHER_MILLISECONDS = 3;
const MOST_REQUESTS = 64;
const UNDEFINED_TABLE = '42P01';

interface Waiting {
  request: SequencedRequest;
  resolve: (outcome: SequencedOutcome) => void;
  reject: (error: unknown) => void;
}

/**
 * The one way in which single published windows change. The requests that reach this replica for a platform are gathered for a
 * few milliseconds; under the platform's lock (publications take the same one) each is decided against the ledger, in the
 * order in which they came, and all that was accepted is written in one transaction: one net delta per cell, the windows,
 * the changes under consecutive revisions, the answers. Who asked hears of it after the commit.
 */
@Injectable()
export class Sequencer implements OnModuleDestroy {
  private readonly queues = new Map<number, { waiting: Waiting[]; running: Promise<void> | undefined }>();
  /** The plans that were published when a platform was last read: most likely they still are. */
  private readonly planIdsOf = new Map<number, number[]>();
  /** Profiles of a plan never change once it is stored. */
  private readonly profilesOf = new Map<number, PlanProfile[]>();

  constructor(
    private readonly connections: SequencerDatabase,
    private readonly ledger: LedgerStore,
    private readonly store: SequencerStore,
    private readonly laws: WindowLaws,
    private readonly keptRoom: KeptRoom,
  ) {}

  /** Resolves after the commit. @throws DomainError where the request is refused; what the database threw where it failed */
  async submit(request: SequencedRequest): Promise<SequencedOutcome> {
    const queue = this.queues.get(request.platformId) ?? { waiting: [], running: undefined };
    this.queues.set(request.platformId, queue);
    return new Promise((resolve, reject) => {
      queue.waiting.push({ request, resolve, reject });
      queue.running ??= this.drain(request.platformId);
    });
  }

  /** Windows and cells as they are in one moment, for who only asks. */
  peek(platformId: number, needs: readonly SequencerNeeds[]): Promise<{ state: LedgerState; revision: number }> {
    return this.transaction(
      platformId,
      async (tx) => {
        const { state, base } = await this.read(tx, platformId, needs, new Date());
        return { revision: base.revision, state };
      },
      'begin isolation level repeatable read read only',
    );
  }

  /** The cells of a state with the windows of now, for hints: whoever acts on one has it decided again. */
  async glance(state: LedgerState, needs: readonly SequencerNeeds[]): Promise<LedgerState> {
    try {
      return state.withWindows(await this.store.glance(state.planIds(), needs));
    } catch (error) {
      // the plan was superseded meanwhile and its windows dropped
      if (sqlFailure(error).state === UNDEFINED_TABLE) return state.withWindows([]);
      throw error;
    }
  }

  /** What is under way still commits before the pool closes. */
  async onModuleDestroy(): Promise<void> {
    for (const { running } of [...this.queues.values()]) await running;
  }

  private async drain(platformId: number): Promise<void> {
    const queue = this.queues.get(platformId)!;
    await new Promise((resolve) => setTimeout(resolve, GATHER_MILLISECONDS));
    while (queue.waiting.length > 0) await this.settle(platformId, queue.waiting.splice(0, MOST_REQUESTS));
    this.queues.delete(platformId);
  }

  /** Runs a batch; where it fails as a whole, each request again alone, so that nobody pays for somebody else's. */
  private async settle(platformId: number, batch: Waiting[], isAgain = false): Promise<void> {
    try {
      const requests = batch.map(({ request }) => request);
      const { outcomes, isRoomKept } = await this.connections.patiently(() =>
        this.transaction(platformId, (tx, end) => this.run(tx, end, platformId, requests)),
      );
      if (isRoomKept) this.keptRoom.tell(platformId);
      batch.forEach(({ resolve }, i) => resolve(outcomes[i]!));
    } catch (error) {
      // another replica kept an answer under the key of a request, without the platform's lock: the next look finds it
      if (!isAgain && isUniqueViolation(error)) return this.settle(platformId, batch, true);
      if (batch.length === 1 || isConnectionFailure(error)) for (const { reject } of batch) reject(error);
      else for (const one of batch) await this.settle(platformId, [one]);
    }
  }

  /** A plan whose windows were dropped meanwhile is no longer guessed to be published. */
  private async transaction<T>(
    platformId: number,
    work: (tx: EntityManager, end: () => Promise<unknown>) => Promise<T>,
    begin?: string,
  ): Promise<T> {
    try {
      return await this.connections.transaction(work, begin);
    } catch (error) {
      if (sqlFailure(error).state !== UNDEFINED_TABLE || !this.planIdsOf.delete(platformId)) throw error;
      return this.connections.transaction(work, begin);
    }
  }

  private async run(
    tx: EntityManager,
    end: () => Promise<unknown>,
    platformId: number,
    requests: readonly SequencedRequest[],
  ): Promise<{ outcomes: SequencedOutcome[]; isRoomKept: boolean }> {
    const needs = requests.map((request) => request.needs);
    // the reads leave with the lock: each sees what was committed before it was got
    const lock = this.connections.platformLock(tx, platformId);
    const [answered, read, laws, waited] = await Promise.all([
      this.answered(tx, requests),
      this.read(tx, platformId, needs, new Date()),
      this.laws.standing(tx, platformId, new Date()),
      this.keptRoom.waitedCells(tx, platformId, new Date()),
      lock,
    ]).catch(async (error: unknown) => {
      // without the lock every later statement fails too, and says only that
      await lock;
      throw error;
    });
    const now = new Date();
    const { state, plans, base, lapsed } = read;
    const judges = await judgesOf(laws, tx, platformId, needs, state, now);
    const fresh = requests.filter(({ id }) => !answered.has(id));
    const holds: HoldChange[] = [...lapsed];
    const changes: ChangeRow[] = [];
    const kept: CellDeltas = new Map();
    // kept room that nobody served in time is everybody's
    keep(
      state,
      waited,
      kept,
      state.deltasOf(
        [],
        lapsed.filter((hold) => holderOf(hold) !== KEPT_HOLDER_ID),
      ),
    );
    const settled = fresh.map((request): Settled => {
      const outcome = this.decide(state, request, judges, now, base.epoch, base.revision + changes.length);
      if (outcome.kind === 'accepted') {
        const { id: bookingId, reason, actor } = request;
        changes.push(...outcome.changes.map((change) => ({ ...change, bookingId, reason, changedBy: actor.subject })));
        holds.push(...outcome.holds);
        if (!request.isAfterServing) keep(state, waited, kept, state.deltasOf(outcome.changes, outcome.holds));
      }
      return { request, outcome };
    });
    if (kept.size > 0) holds.push({ taken: keptHold(randomUUID(), kept, now) });
    const last = { epoch: base.epoch, revision: base.revision + changes.length };
    const journals = byJournal(settled);
    const writes: Promise<unknown>[] = [
      this.store.addDeltas(tx, platformId, state.deltasOf(changes, holds)),
      this.store.writeHolds(tx, platformId, holds, now),
      ...(changes.length > 0 ? [this.writeWindows(tx, platformId, state, plans, changes, last)] : []),
      ...journals.map(([journal, own]) => journal.record(tx, own, last)),
    ];
    if (holds.length === 0 && journals.every(([journal, own]) => journal.leavesAtOnce(own))) writes.push(end());
    await Promise.all(writes);
    const outcomeOf = new Map(settled.map(({ request, outcome }) => [request.id, outcome]));
    const outcomes = requests.map(({ id }) => answered.get(id) ?? outcomeOf.get(id)!);
    return { outcomes, isRoomKept: kept.size > 0 };
  }

  private async answered(
    tx: EntityManager,
    requests: readonly SequencedRequest[],
  ): Promise<Map<string, SequencedOutcome>> {
    const answered = new Map<string, SequencedOutcome>();
    for (const journal of new Set(requests.map((request) => request.journal))) {
      const own = requests.filter((request) => request.journal === journal);
      for (const [id, outcome] of await journal.answered(tx, own)) answered.set(id, outcome);
    }
    return answered;
  }

  /** Everything that requests are decided on, in one round trip while the published plans stay the same. */
  private async read(
    tx: EntityManager,
    platformId: number,
    needs: readonly SequencerNeeds[],
    now: Date,
  ): Promise<{ state: LedgerState; plans: PublishedPlan[]; base: Revision; lapsed: HoldChange[] }> {
    const newWindowCount = needs.reduce((sum, need) => sum + need.newWindowCount, 0);
    const guessedIds = this.planIdsOf.get(platformId) ?? [];
    const [rows, base, newWindowIds, holds, cells, guessed] = await Promise.all([
      this.store.publishedPlans(tx, platformId),
      this.ledger.revision(platformId, tx),
      this.store.newWindowIds(tx, newWindowCount),
      this.store.holds(tx, platformId, needs, now),
      this.store.cells(tx, platformId, rangesOf(needs)),
      this.store.windows(tx, guessedIds, needs),
    ]);
    const planIds = rows.map(({ planId }) => planId);
    const windows = planIds.join() === guessedIds.join() ? guessed : await this.store.windows(tx, planIds, needs);
    this.planIdsOf.set(platformId, planIds);
    const plans = await this.withProfiles(tx, rows);
    const state = new LedgerState(plans, windows, cells, newWindowIds, holds);
    // whoever comes first after its end finds a hold gone, whether or not anybody swept it away
    const lapsed = holds
      .filter(({ expiresAt }) => expiresAt <= now)
      .map((hold) => ({ ended: hold, as: 'lapsed' as const }));
    state.apply({ changes: [], holds: lapsed }, state.deltasOf([], lapsed));
    return { state, plans, base, lapsed };
  }

  private async withProfiles(tx: EntityManager, rows: readonly PublishedPlanRow[]): Promise<PublishedPlan[]> {
    const plans: PublishedPlan[] = [];
    for (const row of rows) {
      let profiles = this.profilesOf.get(row.planId);
      if (!profiles) this.profilesOf.set(row.planId, (profiles = await this.store.profiles(tx, row.planId)));
      plans.push({ ...row, profiles });
    }
    return plans;
  }

  private decide(
    state: LedgerState,
    request: SequencedRequest,
    judges: readonly WindowJudge[],
    now: Date,
    epoch: number,
    revision: number,
  ): SequencedOutcome {
    try {
      const decided = request.decide(state, now);
      for (const judge of judges) judge(decided.changes);
      const changes = decided.changes.map((change, i): NumberedChange => {
        const after = change.after && { ...change.after, revision: revision + i + 1 };
        return { before: change.before, after, revision: revision + i + 1 };
      });
      const { holds } = decided;
      state.apply({ changes, holds }, state.deltasOf(changes, holds));
      return { kind: 'accepted', epoch, changes, holds };
    } catch (error) {
      if (error instanceof DomainError) return { kind: 'refused', error, state };
      throw error;
    }
  }

  private async writeWindows(
    tx: EntityManager,
    platformId: number,
    state: LedgerState,
    plans: readonly PublishedPlan[],
    changes: readonly ChangeRow[],
    last: { epoch: number; revision: number },
  ): Promise<void> {
    const works: Promise<void>[] = [];
    for (const { planId } of plans) {
      const ofPlan = changes.filter(({ before, after }) => (after ?? before)!.planId === planId);
      if (ofPlan.length === 0) continue;
      works.push(this.store.writeWindows(tx, planId, netChanges(ofPlan)));
      const byDepartment = new Map<number, NumberedChange[]>();
      for (const change of ofPlan) {
        const { departmentId } = (change.after ?? change.before)!;
        byDepartment.set(departmentId, [...(byDepartment.get(departmentId) ?? []), change]);
      }
      const loads = [...byDepartment].map(([departmentId, own]) => ({ departmentId, deltas: state.deltasOf(own) }));
      const others = plans.filter((plan) => plan.planId !== planId).map((plan) => plan.planId);
      works.push(this.store.addLoad(tx, planId, loads));
      if (others.length > 0) works.push(this.store.tellOthers(tx, others, state.deltasOf(ofPlan)));
    }
    works.push(this.store.recordChanges(tx, platformId, last, changes), this.ledger.announce(tx, platformId));
    await Promise.all(works);
  }
}

const holderOf = (change: HoldChange): number => ('taken' in change ? change.taken : change.ended).establishmentId;

/** Keeps for who waits what was given back where he waits, out of reach of the batch's next requests. */
function keep(state: LedgerState, waited: readonly CellSpan[], kept: CellDeltas, given: CellDeltas): void {
  const freed = state.freedIn(waited, given);
  state.keep(freed);
  for (const [cell, { sessions, logins }] of freed) {
    const before = kept.get(cell);
    kept.set(cell, { sessions: sessions + (before?.sessions ?? 0), logins: logins + (before?.logins ?? 0) });
  }
}

/** Judges of a batch by the laws that have something to ask, most often none. */
async function judgesOf(
  laws: readonly WindowLaw[],
  tx: EntityManager,
  platformId: number,
  needs: readonly SequencerNeeds[],
  state: LedgerState,
  now: Date,
): Promise<WindowJudge[]> {
  const classIds = [...new Set(needs.flatMap((need) => need.classIds))];
  const ofWindows = [...state.windows()].map(({ establishmentId }) => establishmentId);
  const establishmentIds = [...new Set([...needs.flatMap((need) => need.establishmentIds), ...ofWindows])];
  const judges: WindowJudge[] = [];
  for (const law of laws) judges.push(await law.judge(tx, platformId, { classIds, establishmentIds }, now));
  return judges;
}

/** Ranges of cells, those that touch or overlap as one: a crowd books on few days. */
function rangesOf(needs: readonly SequencerNeeds[]): [firstCell: number, endCell: number][] {
  const asked = new Map<string, readonly [number, number]>();
  for (const { cellRanges } of needs) for (const range of cellRanges) asked.set(range.join(), range);
  const ranges: [number, number][] = [];
  for (const [first, end] of [...asked.values()].sort((a, b) => a[0] - b[0])) {
    const last = ranges.at(-1);
    if (last && first <= last[1]) last[1] = Math.max(last[1], end);
    else ranges.push([first, end]);
  }
  return ranges;
}

/** A window that changed several times in a batch is written once: from what it was to what it is. */
function netChanges(changes: readonly NumberedChange[]): NumberedChange[] {
  const net = new Map<number, NumberedChange>();
  for (const change of changes) {
    const { windowId } = (change.after ?? change.before)!;
    const first = net.get(windowId);
    net.set(windowId, first ? { ...change, before: first.before } : change);
  }
  // what came and went within the batch never was
  return [...net.values()].filter(({ before, after }) => before !== null || after !== null);
}

function byJournal(settled: readonly Settled[]): [SequencerJournal, Settled[]][] {
  const groups = new Map<SequencerJournal, Settled[]>();
  for (const one of settled) {
    const known = groups.get(one.request.journal);
    if (known) known.push(one);
    else groups.set(one.request.journal, [one]);
  }
  return [...groups];
}
