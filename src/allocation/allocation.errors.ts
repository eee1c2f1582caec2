import { DomainError } from '../common/domain-error';
import type { PlanViolation } from '../kernel/allocation/check-plan';

export class AllocationAlreadyRunningError extends DomainError {
  constructor(campaignId: number, jobId: number) {
    super(
      'allocation.already_running',
      'conflict',
      `Campaign ${campaignId} is already being allocated by job ${jobId}: follow it, or cancel it first.`,
      { campaignId, jobId },
    );
  }
}

/** The independent checker refused what the solver made: nothing is stored. */
export class AllocationRefusedError extends DomainError {
  constructor(violationCountByLaw: Readonly<Record<string, number>>, violations: readonly PlanViolation[]) {
    const broken = Object.entries(violationCountByLaw).filter(([, count]) => count > 0);
    super(
      'allocation.plan_refused',
      'unprocessable',
      `The plan breaks ${broken.map(([law, count]) => `${law} (${count} times)`).join(', ')} and was not stored.`,
      { violationCounts: Object.fromEntries(broken), violations },
    );
  }
}

/** The proof of the lower bound does not hold: nothing is stored. */
export class AllocationBoundRefusedError extends DomainError {
  constructor(bound: 'peak' | 'objective' | 'joint_objective', claimed: number, derived: number) {
    super(
      'allocation.bound_refused',
      'unprocessable',
      `The prices of the plan prove a bound of the ${bound.replace('_', ' ')} of ${derived} only, not ${claimed}: the plan was not stored.`,
      { bound, claimed, derived },
    );
  }
}

/** Windows stand further from their wish than the cap that the plan claims: nothing is stored. */
export class AllocationCapRefusedError extends DomainError {
  constructor(capMinutes: number, demandCount: number) {
    super(
      'allocation.cap_refused',
      'unprocessable',
      `${demandCount} choices stand further than ${capMinutes} minutes from their wish, the cap that the plan claims: it was not stored.`,
      { capMinutes, demandCount },
    );
  }
}

/** The rows of the campaign do not make a problem that can be solved. */
export class AllocationProblemRefusedError extends DomainError {
  constructor(reason: string) {
    super('allocation.problem_invalid', 'unprocessable', `The campaign cannot be allocated: ${reason}`);
  }
}

/** A replan changes a published plan, and there is none. */
export class NothingToReplanError extends DomainError {
  constructor(campaignId: number) {
    super(
      'allocation.nothing_to_replan',
      'conflict',
      `Campaign ${campaignId} has no published plan to change: ask for a fresh one.`,
      { campaignId },
    );
  }
}
