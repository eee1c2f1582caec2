import fc from 'fast-check';
import type { PlanColumns } from './plan-draft';
import { fillIds, identityKey, inheritedIds, seriesIds } from './window-ids.rules';

interface Identity {
  establishmentId: number;
  classId: number;
  audience: number;
  localDay: number;
  ordinal: number;
}
const id = fc.integer({ min: 1, max: 2_147_483_647 });
const identity: fc.Arbitrary<Identity> = fc.record({
  establishmentId: id,
  classId: fc.oneof(id, fc.constant(-1)),
  audience: fc.integer({ min: 0, max: 2 }),
  localDay: fc.integer({ min: 20_000, max: 20_069 }),
  ordinal: fc.integer({ min: 0, max: 255 }),
});
const keyOf = (w: Identity): number => identityKey(w.establishmentId, w.classId, w.audience, w.localDay, w.ordinal);
/** What an identity is, in words: a class needs no establishment. */
const nameOf = (w: Identity): string =>
  [w.classId < 0 ? `e${w.establishmentId}` : `c${w.classId}`, w.audience, w.localDay, w.ordinal].join('/');

const columnsOf = (windows: (Identity & { startCell?: number; series?: number })[]): PlanColumns =>
  ({
    windowCount: windows.length,
    establishmentId: Int32Array.from(windows, (w) => w.establishmentId),
    classId: Int32Array.from(windows, (w) => w.classId),
    audience: Uint8Array.from(windows, (w) => w.audience),
    localDay: Int32Array.from(windows, (w) => w.localDay),
    ordinal: Uint8Array.from(windows, (w) => w.ordinal),
    startCell: Int32Array.from(windows, (w) => w.startCell ?? 0),
    series: Int32Array.from(windows, (w) => w.series ?? -1),
  }) as PlanColumns;

describe('window ids', () => {
  it('tell windows of a campaign apart exactly as class or establishment, audience, date and ordinal do', () => {
    fc.assert(
      fc.property(identity, identity, (a, b) => {
        expect(Number.isSafeInteger(keyOf(a))).toBe(true);
        expect(keyOf(a) === keyOf(b)).toBe(nameOf(a) === nameOf(b));
      }),
    );
    fc.assert(
      fc.property(identity, fc.constantFrom('classId', 'audience', 'localDay', 'ordinal'), (a, field) => {
        const b = { ...a, [field]: a[field] === 1 ? 2 : 1 };
        expect(keyOf(a) === keyOf(b)).toBe(nameOf(a) === nameOf(b));
      }),
    );
  });

  it('are inherited once each, and never given twice', () => {
    fc.assert(
      fc.property(fc.array(identity, { maxLength: 30 }), fc.array(identity, { maxLength: 30 }), (old, fresh) => {
        const known = new Map([...old, ...fresh.slice(0, 5)].map((w, i) => [keyOf(w), i + 1]));
        const expected = new Map(known);
        const windows = [...fresh, ...old];
        const ids = inheritedIds(columnsOf(windows), known);
        fillIds(ids, [
          { first: 1000, count: 3 },
          { first: 2000, count: 100 },
        ]);
        expect(new Set(ids).size).toBe(ids.length);
        windows.forEach((w, i) => {
          const isFirst = windows.findIndex((other) => nameOf(other) === nameOf(w)) === i;
          if (isFirst) expect(ids[i]! < 1000 ? ids[i] : undefined).toBe(expected.get(keyOf(w)));
        });
      }),
    );
  });

  it('name a series after its earliest window, whatever the order of the columns', () => {
    const window = { establishmentId: 1, classId: 1, audience: 0, localDay: 20_000, ordinal: 0 };
    const columns = columnsOf([
      { ...window, startCell: 30, series: 4 },
      { ...window, startCell: 10 },
      { ...window, startCell: 20, series: 4 },
      { ...window, startCell: 25, series: 9 },
    ]);
    expect([...seriesIds(columns, Float64Array.of(11, 12, 13, 14))]).toEqual([13, 0, 13, 14]);
  });
});
