import { CELLS_PER_DAY } from '../cell-grid';
import type { BundleContent } from './bundle-content';
import { BundleInvalid } from './gate-plan';

/**
 * A bundle as it travels (`etale-bundle/2`): what every window has is one character of a text, what every class has an id that
 * counts from the one before. At scale L half a megabyte less of 2.1, gzipped: a number between commas costs half as much again
 * as the news that it holds.
 */
export interface PackedBundle extends Omit<BundleContent, 'format' | 'establishments' | 'classes' | 'windows'> {
  format: 'etale-bundle/2';
  establishments: WithIdGap<BundleContent['establishments']>;
  classes: WithIdGap<BundleContent['classes']>;
  /** Owners in the order of the plain columns; their windows by start. */
  windows: {
    /** Windows of each owner on each day: as many characters an owner as there are days. A day is 288 cells from firstCell on. */
    perDay: string;
    /** Cells after the beginning of a day at which windows start, those of the most windows first. */
    starts: readonly number[];
    /** Of each window, its place in `starts`. */
    start: string;
    /** Lengths in cells with activities that windows have, those of the most windows first. */
    shapes: readonly (readonly [cellCount: number, activity: number])[];
    /** So many windows share one character of `shape`. */
    shapesEach: number;
    /** Of `shapesEach` windows, their places in `shapes` as digits of that base, the first window's first; at the end filled with 0. */
    shape: string;
  };
}

/** Ids as differences: of each to the one before, of the first to 0. */
type WithIdGap<T> = Omit<T, 'id'> & { idGap: readonly number[] };

/** The code point of 0; the one of a backslash, which JSON writes twice, is left out. */
const FIRST_CODE = 0x23;
const LEFT_OUT_CODE = 0x5c;
/** Characters of one byte. */
const SHORT_COUNT = 92;
/** Surrogates begin: no text can hold one alone. */
const END_CODE = 0xd800;

function characterOf(number: number): string {
  const code = FIRST_CODE + number;
  const its = code < LEFT_OUT_CODE ? code : code + 1;
  if (!(number >= 0 && its < END_CODE)) throw new RangeError(`${number} has no character`);
  return String.fromCharCode(its);
}

function numberAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code < FIRST_CODE || code === LEFT_OUT_CODE || code >= END_CODE)
    throw new BundleInvalid(`character ${code} is no number`);
  return code < LEFT_OUT_CODE ? code - FIRST_CODE : code - FIRST_CODE - 1;
}

const dayCountOf = ({ firstCell, endCell }: { firstCell: number; endCell: number }): number =>
  Math.ceil((endCell - firstCell) / CELLS_PER_DAY);

/** The bytes of a bundle are the JSON of this. */
export function packedBundle(content: BundleContent): PackedBundle {
  const { count, gap, cellCount, activity } = content.windows;
  const dayCount = dayCountOf(content);
  const offsets = new Int32Array(gap.length);
  const perDay: string[] = [];
  let next = 0;
  for (const windowCount of count) {
    const ofDay = new Int32Array(dayCount);
    let cell = 0;
    for (const end = next + windowCount; next < end; next++) {
      cell += gap[next]!;
      ofDay[Math.floor(cell / CELLS_PER_DAY)]!++;
      offsets[next] = cell % CELLS_PER_DAY;
    }
    for (const its of ofDay) perDay.push(characterOf(its));
  }
  const start = named(offsets.length, (w) => offsets[w]!);
  const shape = named(offsets.length, (w) => cellCount[w]! * 2 + activity[w]!);
  const shapesEach = eachOf(shape.values.length);
  const { id: establishmentIds, ...establishments } = content.establishments;
  const { id: classIds, ...classes } = content.classes;
  return {
    ...content,
    format: 'etale-bundle/2',
    establishments: { idGap: gapsOf(establishmentIds), ...establishments },
    classes: { idGap: gapsOf(classIds), ...classes },
    windows: {
      perDay: perDay.join(''),
      starts: start.values,
      start: Array.from(start.places, characterOf).join(''),
      shapes: shape.values.map((value) => [value >> 1, value & 1] as const),
      shapesEach,
      shape: together(shape.places, shape.values.length, shapesEach),
    },
  };
}

