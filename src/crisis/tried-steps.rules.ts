import type { StepRow } from '../protection/protection.store';
import type { StepMeasures, StepScope } from '../protection/protection-step';

interface TriedStep {
  startsAt: string;
  endsAt: string;
  scope: StepScope;
  measures: StepMeasures;
}

/** Steps that were or are in force, as a simulation of [from, to) takes them. */
export function triedStepsOf(steps: readonly StepRow[], from: Date, to: Date): TriedStep[] {
  return steps
    .filter(({ startsAt, endsAt }) => startsAt < to && endsAt > from)
    .map(({ startsAt, endsAt, scope, measures, regulationId }) => ({
      startsAt: new Date(Math.max(startsAt.getTime(), from.getTime())).toISOString(),
      endsAt: new Date(Math.min(endsAt.getTime(), to.getTime())).toISOString(),
      scope,
      // its regulation stands in the capacity already
      measures: regulationId === null ? measures : { ...measures, capacityPerMille: 1000 },
    }));
}
