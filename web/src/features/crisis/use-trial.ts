import { useState } from 'react';
import { Problem, type Schema } from '../../shared/api';
import { type Acts, isUnderWay, useSimulation } from './data';
import { effectOf } from './effect';

/** A step that is tried before it is taken; whatever is changed afterwards is tried again. */
export function useTrial(acts: Acts, trial: Schema<'StepTrialRequestDto'>) {
  /** What was tried last; without a number where it cannot be simulated, as a day without a published plan. */
  const [tried, setTried] = useState<{ what: string; simulationId: number | null }>();
  const simulation = useSimulation(tried?.simulationId ?? null);
  const what = JSON.stringify(trial);
  const isTried = tried?.what === what;
  const isRunning = isTried && tried.simulationId !== null && isUnderWay(simulation.data?.state ?? 'queued');
  return {
    isTried,
    isRunning,
    expected: isTried && !isRunning ? effectOf(simulation.data) : undefined,
    simulationId: isTried ? tried.simulationId : null,
    simulate: async () => {
      const made = await acts.tryStep(trial).catch((error: unknown) => {
        if (!(error instanceof Problem) || error.status !== 409) throw error;
        return { simulationId: null };
      });
      setTried({ what, ...made });
    },
  };
}
