import { simulateStorm } from '../kernel/simulation/storm';
import { STEPS_PER_CELL, type StormProblem } from '../kernel/simulation/storm-problem';
import { type CrowdReport, type ProfileReport, reportOfResult } from './storm-report.rules';
import { STORM_PROFILES, type StormProfile } from './storm-day.rules';

/** A column with one whole number a cell of the day. */
type Curve = number[];

/** What a simulated day of a platform comes to; cells are counted from the day's first one. */
export interface SimulatedVariant extends CrowdReport {
  peakSessions: number;
  peakCell: number;
  peakLoginsPerMinute: number;
  pollCount: number;
  profiles: ProfileReport[];
  /** In the order of the departments that were given. */
  territories: CrowdReport[];
  curves: Record<
    | 'sessionLimit'
    | 'loginLimit'
    | 'arrivals'
    | 'attempts'
    | 'admitted'
    | 'refused'
    | 'gaveUp'
    | 'sessions'
    | 'waiting'
    | 'polls',
    Curve
  >;
  /** Of each department and profile with visitors. */
  classes: ClassCurves[];
}

const CLASS_CURVES = ['arrivals', 'attempts', 'admitted', 'refused', 'gaveUp', 'sessions', 'waiting', 'polls'] as const;

interface ClassCurves extends Record<(typeof CLASS_CURVES)[number], Curve> {
  territory: number;
  profile: StormProfile;
  /** Attempts of the day divided by visits. */
  amplification: number;
}

/** Enough to tell a mean wait within a few per cent, few enough for a region's territories. */
const TAGGED_PER_CLASS = 500;

/** Simulates a day and sums it up: deterministic by problem and seed. @throws StormProblemInvalid */
export function simulatedVariant(problem: StormProblem, seed: number): SimulatedVariant {
  const { cellCount, profileCount, territoryCount } = problem;
  const result = simulateStorm(problem);
  const { curves } = result;
  const report = reportOfResult(problem, result, seed, TAGGED_PER_CLASS);
  const summed = (curve: Float64Array): Curve =>
    Array.from({ length: cellCount }, (_, cell) => {
      let sum = 0;
      for (let k = 0; k < territoryCount * profileCount; k++) sum += curve[k * cellCount + cell]!;
      return Math.round(sum);
    });
  const ofClass = (curve: Float64Array, k: number): Curve =>
    Array.from(curve.subarray(k * cellCount, (k + 1) * cellCount), Math.round);
  const totalOf = (curve: Float64Array, k: number): number =>
    curve.subarray(k * cellCount, (k + 1) * cellCount).reduce((sum, count) => sum + count, 0);
  const classes = Array.from({ length: territoryCount * profileCount }, (_, k): ClassCurves => {
    const its = Object.fromEntries(CLASS_CURVES.map((name) => [name, ofClass(curves[name], k)]));
    return {
      territory: Math.floor(k / profileCount),
      profile: STORM_PROFILES[k % profileCount]!,
      amplification: totalOf(curves.attempts, k) / totalOf(curves.arrivals, k),
      ...(its as Record<(typeof CLASS_CURVES)[number], Curve>),
    };
  });
  return {
    peakSessions: report.peakSessions,
    peakCell: Math.floor(result.peakStep / STEPS_PER_CELL),
    peakLoginsPerMinute: report.peakLoginsPerMinute,
    pollCount: Math.round(result.pollCount),
    visitorCount: report.visitorCount,
    attemptCount: report.attemptCount,
    amplification: report.amplification,
    admittedCount: report.admittedCount,
    refusedCount: report.refusedCount,
    gaveUpCount: report.gaveUpCount,
    meanWaitSeconds: report.meanWaitSeconds,
    p95WaitSeconds: report.p95WaitSeconds,
    waits: report.waits,
    profiles: report.profiles,
    territories: report.territories,
    curves: {
      sessionLimit: Array.from(problem.sessionLimit, Math.round),
      loginLimit: Array.from(problem.loginLimit, Math.round),
      arrivals: summed(curves.arrivals),
      attempts: summed(curves.attempts),
      admitted: summed(curves.admitted),
      refused: summed(curves.refused),
      gaveUp: summed(curves.gaveUp),
      sessions: summed(curves.sessions),
      waiting: summed(curves.waiting),
      polls: summed(curves.polls),
    },
    classes: classes.filter(({ arrivals }) => arrivals.some((count) => count > 0)),
  };
}
