import { declaredSteps, nextFullWeek, schoolYearOf } from './demonstration.rules';

const week = (monday: boolean, rest = true): boolean[] => [monday, rest, rest, rest, rest, false, false];

describe('the week of the demonstration', () => {
  it('is the next one when every day of it is open', () => {
    // 2026-11-24 is a Tuesday: the week that has begun does not count
    const days = [true, true, true, true, false, false, ...week(true), ...week(true)];
    expect(nextFullWeek('2026-11-24', days)).toBe('2026-11-30');
  });

  it('is the following one when a day of the next is off', () => {
    expect(nextFullWeek('2026-11-30', [...week(false), ...week(true)])).toBe('2026-12-07');
  });

  it('is none when no whole week lies ahead', () => {
    expect(nextFullWeek('2026-11-30', [...week(true, false), true, true, true, true])).toBeUndefined();
  });

  it('belongs to the school year that begins in August', () => {
    expect(schoolYearOf('2026-11-30')).toBe('2026-2027');
    expect(schoolYearOf('2027-07-31')).toBe('2026-2027');
    expect(schoolYearOf('2027-08-01')).toBe('2027-2028');
  });
});

describe('the declared capacity of the demonstration', () => {
  it('follows the pupils, falls for a maintenance on Tuesday and rises on Thursday, each step with its reason', () => {
    const steps = declaredSteps(1_000_000, '2026-11-30');
    const ordinary = steps[0]!;
    expect(steps.map(({ startsAt }) => startsAt.toISOString())).toEqual([
      '2026-11-15T23:00:00.000Z',
      '2026-12-01T13:00:00.000Z',
      '2026-12-01T13:45:00.000Z',
      '2026-12-03T08:00:00.000Z',
      '2026-12-03T10:00:00.000Z',
    ]);
    expect(steps.map(({ loginsPerMinute }) => loginsPerMinute / ordinary.loginsPerMinute)).toEqual([
      1, 0.75, 1, 1.15, 1,
    ]);
    expect(steps.every(({ reason }) => reason.length > 0)).toBe(true);
    expect(declaredSteps(2_000_000, '2026-11-30')[0]!.concurrentSessions).toBe(2 * ordinary.concurrentSessions);
  });

  it('starts its steps at the civil hour across a change of the clock', () => {
    const steps = declaredSteps(1_000, '2027-03-29');
    expect(steps[1]!.startsAt.toISOString()).toBe('2027-03-30T12:00:00.000Z');
    expect(steps[0]!.startsAt.toISOString()).toBe('2027-03-14T23:00:00.000Z');
  });
});