/** What any known format says, in plain columns. @throws BundleInvalid where packed columns do not fit each other */
export function plainBundle(its: BundleContent | PackedBundle): BundleContent {
  if (its.format === 'etale-bundle/1') return its;
  const { idGap: establishmentGaps, ...establishments } = its.establishments;
  const { idGap: classGaps, ...classes } = its.classes;
  return {
    ...its,
    format: 'etale-bundle/1',
    establishments: { id: idsOf(establishmentGaps), ...establishments },
    classes: { id: idsOf(classGaps), ...classes },
    windows: plainWindows(its),
  };
}

function plainWindows({ firstCell, endCell, windows }: PackedBundle): BundleContent['windows'] {
  const { perDay, starts, start, shapes, shapesEach, shape } = windows;
  const dayCount = dayCountOf({ firstCell, endCell });
  if (perDay.length % dayCount !== 0) throw new BundleInvalid(`${perDay.length} counts for ${dayCount} days`);
  if (!(shapesEach >= 1) || shape.length !== Math.ceil(start.length / shapesEach))
    throw new BundleInvalid('columns of windows differ in length');
  const count = Array<number>(perDay.length / dayCount).fill(0);
  const gap = Array<number>(start.length);
  let next = 0;
  for (let owner = 0; owner < count.length; owner++) {
    let before = 0;
    for (let day = 0; day < dayCount; day++) {
      const windowCount = numberAt(perDay, owner * dayCount + day);
      if (next + windowCount > start.length) throw new BundleInvalid('fewer windows than are counted');
      count[owner]! += windowCount;
      for (const end = next + windowCount; next < end; next++) {
        const offset = starts[numberAt(start, next)];
        if (offset === undefined) throw new BundleInvalid(`window ${next} has no start`);
        gap[next] = day * CELLS_PER_DAY + offset - before;
        before = day * CELLS_PER_DAY + offset;
      }
    }
  }
  if (next !== start.length) throw new BundleInvalid('more windows than are counted');
  const shapeOf = gap.map((_, w) => {
    const places = numberAt(shape, Math.floor(w / shapesEach));
    const its = shapes[Math.floor(places / shapes.length ** (shapesEach - 1 - (w % shapesEach))) % shapes.length];
    if (!its) throw new BundleInvalid(`window ${w} has no shape`);
    return its;
  });
  return { count, gap, cellCount: shapeOf.map((its) => its[0]), activity: shapeOf.map((its) => its[1]) };
}

/** How many places in a list of `length` one character of one byte holds: of less than a byte of news, gzip loses the fractions of bits. */
function eachOf(length: number): number {
  let each = 1;
  while (length > 1 && length ** (each + 1) <= SHORT_COUNT) each++;
  return each;
}

function together(places: Int32Array, base: number, each: number): string {
  const text: string[] = [];
  for (let first = 0; first < places.length; first += each) {
    let number = 0;
    for (let k = 0; k < each; k++) number = number * base + (places[first + k] ?? 0);
    text.push(characterOf(number));
  }
  return text.join('');
}

/** The different values, the most frequent first (the smaller one where two are as frequent), and each row's place among them. */
function named(rowCount: number, valueOf: (row: number) => number): { values: number[]; places: Int32Array } {
  const frequency = new Map<number, number>();
  for (let row = 0; row < rowCount; row++) frequency.set(valueOf(row), (frequency.get(valueOf(row)) ?? 0) + 1);
  const values = [...frequency].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([value]) => value);
  const placeOf = new Map(values.map((value, place) => [value, place]));
  return { values, places: Int32Array.from({ length: rowCount }, (_, row) => placeOf.get(valueOf(row))!) };
}

const gapsOf = (ids: readonly number[]): number[] => ids.map((id, k) => id - (k === 0 ? 0 : ids[k - 1]!));

function idsOf(gaps: readonly number[]): number[] {
  let id = 0;
  return gaps.map((gap) => (id += gap));
}
