import fc from 'fast-check';
import { InternedLists } from './interned-lists';

describe('interned lists', () => {
  it('keep each content once', () => {
    const lists = new InternedLists();
    expect([[1, 2], [], [1, 2], [3]].map((list) => lists.indexOf(list))).toEqual([0, 1, 0, 2]);
    expect(lists.take()).toEqual({ offset: Int32Array.of(0, 2, 2, 3), values: Int32Array.of(1, 2, 3) });
  });

  it('find the value that is nearest, the smaller of two', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 60 })),
        fc.integer({ min: -5, max: 65 }),
        (values, wished) => {
          const list = values.sort((a, b) => a - b);
          const lists = new InternedLists();
          lists.indexOf([7, 9]);
          const nearest = [...list].sort((a, b) => Math.abs(a - wished) - Math.abs(b - wished) || a - b)[0];
          expect(lists.nearest(lists.indexOf(list), wished)).toBe(nearest);
        },
      ),
    );
  });
});
