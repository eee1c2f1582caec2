import type { CapacityCells } from '../capacity/capacity-cells';
import { announcementsOf, firstForecastDay, hoursOf, runsOf, takenPerMille, trafficLevelOf } from './forecast.rules';

const column = (...values: number[]): Float64Array => Float64Array.from(values);
const capacity = (sessions: number[], background: number[]): CapacityCells => ({
  firstCell: 0,
  cellCount: sessions.length,
  plannedSessions: column(...sessions.map(() => 1000)),
  effectiveSessions: column(...sessions),
  headroomSessions: column(...sessions.map((value) => value / 10)),
  backgroundSessions: column(...background),
  plannedLogins: column(...sessions.map(() => 1_000_000)),
  effectiveLogins: column(...sessions.map(() => 1_000_000)),
  headroomLogins: column(...sessions.map(() => 0)),
  backgroundLogins: column(...sessions.map(() => 0)),
});

describe('the forecast of a platform', () => {
  it('takes what the ledger leaves free, else capacity less background', () => {
    const cells = capacity([1000, 1000, 500, 0], [450, 450, 0, 0]);
    const ledger = {
      isKnown: Uint8Array.of(1, 0, 1, 1),
      planned: { sessions: column(180, 0, 400, 0), logins: column(0, 0, 0, 0) },
      limit: { sessions: column(450, 0, 300, 0), logins: column(1e6, 0, 1e6, 0) },
    };
    // (900 - (450 - 180)) / 900; 450 / 900; planned beyond what a cut left; nothing left at all
    expect([...takenPerMille(cells, ledger)]).toEqual([700, 500, 1000, 1000]);
  });

  it('says nothing of a platform before its first declared capacity', () => {
    const cells = capacity([0], [0]);
    cells.plannedSessions[0] = 0;
    cells.plannedLogins[0] = 0;
    const none = { sessions: column(0), logins: column(0) };
    const taken = takenPerMille(cells, { isKnown: Uint8Array.of(0), planned: none, limit: none });
    expect(hoursOf(0, [0], taken, true)).toEqual([{ hour: 0, firstCell: 0, takenPerMille: null, level: null }]);
  });

  it.each([
    [0, 'calm'],
    [499, 'calm'],
    [500, 'busy'],
    [749, 'busy'],
    [750, 'very_busy'],
    [949, 'very_busy'],
    [950, 'full'],
    [1000, 'full'],
  ] as const)('calls %d per mille %s', (perMille, level) => expect(trafficLevelOf(perMille)).toBe(level));

  it('gives each hour the mean of its cells, leaves out an hour that the clock skips, and says nothing of unplanned days', () => {
    const taken = Int32Array.of(940, 960, 200, -1);
    expect(hoursOf(7, [1, 1, 3, 3], taken, true)).toEqual([
      { hour: 1, firstCell: 7, takenPerMille: 950, level: 'full' },
      { hour: 3, firstCell: 9, takenPerMille: 200, level: 'calm' },
    ]);
    expect(hoursOf(7, [1, 1, 3, 3], taken, false).map(({ level }) => level)).toEqual([null, null]);
  });

  it('joins hours of one level', () => {
    const hours = [8, 9, 11].map((hour) => ({ hour, takenPerMille: 500 + hour, level: 'busy' as const }));
    expect(runsOf(hours)).toEqual([
      { fromHour: 8, toHour: 10, level: 'busy', mostPerMille: 509 },
      { fromHour: 11, toHour: 12, level: 'busy', mostPerMille: 511 },
    ]);
  });

  it('begins today while a campaign is under way, else with the next one', () => {
    expect(firstForecastDay('2026-11-25', [])).toBe('2026-11-25');
    expect(firstForecastDay('2026-11-25', [{ startsOn: '2026-11-23' }, { startsOn: '2026-12-07' }])).toBe('2026-11-25');
    expect(firstForecastDay('2026-11-25', [{ startsOn: '2026-12-07' }, { startsOn: '2027-01-04' }])).toBe('2026-12-07');
  });

  it('announces steps against what stood before, and regulations that touch the days', () => {
    const at = (day: number) => new Date(Date.UTC(2026, 11, day));
    const step = (day: number, sessions: number, logins: number) => ({
      startsAt: at(day),
      concurrentSessions: sessions,
      loginsPerMinute: logins,
      reason: `step ${day}`,
    });
    const cut = { startsAt: at(5), endsAt: at(9), sessionsPerMille: 800, loginsPerMille: 600, reason: 'cut' };
    const told = announcementsOf([step(1, 100, 100), step(8, 75, 90), step(9, 100, 100), step(20, 1, 1)], [cut], {
      startsAt: at(7),
      endsAt: at(14),
    });
    expect(told.map(({ kind, capacityPerMille, reason }) => [kind, capacityPerMille, reason])).toEqual([
      ['regulation', 600, 'cut'],
      ['capacity_step', 750, 'step 8'],
      ['capacity_step', 1111, 'step 9'],
    ]);
    expect(announcementsOf([step(8, 75, 90)], [], { startsAt: at(7), endsAt: at(14) })).toEqual([]);
  });
});
