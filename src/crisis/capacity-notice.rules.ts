import type { Words } from '../protection/ladder.rules';
import type { MeasuredMinute } from './proposal.rules';

/** The declared capacity looks wrong; what to do about it, for a person to decide. */
export interface CapacityNotice {
  /** `too_high`: it bears less than declared, a regulation; `too_low`: it bears more, a capacity step. */
  kind: 'too_high' | 'too_low';
  /** What was observed to be borne. */
  observedSessions: number;
  declaredSessions: number;
  /** Of a regulation: what would be left of the declared capacity. */
  sessionsPerMille: number | null;
  /** Of a capacity step: what would be declared. */
  concurrentSessions: number | null;
  reason: Words;
}

/** Counts as readers write them: 89 340 with the narrow space in French, 89,340 in English. */
const [FRENCH, ENGLISH] = [new Intl.NumberFormat('fr-FR'), new Intl.NumberFormat('en-GB')];
/** So many minutes, of the last half hour, must say the same. */
const LEAST_MINUTES = 5;
const TROUBLE_ERRORS_PER_MILLE = 50;
const CALM_ERRORS_PER_MILLE = 5;
/** So many times as slow as in quiet minutes is trouble. */
const SLOW_RATIO = 3;
/** Trouble below this share of what is declared contradicts the declaration. */
const WELL_BELOW_PER_MILLE = 900;
const WELL_ABOVE_PER_MILLE = 1050;

/**
 * Trouble (errors, or answers three times as slow as the median of quiet minutes) well below what is declared: it bears less, about
 * the median of the sessions in trouble. Clearly more sessions than declared without trouble: it bears more, the most that was seen.
 */
export function capacityNotice(minutes: readonly MeasuredMinute[]): CapacityNotice | undefined {
  const known = minutes.filter((minute): minute is MeasuredMinute & { sessions: number } => minute.sessions !== null && minute.sessionLimit > 0); // prettier-ignore
  const shareOf = ({ sessions, sessionLimit }: (typeof known)[number]): number => (sessions * 1000) / sessionLimit;
  const usual = median(known.filter((minute) => shareOf(minute) < 500).flatMap(({ latencyMilliseconds }) => latencyMilliseconds ?? [])); // prettier-ignore
  const isTrouble = ({ errorsPerMille, latencyMilliseconds }: MeasuredMinute): boolean =>
    (errorsPerMille ?? 0) >= TROUBLE_ERRORS_PER_MILLE ||
    (usual !== undefined && (latencyMilliseconds ?? 0) >= SLOW_RATIO * usual);
  const troubled = known.filter((minute) => isTrouble(minute) && shareOf(minute) < WELL_BELOW_PER_MILLE);
  const declaredSessions = known.at(-1)?.sessionLimit ?? 0;
  if (troubled.length >= LEAST_MINUTES) {
    const observedSessions = median(troubled.map(({ sessions }) => sessions))!;
    const sessionsPerMille = Math.floor((observedSessions * 1000) / declaredSessions);
    return { kind: 'too_high', observedSessions, declaredSessions, sessionsPerMille, concurrentSessions: null, reason: {
      fr: `Des erreurs ou des lenteurs apparaissent vers ${FRENCH.format(observedSessions)} sessions, alors que ${FRENCH.format(declaredSessions)} sont déclarées : une régulation ramènerait la capacité à ce qui tient.`,
      en: `Errors or slowness appear at some ${ENGLISH.format(observedSessions)} sessions although ${ENGLISH.format(declaredSessions)} are declared: a regulation would bring the capacity down to what holds.`,
    } }; // prettier-ignore
  }
  const beyond = known.filter(
    (minute) => shareOf(minute) > WELL_ABOVE_PER_MILLE && !isTrouble(minute) && (minute.errorsPerMille ?? Infinity) <= CALM_ERRORS_PER_MILLE,
  ); // prettier-ignore
  if (beyond.length < LEAST_MINUTES) return undefined;
  const observedSessions = Math.max(...beyond.map(({ sessions }) => sessions));
  return { kind: 'too_low', observedSessions, declaredSessions, sessionsPerMille: null, concurrentSessions: observedSessions, reason: {
    fr: `${FRENCH.format(observedSessions)} sessions ont été tenues sans erreur, alors que ${FRENCH.format(declaredSessions)} sont déclarées : la capacité déclarée peut monter.`,
    en: `${ENGLISH.format(observedSessions)} sessions were held without errors although ${ENGLISH.format(declaredSessions)} are declared: the declared capacity can rise.`,
  } }; // prettier-ignore
}

/** Whether the capacity that is declared now says already what a notice found, so that nothing is left to do. @param effectiveSessions after regulations */
export const isAnswered = ({ kind, observedSessions }: CapacityNotice, effectiveSessions: number): boolean =>
  kind === 'too_high' ? effectiveSessions <= observedSessions : effectiveSessions > observedSessions - 1;

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
