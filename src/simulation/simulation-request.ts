import type { EstablishmentKind } from '../directory/directory-rows';
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

/** Whose windows bind: staff comes by habit. */
export const WINDOW_PROFILES = ['pupil', 'relative'] as const;

/** The share of some visitors that comes in its window, where it is known better than for all. */
export interface SimulatedAdherence {
  profile: (typeof WINDOW_PROFILES)[number];
  /** Null: of all kinds of which nothing is said. */
  establishmentKind: EstablishmentKind | null;
  adherencePerMille: number;
}

/** What a simulation was asked for; its job remembers it. */
export interface SimulationRequest {
  platformId: number;
  date: string;
  seed: number;
  isEnforced: boolean;
  /** Null: as the load models of the plans have it. */
  adherencePerMille: number | null;
  /** Those of whom more is known than `adherencePerMille`; absent in requests of before there was any. */
  adherences?: readonly SimulatedAdherence[];
  participationPerMille: number;
  walkInPerCell: number;
  entrySpreadSeconds: number;
  refusalCostPerMille: number;
  habits: ReturnHabits;
  hasWaitingRoom: boolean;
  variants: VariantRequest[];
}
