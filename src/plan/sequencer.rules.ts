import { LEAD_CELLS } from '../kernel/cell-grid';
import { windowLoad } from '../kernel/load/profile';
import type { PlanProfile } from './plan-draft';
import type { OverfullCell } from './plan.errors';

/** A published window as the sequencer decides on it; columns as in plan_window. */
export interface LedgerWindow {
  windowId: number;
  planId: number;
  establishmentId: number;
  departmentId: number;
  classId: number | null;
  audience: number;
  activity: number;
  origin: number;
  cellCount: number;
  ordinal: number;
  profileId: number;
  date: string;
  startCell: number;
  wishCell: number | null;
  headcount: number;
  teacherKeyId: number | null;
  seriesId: number | null;
  revision: number;
}

/** A cell of the ledger, in whole thousandths. */
export interface LedgerCell {
  cell: number;
  sessions: number;
  sessionLimit: number;
  logins: number;
  loginLimit: number;
}

/** One window before and after; null for a window that comes or goes. */
export interface WindowChange {
  before: LedgerWindow | null;
  after: LedgerWindow | null;
}

/** What is in force, and how its windows weigh. */
export interface PublishedPlan {
  planId: number;
  publishedRevision: number;
  profiles: readonly PlanProfile[];
}

/** Net load per cell, in whole thousandths. */
export type CellDeltas = Map<number, { sessions: number; logins: number }>;

/** Room that is kept for an establishment before it is a window; it loads its cells like one, never below zero. */
export interface LedgerHold {
  holdId: string;
  establishmentId: number;
  expiresAt: Date;
  cells: CellDeltas;
}

/** A hold that comes, or one that goes and how it ends. */
export type HoldChange = { taken: LedgerHold } | { ended: LedgerHold; as: 'confirmed' | 'cancelled' | 'lapsed' };

/** What a request makes of windows and holds. */
export interface Decision {
  changes: WindowChange[];
  holds: HoldChange[];
}

export function kindOfChange({ before, after }: WindowChange): 'move' | 'add' | 'release' {
  return before === null ? 'add' : after === null ? 'release' : 'move';
}

/**
 * The windows and cells that the requests of a batch need, as they are under the platform's lock, and after each request that
 * was accepted as it left them. It only reads and adds: nothing here knows a database.
 */
export class LedgerState {
  private readonly windowOf = new Map<number, LedgerWindow>();
  private cellOf = new Map<number, LedgerCell>();
  private planOf = new Map<number, PublishedPlan>();
  private readonly holdOf = new Map<string, LedgerHold>();
  private loads = new Map<string, { sessions: number[]; logins: number[] }>();
  private readonly claimed = new Set<string>();

  /** Takes the cells over: they change with what is applied. */
  constructor(
    plans: readonly PublishedPlan[],
    windows: readonly LedgerWindow[],
    cells: readonly LedgerCell[],
    private readonly newWindowIds: number[],
    holds: readonly LedgerHold[] = [],
  ) {
    for (const plan of plans) this.planOf.set(plan.planId, plan);
    for (const window of windows) this.windowOf.set(window.windowId, window);
    for (const cell of cells) this.cellOf.set(cell.cell, cell);
    for (const hold of holds) this.holdOf.set(hold.holdId, hold);
  }

  /** The same plans and cells with windows that were read since: for who only asks. */
  withWindows(windows: readonly LedgerWindow[]): LedgerState {
    const other = new LedgerState([], windows, [], []);
    other.planOf = this.planOf;
    other.cellOf = this.cellOf;
    other.loads = this.loads;
    return other;
  }

  /** Lets a window be tried with a load that no window of its plan has. */
  alsoProfile(planId: number, profile: PlanProfile): void {
    const plan = this.planOf.get(planId);
    if (plan) this.planOf.set(planId, { ...plan, profiles: [...plan.profiles, profile] });
  }

  planIds(): number[] {
    return [...this.planOf.keys()];
  }

  plan(planId: number): PublishedPlan | undefined {
    return this.planOf.get(planId);
  }

  window(windowId: number): LedgerWindow | undefined {
    return this.windowOf.get(windowId);
  }

  windows(): IterableIterator<LedgerWindow> {
    return this.windowOf.values();
  }

  cell(cell: number): Readonly<LedgerCell> | undefined {
    return this.cellOf.get(cell);
  }

  /** A live hold. */
  hold(holdId: string): LedgerHold | undefined {
    return this.holdOf.get(holdId);
  }

  /** The live holds that were asked for. */
  holds(): IterableIterator<LedgerHold> {
    return this.holdOf.values();
  }

  /** What is decided where the room of holds counts as free. */
  withoutHolds<T>(holds: readonly LedgerHold[], decide: () => T): T {
    for (const { cells } of holds) this.addToCells(cells, -1);
    try {
      return decide();
    } finally {
      for (const { cells } of holds) this.addToCells(cells, 1);
    }
  }

  /** Takes what one request of a batch alone may have; false where another one has it already. */
  claim(name: string): boolean {
    if (this.claimed.has(name)) return false;
    this.claimed.add(name);
    return true;
  }

  /** An id that no window ever had. */
  takeWindowId(): number {
    const id = this.newWindowIds.pop();
    if (id === undefined) throw new Error('the request asked for fewer new windows than it makes');
    return id;
  }

