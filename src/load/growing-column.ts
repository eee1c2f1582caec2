type Numbers = Int32Array | Float64Array | Float32Array | Uint8Array | Uint16Array;

/** A typed column whose length is not known yet: rows that are streamed from the database become numbers here, not objects. */
export class GrowingColumn<T extends Numbers> {
  length = 0;
  private values: T;

  constructor(private readonly make: (length: number) => T) {
    this.values = make(1024);
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      // half as much again: doubling would hold twice what is needed at the worst moment
      const wider = this.make(Math.ceil(this.length * 1.5));
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length] = value;
    // a typed array would keep what does not fit as another number, and say nothing
    if (this.values[this.length] !== value)
      throw new RangeError(`${value} does not fit into a ${this.values.constructor.name}`);
    this.length++;
  }

  at(index: number): number {
    return this.values[index]!;
  }

  /** The column cut to its length; the growing one is empty afterwards, so that both are not held. */
  take(): T {
    const taken = this.values.slice(0, this.length) as T;
    this.values = this.make(0);
    this.length = 0;
    return taken;
  }
}

export const int32Column = (): GrowingColumn<Int32Array> => new GrowingColumn((length) => new Int32Array(length));
export const float64Column = (): GrowingColumn<Float64Array> => new GrowingColumn((length) => new Float64Array(length));
export const float32Column = (): GrowingColumn<Float32Array> => new GrowingColumn((length) => new Float32Array(length));
export const uint8Column = (): GrowingColumn<Uint8Array> => new GrowingColumn((length) => new Uint8Array(length));
export const uint16Column = (): GrowingColumn<Uint16Array> => new GrowingColumn((length) => new Uint16Array(length));
