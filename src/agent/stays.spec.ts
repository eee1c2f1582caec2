import { type StayPlace, Stays } from './stays';

const IDLE_MINUTES = 20;
const place: StayPlace = { audience: 'pupils', ownerId: 7, startCell: 100, onDate: '2026-12-07' };
const minutes = (count: number): number => count * 60;

describe('how long visitors stay', () => {
  let ended: [number, number][];
  let stays: Stays;
  beforeEach(() => {
    ended = [];
    stays = new Stays(({ ownerId }, seconds) => ended.push([ownerId, seconds]));
  });

  it('is from the admission to the last page, known when nobody was seen for the idle minutes', () => {
    stays.letIn(4, 0, IDLE_MINUTES, place);
    for (const minute of [3, 9, 25]) stays.seen(4, minutes(minute), IDLE_MINUTES);
    stays.endBefore(minutes(44));
    expect(ended).toEqual([]);
    stays.endBefore(minutes(47));
    expect(ended).toEqual([[7, minutes(25)]]);
    stays.endBefore(minutes(90));
    expect(ended).toHaveLength(1);
  });

  it('begins anew with a page after the idle minutes, and goes on where somebody is let in again while inside', () => {
    stays.letIn(4, 0, IDLE_MINUTES, place);
    stays.letIn(4, minutes(10), IDLE_MINUTES, { ...place, ownerId: 8 });
    stays.seen(4, minutes(40), IDLE_MINUTES);
    expect(ended).toEqual([[7, minutes(10)]]);
    stays.seen(4, minutes(45), IDLE_MINUTES);
    stays.endBefore(minutes(70));
    expect(ended).toEqual([
      [7, minutes(10)],
      [7, minutes(5)],
    ]);
  });

  it('is watched of one visitor in four, and of nobody whom another agent let in', () => {
    for (let draw = 0; draw < 100; draw++) stays.letIn(draw, 0, IDLE_MINUTES, place);
    stays.seen(200, 0, IDLE_MINUTES);
    stays.endBefore(minutes(30));
    expect(ended).toHaveLength(25);
  });
});
