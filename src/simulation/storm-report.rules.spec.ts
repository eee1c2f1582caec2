import { reportOf, scenarioReports } from './storm-report.rules';
import { announcedArrivals, habitArrivals } from './storm-day.rules';
import { STORM_SCENARIOS } from './storm-scenarios.rules';

const sum = (column: ArrayLike<number>): number => Array.from(column).reduce((total, value) => total + value, 0);

describe('storm scenarios', () => {
  const reports = scenarioReports();
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

describe('storm day', () => {
  it('deals everybody out over the day, by habit or in announced hours', () => {
    expect(sum(habitArrivals())).toBeCloseTo(1, 9);
    const law = announcedArrivals({ fromMinute: 510, toMinute: 630 });
    expect(sum(law)).toBeCloseTo(1, 9);
    expect(law.findIndex((share) => share > 0)).toBe(101);
    expect(sum(law.slice(126))).toBe(0);
  });

  it('keeps relatives out for the hours that were said, and some of them give up', () => {
    const { profiles } = scenarioReports().find(({ name }) => name === 'hauts-de-france-2021-04-26')!;
    const [pupils, relatives] = profiles;
    expect(pupils!.refusedCount).toBe(0);
    expect(relatives!.gaveUpCount).toBeGreaterThan(0);
    expect(relatives!.meanWaitSeconds).toBeGreaterThan(3600);
    expect(relatives!.admittedCount + relatives!.gaveUpCount).toBeLessThanOrEqual(relatives!.visitorCount + 1);
  });
});
