import { int32Column } from './growing-column';

/** Lists of numbers kept once each: candidate sets and occurrence sets that thousands of demands share. */
export class InternedLists {
  private readonly offsets = int32Column();
  private readonly values = int32Column();
  private readonly known = new Map<string, number>();

  constructor() {
    this.offsets.push(0);
  }

  /** The number of the list with this content. */
  indexOf(list: readonly number[]): number {
    const key = list.join(',');
    let index = this.known.get(key);
    if (index === undefined) {
      index = this.known.size;
      this.known.set(key, index);
      for (const value of list) this.values.push(value);
      this.offsets.push(this.values.length);
    }
    return index;
  }

  listOf(index: number): number[] {
    return Array.from({ length: this.lengthOf(index) }, (_, k) => this.values.at(this.offsets.at(index) + k));
  }

  lengthOf(index: number): number {
    return this.offsets.at(index + 1) - this.offsets.at(index);
  }

  /** The value of an ascending list that is nearest to `value`, the smaller of two; undefined for an empty list. */
  nearest(index: number, value: number): number | undefined {
    let low = this.offsets.at(index);
    let high = this.offsets.at(index + 1);
    if (low === high) return undefined;
    const first = low;
    const last = high - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values.at(middle) < value) low = middle + 1;
      else high = middle;
    }
    if (low > last) return this.values.at(last);
    const above = this.values.at(low);
    if (low === first) return above;
    const below = this.values.at(low - 1);
    return value - below <= above - value ? below : above;
  }

  take(): { offset: Int32Array; values: Int32Array } {
    return { offset: this.offsets.take(), values: this.values.take() };
  }
}
