import { CELL_MINUTES, CELLS_PER_HOUR } from '../kernel/cell-grid';
import { simulateStorm, type StormResult } from '../kernel/simulation/storm';
import { STEP_SECONDS, type StormProblem } from '../kernel/simulation/storm-problem';
import { type ClassWaits, waitsOf } from '../kernel/simulation/storm-waits';
import { type StormDay, STORM_PROFILES, stormProblemOf, type StormProfile } from './storm-day.rules';
import { fittedParticipation, STORM_SCENARIOS, type StormScenario } from './storm-scenarios.rules';

const TAGGED_PER_CLASS = 2000;
const SEED = 1;
const MINUTE_SECONDS = 60;
/** Fewer visitors that were followed tell no wait of an hour. */
const LEAST_FOLLOWED = 20;

/** How long those who first came in an hour waited until they were let in; null where too few of them were followed. */
export interface HourWait {
  hour: number;
  meanSeconds: number | null;
  p95Seconds: number | null;
}

/** What became of some of the visitors of a day. */
export interface CrowdReport {
  visitorCount: number;
  attemptCount: number;
  /** Attempts divided by distinct visits. */
  amplification: number;
  admittedCount: number;
  refusedCount: number;
  gaveUpCount: number;
  /** Of the admitted, from the first attempt on. */
  meanWaitSeconds: number;
  /** Nineteen in twenty of the same admitted waited no longer. */
  p95WaitSeconds: number;
  waits: HourWait[];
}

export interface ProfileReport extends CrowdReport {
  profile: StormProfile;
}

/** A simulated day in the figures that are spoken of: everybody, and how they are made up. */
export interface StormReport extends CrowdReport {
  peakSessions: number;
  /** Minutes from local midnight. */
  peakMinute: number;
  /** Most log-ins in a minute, in the mean of a cell. */
  peakLoginsPerMinute: number;
  profiles: ProfileReport[];
  /** By the territories of the problem. */
  territories: CrowdReport[];
  /** Per hour of the day: first attempts, all attempts, mean sessions. */
  hours: { hour: number; arrivalCount: number; attemptCount: number; meanSessions: number }[];
}

export interface ScenarioReport extends StormReport {
  name: string;
  title: { fr: string; en: string };
  source: string;
  scope: string;
  uncertain: string;
  isFitted: boolean;
  reportedPeakSessions: number | null;
  /** Simulated over reported, less one; `null` where no peak was reported. */
  deviationRatio: number | null;
}

/** The shipped scenarios with the participation fitted to the one that is meant for it, and no other change. */
export function scenarioReports(scenarios: readonly StormScenario[] = STORM_SCENARIOS): ScenarioReport[] {
  const participationRatio = fittedParticipation();
  return scenarios.map(({ day, name, title, source, scope, uncertain, isFitted, reportedPeakSessions }) => {
    const report = reportOf({ ...day, participationRatio });
    return {
      name,
      title,
      source,
      scope,
      uncertain,
      isFitted,
      reportedPeakSessions,
      deviationRatio: reportedPeakSessions === null ? null : report.peakSessions / reportedPeakSessions - 1,
      ...report,
    };
  });
}

/** Simulates a day and says what became of it. */
export function reportOf(day: StormDay): StormReport {
  const problem = stormProblemOf(day);
  return reportOfResult(problem, simulateStorm(problem));
}

