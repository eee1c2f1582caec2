import * as fc from 'fast-check';
import { compileRule } from '../src/campaign/compiled-rule';
import { ORIGINS } from '../src/campaign/window-kind';
import type { PlanProfile } from '../src/plan/plan-draft';
import {
  type HoldChange,
  type LedgerCell,
  type LedgerHold,
  LedgerState,
  type LedgerWindow,
  type WindowChange,
} from '../src/plan/sequencer.rules';
import { BookingRefused } from '../src/booking/booking.errors';
import type { Operation, Target } from '../src/booking/booking-operation';
import { decideBooking } from '../src/booking/booking-operation.rules';
import type { BookingOwner, OwnerDay } from '../src/booking/booking-owner';
import { heldCells } from '../src/booking/hold.rules';

export const NOW = new Date('2026-12-07T05:00:00Z');
export const MONDAY_CELL = Date.UTC(2026, 11, 6, 23) / 300_000;
const CELLS_PER_DAY = 288;
const CELLS_OF_STATE = 600;
/** Room in each cell: for some two of the windows at once. */
export const LIMIT = 60_000;
export const CLASS_COUNT = 5;
export const DATES = ['2026-12-07', '2026-12-08'];
export const PROFILE: PlanProfile = {
  profileId: 1,
  audience: 'pupils',
  levelGroup: 'college',
  activity: 'open',
  windowCells: 6,
  participationPerMille: 700,
  sessionsPerMille: [100, 600, 800, 900, 950, 1000, 1000, 500, 333],
  loginsPerMille: [100, 500, 200, 100, 50, 50, 0, 0, 0],
};
const RULE = compileRule({
  audience: 'pupils',
  levelGroups: [],
  levels: [],
  activity: 'open',
  windowMinutes: 30,
  windowsPerDay: 2,
  windowsPerHalfDay: 1,
  windowsPerWeek: null,
  minimumGapMinutes: 0,
  hours: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '12:00' }],
});
export const DAYS = new Map(
  DATES.map((date, i): [string, OwnerDay] => [
    date,
    {
      date,
      weekday: i + 1,
      openHalves: 3,
      firstCell: MONDAY_CELL + i * CELLS_PER_DAY,
      isRegular: true,
      closed: [],
      wishedMinutes: [],
    },
  ]),
);
/** The establishment of three classes that nothing but its line keeps apart; the others are alone in theirs. */
export const LINED = { id: 2, classIds: [2, 4, 5] } as const;
const establishmentOf = (classId: number): number =>
  (LINED.classIds as readonly number[]).includes(classId) ? LINED.id : classId;
/** Classes 1 and 4 have one teacher, who is bound while they are live. */
const TEACHER_OF: Readonly<Record<number, number>> = { 1: 7, 4: 7 };
const LIVE = 1;
const FIXED = ORIGINS.indexOf('fixed');
/** Whose window it is; `lineLimit`: windows at once that the line of `LINED` takes, null where it has no limit. */
export const ownerOf = (classId: number, lineLimit: number | null = null): BookingOwner => ({
  platformId: 1,
  planId: 1,
  campaignId: 1,
  classId,
  establishmentId: establishmentOf(classId),
  uai: `000000${establishmentOf(classId)}A`,
  departmentId: 1,
  timeZone: 'Europe/Paris',
  audience: 'pupils',
  levelGroup: 'college',
  headcount: 20 + classId,
  windowLimit: establishmentOf(classId) === LINED.id ? lineLimit : null,
  // a group of classes 1 and 2
  conflictClassIds: classId === 3 ? [1, 2] : classId < 3 ? [3] : [],
  soleTeacherKeyId: TEACHER_OF[classId] ?? null,
  rule: RULE,
  activity: TEACHER_OF[classId] === undefined ? 'open' : 'live',
  campaign: { startsOn: DATES[0]!, endsOn: DATES[1]! },
  days: DAYS,
});
export const windowOf = (
  classId: number,
  day: number,
  startMinute: number,
  headcount = 20 + classId,
): LedgerWindow => ({
  windowId: classId * 10 + day,
  planId: 1,
  establishmentId: establishmentOf(classId),
  departmentId: 1,
  classId,
  audience: 0,
  activity: TEACHER_OF[classId] === undefined ? 0 : LIVE,
  origin: 0,
  cellCount: 6,
  ordinal: 0,
  profileId: 1,
  date: DATES[day]!,
  startCell: MONDAY_CELL + day * CELLS_PER_DAY + startMinute / 5,
  wishCell: null,
  headcount,
  teacherKeyId: TEACHER_OF[classId] ?? null,
  // one series for each class, over both days
  seriesId: 100 + classId,
  revision: 0,
});

