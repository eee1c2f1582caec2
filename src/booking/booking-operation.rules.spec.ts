import * as fc from 'fast-check';
import { type LedgerCell, LedgerState } from '../plan/sequencer.rules';
import {
  Booker,
  DATES,
  DAYS,
  LIMIT,
  MONDAY_CELL,
  NOW,
  ownerOf,
  PROFILE,
  snapshotOf,
  START,
  stateOf,
  sumOf,
  windowOf,
} from '../../test/booking-sequence';
import { type BookingRefused } from './booking.errors';
import type { Operation } from './booking-operation';
import { decideBooking } from './booking-operation.rules';

describe('bookings', () => {
  it('change no cell when windows of the same load are swapped, whatever the limit is', () => {
    fc.assert(
      fc.property(fc.nat({ max: 4 }), fc.nat({ max: 4 }), (a, b) => {
        const alike = START.map((w) => ({ ...w, headcount: 25 }));
        // far from everybody else, so that the swap has nothing against it but the cells
        const windows = [alike[a]!, alike[5 + b]!];
        const booker = new Booker(stateOf(windows, 0));
        const before = snapshotOf(booker.state) as { cells: unknown };
        expect(booker.book(booker.swapOf(windows[0]!, windows[1]!))).toHaveLength(2);
        expect((snapshotOf(booker.state) as { cells: unknown }).cells).toEqual(before.cells);
      }),
    );
  });

  it('bring no cell over its limit when windows of other loads are swapped: what one place gains the other loses, or all of it is refused', () => {
    const counts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 45_000 }),
        (one, other, limit) => {
          const windows = [windowOf(2, 0, 480, one), windowOf(5, 0, 600, other)];
          const before = sumOf(windows);
          const after = sumOf([
            { ...windows[0]!, startCell: windows[1]!.startCell },
            { ...windows[1]!, startCell: windows[0]!.startCell },
          ]);
          const isAllowed = [...after].every(([cell, loads]) =>
            loads.every((load, what) => load <= before.get(cell)![what]! || load <= limit),
          );
          const booker = new Booker(stateOf(windows, limit));
          // of equal loads no cell changes, whatever the limit is
          expect(booker.book(booker.swapOf(windows[0]!, windows[1]!)) !== undefined).toBe(isAllowed);
          counts[isAllowed ? 'accepted' : 'refused']++;
          const [first, second] = windows.map(({ startCell }) => startCell - 1) as [number, number];
          for (let k = 0; k < PROFILE.sessionsPerMille.length; k++) {
            const [a, b] = [booker.state.cell(first + k)!, booker.state.cell(second + k)!];
            for (const [what, at] of [
              ['sessions', 0],
              ['logins', 1],
            ] as const) {
              const [wasA, wasB] = [before.get(first + k)![at], before.get(second + k)![at]];
              expect(a[what] + b[what]).toBe(wasA + wasB);
              expect(a[what]).toBeLessThanOrEqual(Math.max(wasA, limit));
              expect(b[what]).toBeLessThanOrEqual(Math.max(wasB, limit));
            }
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(10);
  });
});

describe('a cell over its limit since the capacity fell', () => {
  const moveTo = (startMinute: number): Operation => {
    const day = DAYS.get(DATES[0]!)!;
    return {
      kind: 'move',
      targets: [{ owner: ownerOf(1), windowId: 10, day, startMinute, cellCount: 6 }],
      isSeries: false,
    };
  };

  it('gives a window away, but takes none', () => {
    const windows = [windowOf(1, 0, 480), windowOf(4, 0, 600)];
    const sums = sumOf(windows);
    const cells = Array.from({ length: 300 }, (_, i): LedgerCell => {
      const cell = MONDAY_CELL - 12 + i;
      const [sessions, logins] = sums.get(cell) ?? [0, 0];
      // from 8 to 11 h there is no capacity left at all
      const limit = cell < MONDAY_CELL + 132 ? 0 : LIMIT;
      return { cell, sessions, sessionLimit: limit, logins, loginLimit: limit };
    });
    const state = new LedgerState([{ planId: 1, publishedRevision: 1, profiles: [PROFILE] }], windows, cells, []);
    const booker = new Booker(state);
    expect(booker.book(moveTo(540))).toBeUndefined();
    expect(booker.book(moveTo(690))).toHaveLength(1);
    expect(booker.book(moveTo(480))).toBeUndefined();
  });

  it('names three starts that really are free', () => {
    const windows = [windowOf(1, 0, 480), windowOf(5, 0, 600, 70)];
    try {
      decideBooking(moveTo(600), 1, new Map(), stateOf(windows), NOW);
    } catch (error) {
      const { code, facts } = error as BookingRefused;
      expect(code).toBe('booking.cell_full');
      const alternatives = facts.alternatives as { startCell: number }[];
      expect(alternatives).toHaveLength(3);
      for (const { startCell } of alternatives) {
        expect(new Booker(stateOf(windows)).book(moveTo((startCell - MONDAY_CELL) * 5))).toHaveLength(1);
      }
      return;
    }
    throw new Error('the full cell was given away');
  });
});