/** Figures of a day that was simulated; `seed` draws the visitors who are followed for their waits. */
export function reportOfResult(
  problem: StormProblem,
  result: StormResult,
  seed = SEED,
  taggedPerClass = TAGGED_PER_CLASS,
): StormReport {
  const { cellCount, territoryCount, profileCount } = problem;
  const { curves } = result;
  const waits = waitsOf(problem, result, taggedPerClass, seed);
  const classes = Array.from({ length: territoryCount * profileCount }, (_, k) => k);
  const total = (curve: Float64Array, ofClasses: readonly number[], from = 0, to = cellCount) => {
    let sum = 0;
    for (const k of ofClasses) for (let cell = from; cell < to; cell++) sum += curve[k * cellCount + cell]!;
    return sum;
  };
  const crowdOf = (its: readonly number[]): CrowdReport => {
    const tagged = its.map((k) => ({ ...waits[k]!, admitted: total(curves.admitted, [k]) }));
    const admitted = tagged.reduce((sum, wait) => sum + wait.admitted, 0);
    const ofDay = spreadOf(tagged.flatMap((wait) => wait.ofHours.flatMap((waited) => weighted(wait, waited))));
    const [visitorCount, attemptCount] = [total(curves.arrivals, its), total(curves.attempts, its)];
    return {
      visitorCount: Math.round(visitorCount),
      attemptCount: Math.round(attemptCount),
      amplification: visitorCount === 0 ? 1 : attemptCount / visitorCount,
      admittedCount: Math.round(admitted),
      refusedCount: Math.round(total(curves.refused, its)),
      gaveUpCount: Math.round(total(curves.gaveUp, its)),
      meanWaitSeconds: Math.round(ofDay.meanSeconds),
      p95WaitSeconds: ofDay.p95Seconds,
      waits: waits[0]!.ofHours.map((_, hour) => ({ hour, ...waitOf(tagged, hour) })),
    };
  };
  let peakLogins = 0;
  for (let cell = 0; cell < cellCount; cell++) {
    peakLogins = Math.max(peakLogins, total(curves.admitted, classes, cell, cell + 1));
  }
  return {
    ...crowdOf(classes),
    peakSessions: Math.round(result.peakSessions),
    peakMinute: Math.floor((result.peakStep * STEP_SECONDS) / MINUTE_SECONDS),
    peakLoginsPerMinute: Math.round(peakLogins / CELL_MINUTES),
    profiles: STORM_PROFILES.slice(0, profileCount).map((profile, p) => ({
      profile,
      ...crowdOf(classes.filter((k) => k % profileCount === p)),
    })),
    territories: Array.from({ length: territoryCount }, (_, t) =>
      crowdOf(classes.filter((k) => Math.floor(k / profileCount) === t)),
    ),
    hours: Array.from({ length: Math.ceil(cellCount / CELLS_PER_HOUR) }, (_, hour) => {
      const from = hour * CELLS_PER_HOUR;
      const to = from + CELLS_PER_HOUR;
      return {
        hour,
        arrivalCount: Math.round(total(curves.arrivals, classes, from, to)),
        attemptCount: Math.round(total(curves.attempts, classes, from, to)),
        meanSessions: Math.round(total(curves.sessions, classes, from, to) / CELLS_PER_HOUR),
      };
    }),
  };
}

type Followed = Pick<ClassWaits, 'ofHours' | 'admittedCount'> & { admitted: number };

interface WeightedWait {
  seconds: number;
  weight: number;
}

/** Waits of a crowd's followed visitors, each of whom stands for as many admitted as the crowd has for one that was followed. */
const weighted = ({ admittedCount, admitted }: Followed, waits: readonly number[]): WeightedWait[] =>
  waits.map((seconds) => ({ seconds, weight: admitted / admittedCount }));

/** Mean and 95th percentile of an hour over crowds. */
function waitOf(crowds: readonly Followed[], hour: number): Omit<HourWait, 'hour'> {
  const followed = crowds.flatMap((crowd) => weighted(crowd, crowd.ofHours[hour]!));
  if (followed.length < LEAST_FOLLOWED) return { meanSeconds: null, p95Seconds: null };
  const { meanSeconds, p95Seconds } = spreadOf(followed);
  return { meanSeconds: Math.round(meanSeconds), p95Seconds };
}

/** Weighted mean and 95th percentile: the shortest wait that nineteen twentieths of the weight do not exceed; 0 of nobody. */
export function spreadOf(waits: readonly WeightedWait[]): { meanSeconds: number; p95Seconds: number } {
  const total = waits.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return { meanSeconds: 0, p95Seconds: 0 };
  const meanSeconds = waits.reduce((sum, { seconds, weight }) => sum + seconds * weight, 0) / total;
  const inOrder = waits.toSorted((a, b) => a.seconds - b.seconds);
  let below = 0;
  const p95 = inOrder.find(({ weight }) => (below += weight) >= 0.95 * total);
  return { meanSeconds, p95Seconds: (p95 ?? inOrder[inOrder.length - 1]!).seconds };
}
