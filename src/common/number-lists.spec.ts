import { integerListOf, withNumberLists } from './number-lists';

describe('lists of numbers', () => {
  it('go to PostgreSQL as it writes them, with what is missing; nothing else changes', () => {
    const others = [1, 'a', null, ['a', 'b'], [1, 'a'], Buffer.from('a'), [[1], [2]], { a: [1] }];
    expect(withNumberLists([[1, -2, 3.5], [null, 9007199254740991], [], ...others])).toEqual([
      '{1,-2,3.5}',
      '{NULL,9007199254740991}',
      '{}',
      ...others,
    ]);
  });

  it('come back as numbers', () => {
    expect(integerListOf('{1,-2,9007199254740991}')).toEqual([1, -2, 9007199254740991]);
    expect(integerListOf('{NULL,0}')).toEqual([null, 0]);
    expect(integerListOf('{}')).toEqual([]);
  });

  it('are left to the driver where they are lists of lists, or begin elsewhere', () => {
    expect(integerListOf('{{1,2},{3,4}}')).toBeUndefined();
    expect(integerListOf('[0:1]={1,2}')).toBeUndefined();
  });
});
