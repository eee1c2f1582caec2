import type { BundleCampaign } from '../gateway/bundle-facts.store';
import { doubtfulDays, joinedDays, mayShutOut, type Shutting } from './doubtful-days.rules';

const ZONE = 'Europe/Paris';
const at = (day: number, clock: string): Date => new Date(`2026-12-0${day}T${clock}:00+01:00`);
const step = (measures: object, startsAt: Date, endsAt: Date): Shutting =>
  ({ startsAt, endsAt, measures: { isLiveOnly: false, walkInPerMille: 1000, ...measures } }) as Shutting;
const campaign = (catchUp: object | null): BundleCampaign =>
  ({ planId: 1, startsOn: '2026-12-07', endsOn: '2026-12-11', rules: {}, catchUp }) as unknown as BundleCampaign;
const doubted = (steps: Shutting[], catchUp: object | null, quota = 10) =>
  doubtfulDays(steps, [ZONE], [campaign(catchUp)], quota);

describe('days in doubt', () => {
  it('are none of steps that leave a place of the walk-in quota', () => {
    const third = step({ walkInPerMille: 300 }, at(7, '08:00'), at(7, '10:00'));
    expect([10, 4, 3, 0].map((quota) => mayShutOut(third, quota))).toEqual([false, false, true, true]);
    expect(doubted([third], null, 10)).toEqual([]);
  });

  it('are those that live lessons alone leave no quarter of an hour of the evening', () => {
    const evening = { from: '18:00', to: '20:00' };
    const until = (clock: string): Shutting => step({ isLiveOnly: true }, at(7, '08:00'), at(7, clock));
    expect(doubted([until('19:45')], evening)).toEqual([]);
    expect(doubted([until('19:50')], evening)).toHaveLength(1);
    // two of them together
    const late = step({ isLiveOnly: true }, at(7, '18:00'), at(7, '20:00'));
    expect(doubted([until('12:00'), late], evening)).toHaveLength(1);
    expect(doubted([until('12:00')], null)).toMatchObject([
      { from: at(7, '00:00').getTime() / 1000, to: at(8, '00:00').getTime() / 1000, isQuotaLeft: true, gaps: [{}, {}] },
    ]);
  });

  it('are read apart where they lie apart', () => {
    const steps = [7, 8, 5].map((day) => step({ isLiveOnly: true }, at(day, '08:00'), at(day, '09:00')));
    expect(joinedDays(doubted(steps, null)).map(({ days }) => days.length)).toEqual([1, 2]);
  });
});
