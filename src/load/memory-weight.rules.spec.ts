import { memoryOf } from './memory-weight.rules';

describe('what a class is owed for earlier weeks', () => {
  it.each([
    [0, 1],
    [14, 1],
    [15, 2],
    [45, 3],
    [75, 4],
    [400, 4],
  ])('weighs a mean displacement of %d minutes %d times', (meanMinutes, weight) => {
    expect(memoryOf({ meanMinutes, wasWorst: false })).toEqual({ weight, limitMinutes: null });
  });

  it('keeps whoever was among the worst within half an hour of its wish, whatever the weight', () => {
    expect(memoryOf({ meanMinutes: 10, wasWorst: true })).toEqual({ weight: 1, limitMinutes: 30 });
  });
});
