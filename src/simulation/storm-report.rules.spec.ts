import { SMALL_STORMS } from '../../test/kernel/small-storms';
import { simulateStorm } from '../kernel/simulation/storm';
import { type CrowdReport, reportOf, reportOfResult, scenarioReports, spreadOf } from './storm-report.rules';
import { simulatedVariant } from './simulated-variant';
import { announcedArrivals, habitArrivals } from './storm-day.rules';
import { STORM_SCENARIOS } from './storm-scenarios.rules';

const sum = (column: ArrayLike<number>): number => Array.from(column).reduce((total, value) => total + value, 0);

const reports = scenarioReports();

describe('storm scenarios', () => {
  const named = (name: string) => reports.find((report) => report.name === name)!;

  it('fit the participation to 16 March 2020 in the Eure and to nothing else', () => {
    expect(reports.filter(({ isFitted }) => isFitted).map(({ name }) => name)).toEqual(['eure-2020-03-16']);
    expect(Math.abs(named('eure-2020-03-16').deviationRatio!)).toBeLessThan(1e-3);
  });

  it.each(['eure-2020-03-18', 'hauts-de-france-2021-04-26'])(
    'predict %s within a quarter of what was reported',
    (name) => {
      expect(Math.abs(named(name).deviationRatio!)).toBeLessThan(0.25);
    },
  );

  it('tell of 6 April 2021 amplification and shape only: full after eight, then fewer sessions although more want in', () => {
    const { deviationRatio, amplification, hours, peakSessions } = named('hauts-de-france-2021-04-06');
    expect(deviationRatio).toBeNull();
    expect(amplification).toBeGreaterThan(2);
    expect(hours[8]!.meanSessions).toBeGreaterThan(0.9 * peakSessions);
    expect(hours[9]!.meanSessions).toBeLessThan(hours[8]!.meanSessions);
    expect(hours[9]!.attemptCount).toBeGreaterThan(4 * hours[9]!.arrivalCount);
  });

  it('show that the letter by level lowers the peak of Île-de-France', () => {
    const { day } = STORM_SCENARIOS.find(({ name }) => name === 'ile-de-france-letter')!;
    expect(reportOf(day).peakSessions).toBeLessThan(0.9 * reportOf({ ...day, announcedHours: {} }).peakSessions);
  });

  it('name a source and a scope for every figure', () => {
    for (const { source, scope, title } of STORM_SCENARIOS) {
      for (const text of [source, scope, title.fr, title.en]) expect(text.length).toBeGreaterThan(10);
    }
  });
});

describe('waits of a crowd', () => {
  it('give everybody the weight of the crowd that they stand for', () => {
    // 90 who wait ten seconds, 9 who wait a minute, one who waits an hour: 90 + 9 of 100 are done within the minute
    const waits = [
      { seconds: 3600, weight: 1 },
      { seconds: 10, weight: 45 },
      { seconds: 60, weight: 9 },
      { seconds: 10, weight: 45 },
    ];
    expect(spreadOf(waits)).toEqual({ meanSeconds: 50.4, p95Seconds: 60 });
    expect(spreadOf([])).toEqual({ meanSeconds: 0, p95Seconds: 0 });
  });

  it('have a mean that the 95th percentile allows, of all and of every part: a twentieth waits at least so long', () => {
    const days = Object.values(SMALL_STORMS).map((problem) => reportOfResult(problem, simulateStorm(problem), 1, 200));
    const crowds = [...days, ...reports].flatMap((report): CrowdReport[] => [
      report,
      ...report.profiles,
      ...report.territories,
    ]);
    expect(crowds.length).toBeGreaterThan(20);
    for (const { meanWaitSeconds, p95WaitSeconds } of crowds)
      expect(0.05 * p95WaitSeconds).toBeLessThanOrEqual(meanWaitSeconds + 0.5);
  });

  it('of a few who wait long among many who do not are those of the many', () => {
    const day = new Float64Array(24).fill(1 / 24);
    const few = {
      cellCount: 24,
      territoryCount: 2,
      profileCount: 1,
      sessionLimit: new Float64Array(24).fill(50_000),
      loginLimit: new Float64Array(24).fill(50_000),
      walkInLimit: new Float64Array(24),
      refusalCostPerMille: 0,
      idleSeconds: 600,
      entrySpreadSeconds: 60,
      room: null,
      habits: {
        impatientPerMille: 0,
        threeMinutesPerMille: 0,
        asToldPerMille: 1000,
        backOffPerMille: 0,
        givesUpPerMille: 0,
      },
      arrivals: [day, Float64Array.from(day, (_, cell) => (cell === 0 ? 1 : 0))],
      visits: [{ stay: [1000], logOutPerMille: 1000 }],
      groups: [
        { territory: 0, profile: 0, cohort: 0, visitorCount: 9900, arrival: 0, visit: 0, entryTimes: null },
        {
          territory: 1,
          profile: 0,
          cohort: 0,
          visitorCount: 100,
          arrival: 1,
          visit: 0,
          entryTimes: [{ entryCell: 12, endCell: 24, isLive: false }],
        },
      ],
      steps: [],
    };
    const report = reportOfResult(few, simulateStorm(few), 1, 200);
    const [quick, slow] = report.territories;
    expect([quick!.p95WaitSeconds, slow!.p95WaitSeconds > 3000]).toEqual([0, true]);
    // one in a hundred: far beyond the nineteenth of twenty
    expect(report.p95WaitSeconds).toBe(0);
    expect(report.profiles[0]!.p95WaitSeconds).toBe(0);
    expect(simulatedVariant(few, 1).p95WaitSeconds).toBe(0);
    expect(report.meanWaitSeconds).toBeCloseTo(slow!.meanWaitSeconds / 100, 0);
  });
});

describe('storm day', () => {
  it('deals everybody out over the day, by habit or in announced hours', () => {
    expect(sum(habitArrivals())).toBeCloseTo(1, 9);
    const law = announcedArrivals({ fromMinute: 510, toMinute: 630 });
    expect(sum(law)).toBeCloseTo(1, 9);
    expect(law.findIndex((share) => share > 0)).toBe(101);
    expect(sum(law.slice(126))).toBe(0);
  });

  it('keeps relatives out for the hours that were said, and some of them give up', () => {
    const { profiles } = reports.find(({ name }) => name === 'hauts-de-france-2021-04-26')!;
    const [pupils, relatives] = profiles;
    expect(pupils!.refusedCount).toBe(0);
    expect(relatives!.gaveUpCount).toBeGreaterThan(0);
    expect(relatives!.meanWaitSeconds).toBeGreaterThan(3600);
    expect(relatives!.admittedCount + relatives!.gaveUpCount).toBeLessThanOrEqual(relatives!.visitorCount + 1);
  });
});
