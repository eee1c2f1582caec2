import { LONGEST_STEP_HOURS, type Rung, stepProblem } from '../protection/ladder.rules';
import type { StepMeasures, StepScope } from '../protection/protection-step';
import { ProtectionInvalid } from './protection.errors';

const MINUTE = 60_000;
/** A step is of these days or of a known week: a year that was mistyped is neither. */
const MOST_DAYS_AHEAD = 92;

/** Whom a step concerns, what it does and when, as somebody asks for it: a rung says the rest. */
export interface AskedStep {
  rung?: string;
  scope?: StepScope;
  measures?: StepMeasures;
  startsAt?: Date;
  endsAt?: Date;
  minutes?: number;
}

/** The same, whole. */
export interface ResolvedStep {
  scope: StepScope;
  measures: StepMeasures;
  startsAt: Date;
  endsAt: Date;
  minutes: number;
}

/**
 * A step with what its rung says and its end reckoned; never before now, by the clock of the service.
 *
 * @param rung the one that is asked for, @param features names of what may be switched off
 * @throws ProtectionInvalid
 */
export function resolvedStep(
  asked: AskedStep,
  rung: Rung | undefined,
  features: readonly string[],
  now: Date,
): ResolvedStep {
  const { scope, measures } = rung ?? asked;
  if (!scope || !measures)
    throw new ProtectionInvalid('Name a rung of the ladder, or state name, scope, measures and words.');
  const startsAt = asked.startsAt && asked.startsAt > now ? asked.startsAt : now;
  if (startsAt.getTime() > now.getTime() + MOST_DAYS_AHEAD * 24 * 60 * MINUTE)
    throw new ProtectionInvalid(`A step starts within ${MOST_DAYS_AHEAD} days.`);
  if (asked.endsAt && asked.minutes !== undefined)
    throw new ProtectionInvalid('A step has one end: endsAt or minutes, not both.');
  const askedMinutes = asked.minutes ?? rung?.minutes;
  const endsAt =
    asked.endsAt ?? (askedMinutes === undefined ? undefined : new Date(startsAt.getTime() + askedMinutes * MINUTE));
  if (!endsAt) throw new ProtectionInvalid('A step needs its end: endsAt or minutes.');
  const minutes = (endsAt.getTime() - startsAt.getTime()) / MINUTE;
  const problem = stepProblem({ scope, measures, minutes }, features);
  if (problem !== undefined) throw ProtectionInvalid.because(problem);
  if (minutes <= 0) throw new ProtectionInvalid('A step must end after it starts, and after now.');
  if (minutes > LONGEST_STEP_HOURS * 60)
    throw new ProtectionInvalid(`A step lasts ${LONGEST_STEP_HOURS} hours at most.`);
  return { scope, measures, startsAt, endsAt, minutes };
}
