import type { Level } from '../directory/level';
import { matchClasses } from './wish-copy.rules';

const one = (id: number, code: string, levels: Level[] = ['6E'], kind: 'division' | 'group' = 'division') => ({
  id,
  code,
  levels,
  kind,
});
const pairs = (then: ReturnType<typeof one>[], now: ReturnType<typeof one>[]) =>
  [...matchClasses(then, now)].map(([id, { id: other }]) => [id, other]);

describe('the class of now for a class of the campaign before', () => {
  it('is the class itself, whatever its code is now', () => {
    expect(pairs([one(1, '6A'), one(2, '6B')], [one(1, '6B'), one(2, '6A')])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('is else the one of the same code', () => {
    expect(pairs([one(1, '6A'), one(2, '6B')], [one(11, '6B'), one(12, '6A')])).toEqual([
      [1, 12],
      [2, 11],
    ]);
  });

  it('is else one of the same levels, each at most once, in the order of the codes', () => {
    const then = [one(2, '6Y'), one(1, '6X'), one(3, '6Z'), one(4, '5X', ['5E'])];
    expect(pairs(then, [one(11, '601'), one(12, '602')])).toEqual([
      [1, 11],
      [2, 12],
    ]);
  });

  it('is no group for a division', () => {
    expect(pairs([one(1, 'LV2')], [one(11, 'LV2', ['6E'], 'group')])).toEqual([]);
  });
});
