import { CapacityInputError } from './capacity.errors';
import { curveRangeOf } from './capacity-curve.rules';

const NOW = new Date('2026-10-23T22:30:00Z');
const cellOf = (instant: string): number => Date.parse(instant) / 300_000;

describe('the range of a capacity curve', () => {
  it('is seven days from the zone’s own midnight where nothing is said, an hour more where the clock goes back', () => {
    expect(curveRangeOf({}, 'Europe/Paris', NOW)).toEqual({
      firstCell: cellOf('2026-10-24T00:00:00+02:00'),
      cellCount: 7 * 288 + 12,
      stepMinutes: 5,
      cellsPerPoint: 1,
    });
  });

  it('holds every cell that is asked for in part', () => {
    const asked = { from: '2026-11-30T08:02:00+01:00', to: '2026-11-30T09:01:00+01:00', stepMinutes: 15 };
    expect(curveRangeOf(asked, 'Europe/Paris', NOW)).toEqual({
      firstCell: cellOf('2026-11-30T08:00:00+01:00'),
      cellCount: 13,
      stepMinutes: 15,
      cellsPerPoint: 3,
    });
  });

  it.each([
    ['ends before it begins', { from: '2026-11-30T08:00:00+01:00', to: '2026-11-30T08:00:00+01:00' }],
    ['has too many points', { from: '2026-11-01T00:00:00+01:00', to: '2026-12-20T00:00:00+01:00' }],
    ['is too long', { from: '2026-01-01T00:00:00+01:00', to: '2026-12-20T00:00:00+01:00', stepMinutes: 60 }],
  ])('is refused where it %s', (_, asked) => {
    expect(() => curveRangeOf(asked, 'Europe/Paris', NOW)).toThrow(CapacityInputError);
  });
});
