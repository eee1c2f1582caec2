import type { Words } from '../protection/ladder.rules';
import type { MeasuredMinute } from './proposal.rules';

/** The two things that are declared of a platform, each of which can be declared wrong. */
export const DECLARED = ['sessions', 'logins'] as const;
export type Declared = (typeof DECLARED)[number];

/** The declared capacity looks wrong; what to do about it, for a person to decide. */
export interface CapacityNotice {
  /** `too_high`: it bears less than declared, a regulation; `too_low`: it bears more, a capacity step. */
  kind: 'too_high' | 'too_low';
  /** Which of the two declarations looks wrong. */
  about: Declared;
  /** What was observed to be borne. */
  observedSessions: number;
  declaredSessions: number;
  /** Log-ins a minute; null where they were not measured. */
  observedLogins: number | null;
  declaredLogins: number;
  /** Of a regulation: what would be left of what is declared; null for what stays as it is. */
  sessionsPerMille: number | null;
  loginsPerMille: number | null;
  /** Of a capacity step: what would be declared; null for what stays as it is. */
  concurrentSessions: number | null;
  loginsPerMinute: number | null;
  reason: Words;
}

type KnownMinute = MeasuredMinute & { sessions: number };

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
/** Of hardly anybody, failures say nothing of what a platform bears: it is down, or a few people met something else. */
const LEAST_SESSIONS = 50;
const LEAST_PER_MILLE = 50;
/** Where both stood so near to each other in trouble, neither alone is to blame: the platform as a whole bears less. */
const ALIKE_PER_MILLE = 900;

/**
 * Trouble (errors, or answers three times as slow as the median of quiet minutes) where sessions and log-ins are *both* well below what
 * is declared: the fuller of the two bears less than declared, about its median in trouble. Where either is not, or log-ins were not
 * measured, trouble is what a full platform has, and the declaration is not to blame. Clearly more than declared without trouble: it
 * bears more, the most that was seen.
 */
export function capacityNotice(minutes: readonly MeasuredMinute[]): CapacityNotice | undefined {
  const known = minutes.filter((minute): minute is KnownMinute => minute.sessions !== null && minute.sessionLimit > 0);
  const last = known.at(-1);
  if (!last) return undefined;
  const usual = median(
    known.filter((minute) => fullest(minute) < 500).flatMap(({ latencyMilliseconds }) => latencyMilliseconds ?? []),
  );
  const isTrouble = ({ errorsPerMille, latencyMilliseconds }: MeasuredMinute): boolean =>
    (errorsPerMille ?? 0) >= TROUBLE_ERRORS_PER_MILLE ||
    (usual !== undefined && (latencyMilliseconds ?? 0) >= SLOW_RATIO * usual);
  const troubled = known.filter((minute) => isTrouble(minute) && isWellBelow(minute));
  if (troubled.length >= LEAST_MINUTES) return tooHigh(troubled, last);
  const calm = known.filter(
    (minute) => !isTrouble(minute) && (minute.errorsPerMille ?? Infinity) <= CALM_ERRORS_PER_MILLE,
  );
  return tooLow(calm, last);
}

/** Whether what is declared now says already what a notice found, so that nothing is left to do. @param effective after regulations */
export function isAnswered(notice: CapacityNotice, effective: Readonly<Record<Declared, number>>): boolean {
  const observed = notice.about === 'sessions' ? notice.observedSessions : notice.observedLogins!;
  return notice.kind === 'too_high' ? effective[notice.about] <= observed : effective[notice.about] > observed - 1;
}

/** Share of what is declared, per mille; undefined where it is not known. */
function shareOf(minute: KnownMinute, declared: Declared): number | undefined {
  const [value, most] =
    declared === 'sessions' ? [minute.sessions, minute.sessionLimit] : [minute.loginsPerMinute, minute.loginLimit];
  return value === null || most <= 0 ? undefined : (value * 1000) / most;
}

const fullest = (minute: KnownMinute): number =>
  Math.max(...DECLARED.map((declared) => shareOf(minute, declared) ?? 0));

const isWellBelow = (minute: KnownMinute): boolean =>
  minute.sessions >= LEAST_SESSIONS &&
  fullest(minute) >= LEAST_PER_MILLE &&
  DECLARED.every((declared) => (shareOf(minute, declared) ?? Infinity) < WELL_BELOW_PER_MILLE);