/** Cells as a sum over the windows, by nothing but the formula. */
export function sumOf(windows: Iterable<LedgerWindow>): Map<number, [sessions: number, logins: number]> {
  const cells = new Map<number, [number, number]>();
  for (const { startCell, headcount } of windows) {
    PROFILE.sessionsPerMille.forEach((sessions, k) => {
      const known = cells.get(startCell - 1 + k) ?? [0, 0];
      const logins = PROFILE.loginsPerMille[k]!;
      cells.set(startCell - 1 + k, [
        known[0] + Math.ceil((headcount * 700 * sessions) / 1000),
        known[1] + Math.ceil((headcount * 700 * logins) / 1000),
      ]);
    });
  }
  return cells;
}

export function stateOf(windows: readonly LedgerWindow[], limit = LIMIT): LedgerState {
  const sums = sumOf(windows);
  const cells: LedgerCell[] = Array.from({ length: 2 * CELLS_PER_DAY + 24 }, (_, i) => {
    const cell = MONDAY_CELL - 12 + i;
    const [sessions, logins] = sums.get(cell) ?? [0, 0];
    return { cell, sessions, sessionLimit: limit, logins, loginLimit: limit };
  });
  const newIds = Array.from({ length: 200 }, (_, i) => 10_000 + i);
  return new LedgerState([{ planId: 1, publishedRevision: 1, profiles: [PROFILE] }], windows, cells, newIds);
}
export const cellsOf = (state: LedgerState): LedgerCell[] =>
  Array.from({ length: CELLS_OF_STATE }, (_, i) => state.cell(MONDAY_CELL - 12 + i)!);
/** What a state says of windows and cells, whatever their order and revisions. */
export const snapshotOf = (state: LedgerState): unknown => ({
  windows: [...state.windows()].map((w) => ({ ...w, revision: 0 })).sort((a, b) => a.windowId - b.windowId),
  cells: cellsOf(state),
});

/** Everybody's windows of both days, one after the other. */
export const START = [0, 1].flatMap((day) =>
  Array.from({ length: CLASS_COUNT }, (_, i) => windowOf(i + 1, day, 480 + 45 * i)),
);

/** What a week begins with: which of its windows are fixed, and how many of them at once the line of `LINED` takes. */
export interface Beginning {
  fixedIds: readonly number[];
  lineLimit: number | null;
}
export const BEGINNING: fc.Arbitrary<Beginning> = fc.record({
  fixedIds: fc.subarray(
    START.map(({ windowId }) => windowId),
    { maxLength: 2 },
  ),
  lineLimit: fc.constantFrom(null, 1, 1, 2),
});
export const withFixed = (windows: readonly LedgerWindow[], fixedIds: readonly number[]): LedgerWindow[] =>
  windows.map((window) => (fixedIds.includes(window.windowId) ? { ...window, origin: FIXED } : window));

/** What somebody tries next. */
export interface Attempt {
  kind: 'move' | 'add' | 'release' | 'swap' | 'undo' | 'hold' | 'confirm' | 'cancel';
  first: number;
  second: number;
  day: number;
  startMinute: number;
  isSeries: boolean;
}
export const ATTEMPT: fc.Arbitrary<Attempt> = fc.record({
  kind: fc.constantFrom('move', 'move', 'add', 'release', 'swap', 'undo', 'hold', 'confirm', 'cancel'),
  first: fc.nat(),
  second: fc.nat(),
  day: fc.nat({ max: 1 }),
  startMinute: fc.integer({ min: 96, max: 138 }).map((cell) => cell * 5),
  isSeries: fc.boolean(),
});

/** Somebody who books, holds and takes back whatever is tried, on a state of its own. */
export class Booker {
  private revision = 1;
  private holdCount = 0;
  readonly done: WindowChange[][] = [];
  /** Live holds with what they are for. */
  readonly held: { hold: LedgerHold; operation: Operation }[] = [];
  /** Accepted operations of more than one window, and whatever was held and confirmed. */
  readonly counts = { series: 0, held: 0, confirmed: 0 };
  /** Refusals by their code. */
  readonly refusals = new Map<string, number>();

  constructor(
    readonly state: LedgerState,
    private readonly lineLimit: number | null = null,
  ) {}

