/** A seeded generator of numbers in [0, 1): every random choice of a kernel takes one as an argument. */
export type Random = () => number;

/** Mulberry32 (Tommy Ettinger): 32 bits of state, full period, the same stream on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number in [0, bound). */
export function randomInteger(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

/** Shuffles a column in place (Fisher-Yates). */
export function shuffle(column: Int32Array, random: Random): void {
  for (let i = column.length - 1; i > 0; i--) {
    const j = randomInteger(random, i + 1);
    const held = column[i]!;
    column[i] = column[j]!;
    column[j] = held;
  }
}
