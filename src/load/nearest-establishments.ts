/** Lists per establishment, concatenated: establishment e is [offset[e], offset[e + 1]). */
export interface NeighbourLists {
  offset: Int32Array;
  neighbour: Int32Array;
}

/** Some ten kilometres: a handful of schools in the country, some hundreds in a large town. */
const BOX_KILOMETRES = 10;
const EARTH_RADIUS_KILOMETRES = 6371;
const BOX = BOX_KILOMETRES / EARTH_RADIUS_KILOMETRES;
/** Farther out than this the few remote ones look at everybody: cheaper than empty boxes. */
const MOST_RINGS = 6;

/**
 * Each establishment and its `count` nearest ones by great circle are neighbours, in both directions; those without a
 * position (NaN) have none. Points lie in three dimensions on the unit sphere, where the chord grows with the great circle and
 * no meridian is special (schools of Wallis and Nouvelle-Calédonie stand on two sides of the date line).
 */
export function nearestEstablishments(
  latitudes: Float64Array,
  longitudes: Float64Array,
  count: number,
): NeighbourLists {
  const total = latitudes.length;
  const points = new Float64Array(total * 3);
  const boxes = new Map<string, number[]>();
  const placed: number[] = [];
  for (let i = 0; i < total; i++) {
    const latitude = (latitudes[i]! * Math.PI) / 180;
    const longitude = (longitudes[i]! * Math.PI) / 180;
    if (Number.isNaN(latitude) || Number.isNaN(longitude)) continue;
    placed.push(i);
    points[3 * i] = Math.cos(latitude) * Math.cos(longitude);
    points[3 * i + 1] = Math.cos(latitude) * Math.sin(longitude);
    points[3 * i + 2] = Math.sin(latitude);
    const key = boxKey(points, i, 0, 0, 0);
    const box = boxes.get(key);
    if (box) box.push(i);
    else boxes.set(key, [i]);
  }
  const sets = Array.from({ length: total }, () => new Set<number>());
  for (const i of placed) {
    for (const j of nearestOf(i, points, boxes, placed, count)) {
      sets[i]!.add(j);
      sets[j]!.add(i);
    }
  }
  const offset = new Int32Array(total + 1);
  for (let i = 0; i < total; i++) offset[i + 1] = offset[i]! + sets[i]!.size;
  const neighbour = new Int32Array(offset[total]!);
  sets.forEach((set, i) =>
    neighbour.set(
      [...set].sort((a, b) => a - b),
      offset[i],
    ),
  );
  return { offset, neighbour };
}

function nearestOf(
  i: number,
  points: Float64Array,
  boxes: Map<string, number[]>,
  placed: readonly number[],
  count: number,
): number[] {
  const best = new Nearest(points, i, count);
  for (let ring = 0; ring <= MOST_RINGS; ring++) {
    forEachBoxOfRing(ring, (x, y, z) => boxes.get(boxKey(points, i, x, y, z))?.forEach((j) => best.offer(j)));
    // whatever lies outside the rings is farther away than their width
    if (best.worst <= ring * BOX) return best.found;
  }
  const all = new Nearest(points, i, count);
  for (const j of placed) all.offer(j);
  return all.found;
}

function forEachBoxOfRing(ring: number, visit: (x: number, y: number, z: number) => void): void {
  for (let x = -ring; x <= ring; x++) {
    for (let y = -ring; y <= ring; y++) {
      const isInside = Math.max(Math.abs(x), Math.abs(y)) < ring;
      for (let z = -ring; z <= ring; z += isInside ? 2 * ring : 1) visit(x, y, z);
    }
  }
}

function boxKey(points: Float64Array, i: number, x: number, y: number, z: number): string {
  const at = (axis: number, shift: number) => Math.floor(points[3 * i + axis]! / BOX) + shift;
  return `${at(0, x)} ${at(1, y)} ${at(2, z)}`;
}

/** The `count` nearest of those offered, nearest first; of two at one distance the lower index. */
class Nearest {
  readonly found: number[] = [];
  private readonly chords: number[] = [];

  constructor(
    private readonly points: Float64Array,
    private readonly centre: number,
    private readonly count: number,
  ) {}

  /** Chord to the farthest one found, Infinity as long as some are missing. */
  get worst(): number {
    return this.found.length < this.count ? Infinity : this.chords[this.count - 1]!;
  }

  offer(j: number): void {
    if (j === this.centre) return;
    const { points, centre } = this;
    const chord = Math.hypot(
      points[3 * j]! - points[3 * centre]!,
      points[3 * j + 1]! - points[3 * centre + 1]!,
      points[3 * j + 2]! - points[3 * centre + 2]!,
    );
    if (chord > this.worst) return;
    let at = this.found.length;
    while (at > 0 && (this.chords[at - 1]! > chord || (this.chords[at - 1] === chord && this.found[at - 1]! > j))) at--;
    this.found.splice(at, 0, j);
    this.chords.splice(at, 0, chord);
    if (this.found.length > this.count) {
      this.found.pop();
      this.chords.pop();
    }
  }
}
