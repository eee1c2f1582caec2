import { CELLS_PER_HOUR } from '../kernel/cell-grid';
import type {
  Assumption,
  Cause,
  CauseCode,
  CauseVerdict,
  CrowdCounts,
  PostMortemFacts,
  WrittenCause,
} from './post-mortem';

/** What of a simulated day is set beside the real one. */
export interface ReplayedDay {
  attemptCount: number;
  /** Questions of waiting pages; a gate counts each as an attempt. */
  pollCount: number;
  admittedCount: number;
  peakSessions: number;
}

/** So much more than was planned for is no cause by itself. */
const MORE_RATIO = 1.05;
/** From here on people come again often enough to be a load of their own: beyond the attempt that each has, and the questions that pages ask as told. */
const BUBBLE_RATIO = 1.5;

/** A day on which clocks go back has 25 hours. */
const LONGEST_DAY_CELLS = 25 * CELLS_PER_HOUR;

const ratioOf = (count: number | null, of: number | null): number | null =>
  count === null || of === null || of === 0 ? null : count / of;

/** Who was let in; null where no gateway counted anybody, which says nothing of who came. */
const admittedOf = ({ admitted, attempts }: CrowdCounts): number | null => (attempts === 0 ? null : admitted);

/** Attempts of a visitor: each is admitted once a day, so those admitted stand for the distinct ones. */
export const amplificationOf = ({ attempts, admitted }: CrowdCounts): number | null => ratioOf(attempts, admitted);

/** The same of a replay, counted as gates count: the questions of waiting pages are attempts. */
export const replayedAmplificationOf = ({ attemptCount, pollCount, admittedCount }: ReplayedDay): number | null =>
  ratioOf(attemptCount + pollCount, admittedCount);

/**
 * Attempts of a visitor who never comes again: one, and where a room was open the questions of the waiting page; null where no replay tells
 * these, as of several days, of which one is replayed.
 */
function askedAsTold(
  { hasWaitingRoom = false, curves }: PostMortemFacts,
  replayed: ReplayedDay | undefined,
): number | null {
  if (!hasWaitingRoom) return 1;
  if (curves.attempts.length > LONGEST_DAY_CELLS) return null;
  const questions = replayed === undefined ? null : ratioOf(replayed.pollCount, replayed.admittedCount);
  return questions === null ? null : 1 + questions;
}

/** Of those who were let in and had a window, the share inside it; of the replayed day. Of post-mortems of before: of all who were let in. */
export const adherenceOf = ({ adherence, totals }: PostMortemFacts): number | null =>
  adherence === undefined ? ratioOf(totals.admittedInWindow, totals.admitted) : adherence;

/**
 * Possible causes with what the figures say of each; what nothing was measured of stays open, and so does the bubble where a waiting room
 * was open until the replay says how often its pages ask.
 * @param replayed the simulation of the day as it was
 */
export function causesOf(facts: PostMortemFacts, replayed?: ReplayedDay): Cause[] {
  const { totals } = facts;
  const cause = (code: CauseCode, figure: number | null, isRuledOut: boolean): Cause => {
    const verdict: CauseVerdict = figure === null ? 'open' : isRuledOut ? 'ruled_out' : 'contributed';
    return { code, verdict, figure: figure === null ? null : Math.round(figure * 1000) / 1000, comment: '' };
  };
  const came = ratioOf(admittedOf(totals), totals.expected);
  const adherence = adherenceOf(facts);
  const amplification = amplificationOf(totals);
  const told = askedAsTold(facts, replayed);
  const failing = facts.measuredMinutes === 0 ? null : facts.failingBelowCapacityMinutes;
  return [
    cause('plan_over_limit', facts.overPlannedCellCount, facts.overPlannedCellCount === 0),
    cause('capacity_cut', facts.capacityCutCount, facts.capacityCutCount === 0),
    cause('platform_failed_below_capacity', failing, failing === 0),
    cause('more_came_than_planned', came, came !== null && came <= MORE_RATIO),
    cause(
      'outside_their_windows',
      adherence,
      adherence !== null && adherence * 1000 >= (facts.assumedAdherencePerMille ?? 0),
    ),
    told === null
      ? { ...cause('came_again', amplification, false), verdict: 'open' }
      : cause('came_again', amplification, amplification !== null && amplification <= BUBBLE_RATIO * told),
  ];
}

/**
 * The causes with what people say of them: figures stay, and so do causes that nobody names. Another cause than those that figures speak of
 * is one once somebody has said what it is.
 */
export function causesWith(causes: readonly Cause[], words: readonly WrittenCause[]): Cause[] {
  const said = new Map(words.map((word) => [word.code, word]));
  const others = words.filter(({ code }) => causes.every((cause) => cause.code !== code));
  return [...causes, ...others.map((word): Cause => ({ ...word, figure: null }))]
    .map((cause) => ({ ...cause, ...said.get(cause.code) }))
    .filter(({ code, comment }) => code !== 'other' || comment.trim() !== '');
}

/**
 * What the replay says of the questions of waiting pages is there later than the rest: it is said of causes that nobody has said anything
 * else of meanwhile.
 * @param causes as they were stored
 */
export function causesAsReplayed(causes: readonly Cause[], facts: PostMortemFacts, replayed?: ReplayedDay): Cause[] {
  const verdicts = new Map(causesOf(facts).map(({ code, verdict }) => [code, verdict]));
  const known = new Map(causesOf(facts, replayed).map((cause) => [cause.code, cause]));
  const isUntouched = ({ code, verdict, comment }: Cause): boolean => comment === '' && verdict === verdicts.get(code);
  return causes.map((cause) => (isUntouched(cause) ? (known.get(cause.code) ?? cause) : cause));
}

/** Assumptions beside what was seen, the one that failed most first. @param replayed the simulation of the day as it was */
export function assumptionsOf(facts: PostMortemFacts, replayed: ReplayedDay | undefined): Assumption[] {
  const { totals, curves } = facts;
  const measured = curves.measuredSessions.filter((sessions) => sessions !== null);
  const peak = measured.length === 0 ? null : Math.max(...measured);
  const pairs: [Assumption['name'], number | null, number | null][] = [
    ['participation', totals.expected, admittedOf(totals)],
    [
      'adherence',
      facts.assumedAdherencePerMille === null ? null : facts.assumedAdherencePerMille / 1000,
      adherenceOf(facts),
    ],
    ['amplification', replayed === undefined ? null : replayedAmplificationOf(replayed), amplificationOf(totals)],
    ['peak_sessions', replayed?.peakSessions ?? null, peak],
  ];
  return pairs
    .flatMap(([name, assumed, observed]) =>
      assumed === null || observed === null || assumed === 0
        ? []
        : [{ name, assumed, observed, deviationRatio: observed / assumed - 1 }],
    )
    .sort((a, b) => Math.abs(b.deviationRatio) - Math.abs(a.deviationRatio));
}
