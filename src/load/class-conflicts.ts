import { float64Column, int32Column } from './growing-column';

/** Lists per class, concatenated: class c is [offset[c], offset[c + 1]). */
export interface ConflictLists {
  offset: Int32Array;
  conflict: Int32Array;
}

/** Dense indices of the database's class ids, as flat arrays. */
export class ClassIndex {
  private readonly ids: Int32Array;
  private readonly order: Int32Array;

  /** @param classIds ids in the order of their dense index */
  constructor(classIds: Int32Array) {
    this.order = Int32Array.from(classIds.keys()).sort((a, b) => classIds[a]! - classIds[b]!);
    this.ids = this.order.map((index) => classIds[index]!);
  }

  /** The dense index of a class, -1 where it does not take part. */
  of(classId: number): number {
    let low = 0;
    let high = this.ids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ids[middle]! < classId) low = middle + 1;
      else high = middle;
    }
    return this.ids[low] === classId ? this.order[low]! : -1;
  }
}

/**
 * Classes that share pupils: a group and each class it draws from, and two groups that draw from one class, except those of
 * the same option set (parallel options have no pupil in common). Rows come class by class.
 */
export class ClassConflicts {
  /** Both directions of each conflict, as from x classCount + to. */
  private readonly pairs = float64Column();
  private sourceClassId = -1;
  private readonly groupsOfSource: { group: number; optionSet: string | null }[] = [];

  constructor(private readonly classCount: number) {}

  /** A group that draws from the class with this id; indices are dense, -1 for what does not take part. */
  add(sourceClassId: number, sourceClass: number, group: number, optionSet: string | null): void {
    if (sourceClassId !== this.sourceClassId) {
      this.groupsOfSource.length = 0;
      this.sourceClassId = sourceClassId;
    }
    if (group < 0) return;
    if (sourceClass >= 0) this.pair(sourceClass, group);
    for (const other of this.groupsOfSource) {
      if (other.optionSet === null || other.optionSet !== optionSet) this.pair(other.group, group);
    }
    this.groupsOfSource.push({ group, optionSet });
  }

  take(): ConflictLists {
    const sorted = this.pairs.take().sort();
    const offset = new Int32Array(this.classCount + 1);
    const conflict = int32Column();
    for (let k = 0; k < sorted.length; k++) {
      if (k > 0 && sorted[k] === sorted[k - 1]) continue;
      conflict.push(sorted[k]! % this.classCount);
      offset[Math.floor(sorted[k]! / this.classCount) + 1]!++;
    }
    for (let c = 0; c < this.classCount; c++) offset[c + 1]! += offset[c]!;
    return { offset, conflict: conflict.take() };
  }

  private pair(a: number, b: number): void {
    this.pairs.push(a * this.classCount + b);
    this.pairs.push(b * this.classCount + a);
  }
}
