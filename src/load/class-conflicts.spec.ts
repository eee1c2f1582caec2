import { ClassConflicts, ClassIndex } from './class-conflicts';

/** Conflicts of classes 0 and 1 and groups from 2 on: rows of [source, group, option set]. */
function conflictsOf(classCount: number, rows: [number, number, string | null][]): number[][] {
  const conflicts = new ClassConflicts(classCount);
  for (const [source, group, optionSet] of rows) conflicts.add(source, source, group, optionSet);
  const { offset, conflict } = conflicts.take();
  return Array.from({ length: classCount }, (_, c) => [...conflict.subarray(offset[c], offset[c + 1])]);
}

describe('classes that share pupils', () => {
  it('are a group and each class that it draws from', () => {
    expect(
      conflictsOf(3, [
        [0, 2, null],
        [1, 2, null],
      ]),
    ).toEqual([[2], [2], [0, 1]]);
  });

  it('are two groups of one class, but not parallel options', () => {
    const rows: [number, number, string | null][] = [
      [0, 2, 'LV2'],
      [0, 3, 'LV2'],
      [0, 4, 'TP'],
    ];
    expect(conflictsOf(5, rows)).toEqual([[2, 3, 4], [], [0, 4], [0, 4], [0, 2, 3]]);
    expect(
      conflictsOf(4, [
        [0, 2, null],
        [0, 3, null],
      ])[2],
    ).toEqual([0, 3]);
  });

  it('are listed once where they share several classes', () => {
    expect(
      conflictsOf(4, [
        [0, 2, 'A'],
        [0, 3, 'B'],
        [1, 2, 'A'],
        [1, 3, 'B'],
      ]),
    ).toEqual([
      [2, 3],
      [2, 3],
      [0, 1, 3],
      [0, 1, 2],
    ]);
  });

  it('still conflict through a class that does not take part', () => {
    const conflicts = new ClassConflicts(2);
    conflicts.add(77, -1, 0, null);
    conflicts.add(77, -1, 1, null);
    expect([...conflicts.take().conflict]).toEqual([1, 0]);
  });
});

describe('the index of classes', () => {
  it('finds the place of an id, whatever the order', () => {
    const index = new ClassIndex(Int32Array.of(40, 7, 19));
    expect([7, 19, 40, 8, 0, 99].map((id) => index.of(id))).toEqual([1, 2, 0, -1, -1, -1]);
  });
});
