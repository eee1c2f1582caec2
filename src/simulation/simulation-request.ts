import type { ReturnHabits } from '../kernel/simulation/storm-problem';
import type { StepMeasures, StepScope } from '../protection/protection-step';

/** A step that is tried: in force from `startsAt` until `endsAt`, instants with their offset. */
export interface TriedStep {
  startsAt: string;
  endsAt: string;
  scope: StepScope;
  measures: StepMeasures;
}

/** One of the days that are set side by side. */
export interface VariantRequest {
  name: string;
  /** A plan of the platform, also a draft; absent: what is published. */
  planId?: number;
  /** Everybody comes by habit, and nothing binds anybody. */
  isUnplanned: boolean;
  steps: TriedStep[];
}

/** What a simulation was asked for; its job remembers it. */
export interface SimulationRequest {
  platformId: number;
  date: string;
  seed: number;
  isEnforced: boolean;
  adherencePerMille: number;
  participationPerMille: number;
  walkInPerCell: number;
  entrySpreadSeconds: number;
  refusalCostPerMille: number;
  habits: ReturnHabits;
  hasWaitingRoom: boolean;
  variants: VariantRequest[];
}
