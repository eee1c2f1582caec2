import { deferredSpans, openSpans } from './relatives-hours.rules';

const seconds = (instant: string): number => Date.parse(instant) / 1000;
const HOURS = { from: '17:00', to: '22:00' };

describe('the hours of relatives who are deferred', () => {
  it('are those of each day of the step by the clock of the school, cut off where the step begins and ends', () => {
    const [startsAt, endsAt] = [new Date('2026-12-07T20:00:00Z'), new Date('2026-12-09T16:30:00Z')];
    expect(openSpans(HOURS, startsAt, endsAt, 'Europe/Paris')).toEqual([
      { from: seconds('2026-12-07T20:00Z'), to: seconds('2026-12-07T21:00Z') },
      { from: seconds('2026-12-08T16:00Z'), to: seconds('2026-12-08T21:00Z') },
      { from: seconds('2026-12-09T16:00Z'), to: seconds('2026-12-09T16:30Z') },
    ]);
    expect(deferredSpans(HOURS, startsAt, endsAt, 'Europe/Paris')).toEqual([
      { from: seconds('2026-12-07T21:00Z'), to: seconds('2026-12-08T16:00Z') },
      { from: seconds('2026-12-08T21:00Z'), to: seconds('2026-12-09T16:00Z') },
    ]);
  });

  it('are of another instant where the clock is another', () => {
    const [startsAt, endsAt] = [new Date('2026-12-07T04:00:00Z'), new Date('2026-12-07T23:00:00Z')];
    expect(openSpans(HOURS, startsAt, endsAt, 'Indian/Reunion')).toEqual([
      { from: seconds('2026-12-07T13:00Z'), to: seconds('2026-12-07T18:00Z') },
    ]);
  });

  it('end at midnight where they say so, also on the day on which the clock goes back', () => {
    const [startsAt, endsAt] = [new Date('2026-10-24T22:00:00Z'), new Date('2026-10-26T12:00:00Z')];
    expect(openSpans({ from: '17:00', to: '24:00' }, startsAt, endsAt, 'Europe/Paris')).toEqual([
      { from: seconds('2026-10-25T16:00Z'), to: seconds('2026-10-25T23:00Z') },
    ]);
  });

  it('are none where none are stated: relatives wait as long as the step lasts', () => {
    const [startsAt, endsAt] = [new Date('2026-12-07T07:00:00Z'), new Date('2026-12-07T11:00:00Z')];
    const whole = [{ from: startsAt.getTime() / 1000, to: endsAt.getTime() / 1000 }];
    expect(deferredSpans(null, startsAt, endsAt, 'Europe/Paris')).toEqual(whole);
    expect(deferredSpans(HOURS, startsAt, endsAt, 'Europe/Paris')).toEqual(whole);
  });
});
