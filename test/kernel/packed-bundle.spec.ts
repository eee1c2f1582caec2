import { gunzipSync, gzipSync } from 'node:zlib';
import type { BundleContent } from '../../src/kernel/decision/bundle-content';
import { BundleInvalid, gatePlanOf } from '../../src/kernel/decision/gate-plan';
import { packedBundle, plainBundle, type PackedBundle } from '../../src/kernel/decision/packed-bundle';
import { randomInteger, seededRandom } from '../../src/kernel/random';
import { anyBundle } from './any-bundle';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = seededRandom(seed);
const sent = (packed: PackedBundle) =>
  JSON.parse(gunzipSync(gzipSync(JSON.stringify(packed))).toString()) as PackedBundle;

describe(`a packed bundle (SEED=${seed})`, () => {
  it('says after its way what the plain one says, whatever is in it', () => {
    for (let k = 0; k < 200; k++) {
      const content = anyBundle(random);
      expect(plainBundle(sent(packedBundle(content)))).toEqual(content);
    }
  });

  it('holds ids that go down, days of 25 hours and more different windows than there are letters', () => {
    const content = anyBundle(random, 1);
    const owners = content.classes.id.length + 2;
    const count = Array.from({ length: owners }, (_, owner) => (owner === owners - 1 ? 260 : 0));
    const each = Array.from({ length: 260 }, (_, k) => k);
    const wide: BundleContent = {
      ...content,
      endCell: content.firstCell + 2 * 288 + 12,
      classes: { ...content.classes, id: content.classes.id.map((_, k) => 1000 - 7 * k) },
      windows: {
        count,
        gap: each.map((k) => (k === 0 ? 0 : 2)),
        cellCount: each.map((k) => k + 1),
        activity: each.map((k) => k % 2),
      },
    };
    expect(plainBundle(sent(packedBundle(wide)))).toEqual(wide);
  });

  it('writes no character twice as JSON, and is the same bytes for the same content', () => {
    const { windows } = packedBundle(anyBundle(random));
    for (const text of [windows.perDay, windows.start, windows.shape]) expect(JSON.stringify(text)).toBe(`"${text}"`);
    const content = anyBundle(random);
    expect(JSON.stringify(packedBundle(structuredClone(content)))).toBe(JSON.stringify(packedBundle(content)));
  });

  it('is refused where its columns do not fit each other', () => {
    const packed = packedBundle(someWindows());
    const { start, shape, shapesEach, perDay } = packed.windows;
    const spoilt: Partial<PackedBundle['windows']>[] = [
      { start: start.slice(1) },
      { start: start.slice(shapesEach), shape: shape.slice(1) },
      { start: `${start}#`, shape: `${shape}#`, shapesEach: 1 },
      { shapesEach: 0 },
      { shape: `${shape}#` },
      { start: `\\${start.slice(1)}` },
      { start: `\u0020${start.slice(1)}` },
      { start: `\ud800${start.slice(1)}` },
      { starts: [] },
      { shapes: [], shapesEach },
      { perDay: perDay.slice(1) },
      { perDay: `~${perDay.slice(1)}` },
      { perDay: perDay.slice(3) },
    ];
    for (const changed of spoilt) {
      const read = () => gatePlanOf(plainBundle({ ...packed, windows: { ...packed.windows, ...changed } }));
      expect(read).toThrow(BundleInvalid);
    }
  });
});

/** A bundle in which somebody has a window. */
function someWindows(): BundleContent {
  for (;;) {
    const content = anyBundle(random, 1 + randomInteger(random, 3));
    if (content.windows.gap.length > 1) return content;
  }
}