/** @param troubled log-ins are known in each */
function tooHigh(troubled: readonly KnownMinute[], last: KnownMinute): CapacityNotice {
  const [sessionShare, loginShare] = DECLARED.map((declared) =>
    median(troubled.map((minute) => shareOf(minute, declared)!))!,
  ) as [number, number];
  const about: Declared = loginShare > sessionShare ? 'logins' : 'sessions';
  const isBoth = Math.min(sessionShare, loginShare) * 1000 >= ALIKE_PER_MILLE * Math.max(sessionShare, loginShare);
  const observedSessions = median(troubled.map(({ sessions }) => sessions))!;
  const observedLogins = median(troubled.map(({ loginsPerMinute }) => loginsPerMinute!))!;
  const declared = about === 'sessions' ? last.sessionLimit : last.loginLimit;
  const observed = about === 'sessions' ? observedSessions : observedLogins;
  const left = Math.min(1000, Math.floor((observed * 1000) / declared));
  const what = WHAT[about];
  const cut = isBoth ? BOTH : what;
  return {
    ...{
      kind: 'too_high',
      about,
      observedSessions,
      observedLogins,
      declaredSessions: last.sessionLimit,
      declaredLogins: last.loginLimit,
    },
    sessionsPerMille: isBoth || about === 'sessions' ? left : null,
    loginsPerMille: isBoth || about === 'logins' ? left : null,
    concurrentSessions: null,
    loginsPerMinute: null,
    reason: {
      fr: `Des erreurs ou des lenteurs apparaissent vers ${FRENCH.format(observed)} ${what.fr}, alors que ${FRENCH.format(declared)} sont déclarées : une régulation ramènerait ${cut.frOnly} à ce qui tient.`,
      en: `Errors or slowness appear at some ${ENGLISH.format(observed)} ${what.en} although ${ENGLISH.format(declared)} are declared: a regulation would bring ${cut.enOnly} down to what holds.`,
    },
  };
}

function tooLow(calm: readonly KnownMinute[], last: KnownMinute): CapacityNotice | undefined {
  const [beyondSessions, beyondLogins] = DECLARED.map((declared) => {
    const beyond = calm.filter((minute) => (shareOf(minute, declared) ?? 0) > WELL_ABOVE_PER_MILLE);
    return beyond.length < LEAST_MINUTES ? [] : beyond;
  }) as [KnownMinute[], KnownMinute[]];
  const concurrentSessions = most(beyondSessions.map(({ sessions }) => sessions));
  const loginsPerMinute = most(beyondLogins.map((minute) => minute.loginsPerMinute!));
  if (concurrentSessions === null && loginsPerMinute === null) return undefined;
  const about =
    concurrentSessions === null || (loginsPerMinute ?? 0) * last.sessionLimit > concurrentSessions * last.loginLimit
      ? 'logins'
      : 'sessions';
  const declared = about === 'sessions' ? last.sessionLimit : last.loginLimit;
  const observed = about === 'sessions' ? concurrentSessions! : loginsPerMinute!;
  const both = concurrentSessions !== null && loginsPerMinute !== null;
  const what = WHAT[about];
  const raised = both ? BOTH : what;
  return {
    kind: 'too_low',
    about,
    observedSessions: concurrentSessions ?? most(beyondLogins.map(({ sessions }) => sessions))!,
    observedLogins: loginsPerMinute ?? most(beyondSessions.flatMap((minute) => minute.loginsPerMinute ?? [])),
    declaredSessions: last.sessionLimit,
    declaredLogins: last.loginLimit,
    sessionsPerMille: null,
    loginsPerMille: null,
    concurrentSessions,
    loginsPerMinute,
    reason: {
      fr: `${FRENCH.format(observed)} ${what.fr} ont été tenues sans erreur, alors que ${FRENCH.format(declared)} sont déclarées : la capacité déclarée peut monter, pour ${raised.frOnly}.`,
      en: `${ENGLISH.format(observed)} ${what.en} were held without errors although ${ENGLISH.format(declared)} are declared: the declared capacity can rise, for ${raised.enOnly}.`,
    },
  };
}

const WHAT = {
  sessions: { fr: 'sessions', en: 'sessions', frOnly: 'les sessions seules', enOnly: 'sessions alone' },
  logins: {
    fr: 'connexions par minute',
    en: 'log-ins a minute',
    frOnly: 'les connexions seules',
    enOnly: 'log-ins alone',
  },
};
const BOTH = { frOnly: 'les sessions et les connexions', enOnly: 'sessions and log-ins' };

const most = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
