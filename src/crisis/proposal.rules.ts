import type { Rung, Words } from '../protection/ladder.rules';

/** A minute of a platform, put together from all that reported it. */
export interface MeasuredMinute {
  at: Date;
  sessions: number | null;
  loginsPerMinute: number | null;
  latencyMilliseconds: number | null;
  errorsPerMille: number | null;
  /** What the platform was declared to bear in it, after regulations. */
  sessionLimit: number;
  loginLimit: number;
}

/** A rung that is in force. */
export interface ActiveRung {
  code: string;
  stepId: number;
  since: Date;
}

/** What the service proposes; a person decides. */
export interface RungProposal {
  action: 'climb' | 'leave' | 'keep' | 'unknown';
  /** The rung to climb to or to leave. */
  rung: string | null;
  /** The step to undo, where a rung is to be left. */
  stepId: number | null;
  /** Observed load of the last minute, per mille of the declared capacity; null where nothing was measured lately. */
  loadPerMille: number | null;
  reason: Words;
}

/** A load counts once it has lasted: one minute of a bell is no storm. */
const CLIMB_MINUTES = 3;
/** Leaving waits longer than climbing, or the two would chase each other. */
const LEAVE_MINUTES = 10;
/** Measurements older than this say nothing of now. */
const FRESH_MINUTES = 5;
/** A platform that fails at a twentieth of its requests is full, whatever was declared. */
const TROUBLE_ERRORS_PER_MILLE = 50;
const FULL = 1000;
const MINUTE = 60_000;

/** Load of a minute, per mille of what is declared: the fuller of sessions and log-ins, full at least where requests fail. */
export function loadPerMille({
  sessions,
  loginsPerMinute,
  errorsPerMille,
  sessionLimit,
  loginLimit,
}: MeasuredMinute): number {
  const share = (value: number | null, most: number): number =>
    value === null ? 0 : most > 0 ? (value * 1000) / most : FULL;
  const load = Math.max(share(sessions, sessionLimit), share(loginsPerMinute, loginLimit));
  return Math.round((errorsPerMille ?? 0) >= TROUBLE_ERRORS_PER_MILLE ? Math.max(load, FULL) : load);
}

/**
 * The rung to climb to: the mildest that is not in force and whose load was reached in each of the last three minutes that were
 * measured, all of the last five. The rung to leave: the strictest in force whose lower load was not reached in ten minutes, nor in those of its own.
 * Small trouble so climbs one mild rung, and what climbed at 900 is left below 750 only.
 */
export function rungProposal(
  rungs: readonly Rung[],
  active: readonly ActiveRung[],
  minutes: readonly MeasuredMinute[],
  now: Date,
): RungProposal {
  const recent = (count: number) => minutes.filter(({ at }) => now.getTime() - at.getTime() < count * MINUTE);
  if (recent(FRESH_MINUTES).length === 0) {
    return {
      action: 'unknown',
      rung: null,
      stepId: null,
      loadPerMille: null,
      reason: {
        fr: `Aucune mesure depuis ${FRESH_MINUTES} minutes : rien ne peut être proposé.`,
        en: `No measurement for ${FRESH_MINUTES} minutes: nothing can be proposed.`,
      },
    };
  }
  const last = minutes.at(-1)!;
  const load = loadPerMille(last);
  // minutes that lie far apart say nothing of what was between them
  const lasting = recent(FRESH_MINUTES).slice(-CLIMB_MINUTES).map(loadPerMille);
  const least = lasting.length < CLIMB_MINUTES ? 0 : Math.min(...lasting);
  const percent = (perMille: number): string => `${Math.round(perMille / 10)} %`;
  const percentage = (perMille: number): string => `${Math.round(perMille / 10)}%`;
  const next = rungs.find(({ code }) => !active.some((its) => its.code === code));
  if (next && least >= next.thresholds.climbPerMille) {
    return {
      action: 'climb',
      rung: next.code,
      stepId: null,
      loadPerMille: load,
      reason: {
        fr: `La charge est d’au moins ${percent(least)} de la capacité depuis ${CLIMB_MINUTES} minutes ; cet échelon est prévu à partir de ${percent(next.thresholds.climbPerMille)}.`,
        en: `The load has been ${percentage(least)} of the capacity or more for ${CLIMB_MINUTES} minutes; this rung is agreed from ${percentage(next.thresholds.climbPerMille)} on.`,
      },
    };
  }
  const calm = recent(LEAVE_MINUTES);
  const most = Math.max(...calm.map(loadPerMille));
  const covers = minutes.some(({ at }) => now.getTime() - at.getTime() >= (LEAVE_MINUTES - 1) * MINUTE);
  for (const rung of [...rungs].reverse()) {
    const its = active.find(({ code }) => code === rung.code);
    if (!its) continue;
    if (
      !covers ||
      now.getTime() - its.since.getTime() < LEAVE_MINUTES * MINUTE ||
      most >= rung.thresholds.leavePerMille
    )
      break;
    return {
      action: 'leave',
      rung: rung.code,
      stepId: its.stepId,
      loadPerMille: load,
      reason: {
        fr: `La charge n’a pas dépassé ${percent(most)} de la capacité en ${LEAVE_MINUTES} minutes ; cet échelon se quitte sous ${percent(rung.thresholds.leavePerMille)}.`,
        en: `The load has not passed ${percentage(most)} of the capacity in ${LEAVE_MINUTES} minutes; this rung is left below ${percentage(rung.thresholds.leavePerMille)}.`,
      },
    };
  }
  if (rungs.length === 0) {
    return {
      action: 'keep',
      rung: null,
      stepId: null,
      loadPerMille: load,
      reason: {
        fr: `La charge est de ${percent(load)} de la capacité ; aucune échelle n’est adoptée : rien ne peut être proposé.`,
        en: `The load is ${percentage(load)} of the capacity; no ladder was adopted: nothing can be proposed.`,
      },
    };
  }
  return {
    action: 'keep',
    rung: null,
    stepId: null,
    loadPerMille: load,
    reason: {
      fr: `La charge est de ${percent(load)} de la capacité : rien à changer.`,
      en: `The load is ${percentage(load)} of the capacity: nothing to change.`,
    },
  };
}