  /** The changes that were made, undefined where they were refused. */
  book(operation: Operation, ended?: LedgerHold): WindowChange[] | undefined {
    const decided = this.decided(operation, ended);
    if (!decided) return undefined;
    const changes = decided.map(({ before, after }) => ({
      before,
      after: after && { ...after, revision: ++this.revision },
    }));
    this.apply(changes, ended ? [{ ended, as: 'confirmed' }] : []);
    this.done.push(changes);
    if ('isSeries' in operation && operation.isSeries) this.counts.series++;
    return changes;
  }

  hold(operation: Operation): void {
    const changes = this.decided(operation);
    if (!changes) return;
    const cells = heldCells(this.state.deltasOf(changes));
    const hold = { holdId: `hold ${this.holdCount++}`, establishmentId: 1, expiresAt: NOW, cells };
    this.apply([], [{ taken: hold }]);
    this.held.push({ hold, operation });
    this.counts.held++;
  }

  /** Makes a booking of a hold, or gives its room back. */
  end(index: number, isConfirmed: boolean): void {
    const [one] = this.held.splice(index % Math.max(1, this.held.length), 1);
    if (!one) return;
    if (isConfirmed && this.book(one.operation, one.hold)) this.counts.confirmed++;
    else this.apply([], [{ ended: one.hold, as: 'cancelled' }]);
  }

  attempt({ kind, first, second, day, startMinute, isSeries }: Attempt): void {
    if (kind === 'confirm' || kind === 'cancel') return this.end(first, kind === 'confirm');
    const windows = [...this.state.windows()];
    const one = windows[first % windows.length];
    const other = windows[second % windows.length];
    const owner = this.ownerOf(1 + (first % CLASS_COUNT));
    const days = isSeries ? [...DAYS.values()] : [DAYS.get(DATES[day]!)!];
    if (kind === 'add') {
      const targets = days.map((dayAt): Target => ({ owner, windowId: null, day: dayAt, startMinute, cellCount: 6 }));
      this.book({ kind, targets, isSeries, profileId: 1 });
    } else if (kind === 'undo') {
      const done = this.done[first % Math.max(1, this.done.length)];
      if (done) this.book(this.undoOf(done));
    } else if (!one || !other || (kind === 'swap' && one === other)) return;
    else if (kind === 'release') {
      const released = isSeries ? this.seriesOf(one) : [one];
      this.book({ kind, windowIds: released.map(({ windowId }) => windowId) });
    } else if (kind === 'swap') {
      this.book(this.swapOf(one, other));
    } else {
      const moved = isSeries ? this.seriesOf(one) : [one];
      const targets = moved.map((window): Target => {
        const dayAt = isSeries ? DAYS.get(window.date)! : days[0]!;
        return {
          owner: this.ownerOf(window.classId!),
          windowId: window.windowId,
          day: dayAt,
          startMinute,
          cellCount: 6,
        };
      });
      const operation = { kind: 'move', targets, isSeries } as const;
      if (kind === 'hold') this.hold(operation);
      else this.book(operation);
    }
  }

  undoOf(done: readonly WindowChange[]): Operation {
    const owners = done.map(({ before, after }) => {
      const { windowId, classId } = (before ?? after)!;
      return [windowId, this.ownerOf(classId!)] as const;
    });
    return { kind: 'undo', done, owners: new Map(owners) };
  }

  swapOf(one: LedgerWindow, other: LedgerWindow): Operation {
    return { kind: 'swap', isSeries: false, targets: [this.targetAt(one, other), this.targetAt(other, one)] };
  }

  private targetAt(window: LedgerWindow, place: LedgerWindow): Target {
    const day = DAYS.get(place.date)!;
    const startMinute = (place.startCell - day.firstCell) * 5;
    return { owner: this.ownerOf(window.classId!), windowId: window.windowId, day, startMinute, cellCount: 6 };
  }

  private ownerOf(classId: number): BookingOwner {
    return ownerOf(classId, this.lineLimit);
  }

  private seriesOf(one: LedgerWindow): LedgerWindow[] {
    if (one.seriesId === null) return [one];
    return [...this.state.windows()].filter(({ seriesId }) => seriesId === one.seriesId);
  }

  private decided(operation: Operation, freed?: LedgerHold): WindowChange[] | undefined {
    try {
      return this.state.withoutHolds(freed ? [freed] : [], () =>
        decideBooking(operation, 1, new Map(), this.state, NOW),
      );
    } catch (error) {
      if (!(error instanceof BookingRefused)) throw error;
      this.refusals.set(error.code, (this.refusals.get(error.code) ?? 0) + 1);
      return undefined;
    }
  }

  private apply(changes: WindowChange[], holds: HoldChange[]): void {
    this.state.apply({ changes, holds }, this.state.deltasOf(changes, holds));
  }
}
