import { ZonedInstants } from './zoned-instants';
import { displacementOf } from './displacement.rules';
import { cellOfSeconds } from '../kernel/cell-grid';

const instants = new ZonedInstants();
const told = (startsAt: string, wishedAt: string): (number | null)[] => {
  const [start, wish] = [startsAt, wishedAt].map((at) => cellOfSeconds(Date.parse(at) / 1000)) as [number, number];
  const zone = 'Europe/Paris';
  const { displacementDays, displacementMinutes } = displacementOf(
    instants.of(start, zone),
    start,
    instants.of(wish, zone),
    wish,
  );
  return [displacementDays, displacementMinutes];
};

describe('displacement', () => {
  it.each([
    ['the wished hour', '2026-12-07T09:00:00+01:00', '2026-12-07T09:00:00+01:00', [0, 0]],
    ['thirteen hours later on its day', '2026-12-07T21:00:00+01:00', '2026-12-07T08:00:00+01:00', [0, 780]],
    ['the same hour of the next day', '2026-12-08T09:00:00+01:00', '2026-12-07T09:00:00+01:00', [1, 0]],
    ['an earlier hour of a later day', '2026-12-10T08:30:00+01:00', '2026-12-07T09:00:00+01:00', [3, -30]],
    ['the evening before', '2026-12-06T20:00:00+01:00', '2026-12-07T09:00:00+01:00', [-1, 660]],
    ['the same hour after the clock has changed', '2026-10-26T09:00:00+01:00', '2026-10-23T09:00:00+02:00', [3, 0]],
  ])('of %s is told in days and minutes', (_, startsAt, wishedAt, expected) => {
    expect(told(startsAt, wishedAt)).toEqual(expected);
  });

  it('of what nobody wished is none', () => {
    expect(displacementOf('2026-12-07T09:00:00+01:00', 1, null, null)).toEqual({
      displacementDays: null,
      displacementMinutes: null,
    });
  });
});