  /** The revision at which a window was last touched, by itself or with its plan: what If-Match compares. */
  revisionOf(window: LedgerWindow): number {
    return Math.max(window.revision, this.planOf.get(window.planId)?.publishedRevision ?? 0);
  }

  /** What windows and holds that go and come add to each cell; cells in which nothing changes are left out. */
  deltasOf(changes: readonly WindowChange[], holds: readonly HoldChange[] = []): CellDeltas {
    const deltas: CellDeltas = new Map();
    for (const { before, after } of changes) {
      if (before) this.addLoad(deltas, before, -1);
      if (after) this.addLoad(deltas, after, 1);
    }
    for (const change of holds) {
      const [{ cells }, times] = 'taken' in change ? [change.taken, 1] : [change.ended, -1];
      for (const [cell, { sessions, logins }] of cells) addTo(deltas, cell, times * sessions, times * logins);
    }
    for (const [cell, { sessions, logins }] of deltas) if (sessions === 0 && logins === 0) deltas.delete(cell);
    return deltas;
  }

  /** The cells that the deltas would fill over their limit, in order: a cell that gets no fuller never counts, however full it is. */
  overfilledBy(deltas: CellDeltas): OverfullCell[] {
    const overfull: OverfullCell[] = [];
    for (const [cell, delta] of deltas) {
      const known = this.cellOf.get(cell) ?? { cell, sessions: 0, sessionLimit: 0, logins: 0, loginLimit: 0 };
      const sessions = known.sessions + delta.sessions;
      const logins = known.logins + delta.logins;
      if ((delta.sessions > 0 && sessions > known.sessionLimit) || (delta.logins > 0 && logins > known.loginLimit)) {
        overfull.push({ cell, sessions, sessionLimit: known.sessionLimit, logins, loginLimit: known.loginLimit });
      }
    }
    return overfull.sort((a, b) => a.cell - b.cell);
  }

  /** What deltas that were applied gave back in some cells, as far as it is room: under a limit that fell it is none. */
  freedIn(spans: readonly (readonly [firstCell: number, endCell: number])[], deltas: CellDeltas): CellDeltas {
    const freed: CellDeltas = new Map();
    if (spans.length === 0) return freed;
    for (const [cell, delta] of deltas) {
      if (delta.sessions >= 0 && delta.logins >= 0) continue;
      if (!spans.some(([first, end]) => cell >= first && cell < end)) continue;
      // a request that only ends a hold reads no cells
      const known = this.cellOf.get(cell);
      const sessions = Math.max(0, Math.min(-delta.sessions, known ? known.sessionLimit - known.sessions : Infinity));
      const logins = Math.max(0, Math.min(-delta.logins, known ? known.loginLimit - known.logins : Infinity));
      if (sessions > 0 || logins > 0) freed.set(cell, { sessions, logins });
    }
    return freed;
  }

  /** Takes room away before the next request of the batch. */
  keep(cells: CellDeltas): void {
    this.addToCells(cells, 1);
  }

  /** Takes an accepted decision over: what the next request of the batch is decided against. @throws Error where it changes a window twice: its load would be counted twice */
  apply({ changes, holds }: Decision, deltas: CellDeltas): void {
    const changed = new Set(changes.map(({ before, after }) => (after ?? before)!.windowId));
    if (changed.size < changes.length) throw new Error('a decision changes a window twice');
    for (const { before, after } of changes) {
      if (before) this.windowOf.delete(before.windowId);
      if (after) this.windowOf.set(after.windowId, after);
    }
    for (const change of holds) {
      if ('taken' in change) this.holdOf.set(change.taken.holdId, change.taken);
      else this.holdOf.delete(change.ended.holdId);
    }
    this.addToCells(deltas, 1);
  }

  private addToCells(deltas: CellDeltas, times: 1 | -1): void {
    for (const [cell, { sessions, logins }] of deltas) {
      const known = this.cellOf.get(cell);
      if (!known) continue;
      known.sessions += times * sessions;
      known.logins += times * logins;
    }
  }

  private addLoad(deltas: CellDeltas, window: LedgerWindow, times: 1 | -1): void {
    const { sessions, logins } = this.loadOf(window);
    const first = window.startCell - LEAD_CELLS;
    for (let k = 0; k < sessions.length; k++) addTo(deltas, first + k, times * sessions[k]!, times * logins[k]!);
  }

  /** Load of a window: ceil(headcount x participation per mille x profile per mille / 1000) in each cell of its profile. */
  private loadOf({ planId, profileId, headcount }: LedgerWindow): { sessions: number[]; logins: number[] } {
    const key = `${planId} ${profileId} ${headcount}`;
    let load = this.loads.get(key);
    if (!load) {
      const profile = this.planOf.get(planId)?.profiles.find((one) => one.profileId === profileId);
      if (!profile) throw new Error(`plan ${planId} has no profile ${profileId}`);
      const scale = headcount * profile.participationPerMille;
      load = {
        sessions: profile.sessionsPerMille.map((perMille) => windowLoad(scale, perMille)),
        logins: profile.loginsPerMille.map((perMille) => windowLoad(scale, perMille)),
      };
      this.loads.set(key, load);
    }
    return load;
  }
}

function addTo(deltas: CellDeltas, cell: number, sessions: number, logins: number): void {
  const delta = deltas.get(cell);
  if (delta) {
    delta.sessions += sessions;
    delta.logins += logins;
  } else deltas.set(cell, { sessions, logins });
}
