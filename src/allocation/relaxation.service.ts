import { Injectable } from '@nestjs/common';
import { RELAXATION_STEPS, relaxedRules, RULE_RELAXATIONS, type RuleRelaxation } from '../campaign/relaxed-rules.rules';
import type { OnProgress } from '../common/progress';
import type { AllocationProblem } from '../kernel/allocation/problem';
import { ProblemAssembler } from '../load/problem-assembler.service';
import type { Relaxation } from '../plan/relaxation';
import { ENOUGH_RATIO, inOrderOfLoss, lowerParticipation } from './relaxation.rules';
import { leastCapacityInThread } from './least-capacity-in-thread';

/**
 * What could give way instead of the capacity, where a plan leaves somebody out: of each kind the least step after which the limits
 * would do, by the certified least capacity of the problem as it would then be.
 */
@Injectable()
export class RelaxationService {
  constructor(private readonly assembler: ProblemAssembler) {}

  /** @param ratio the least capacity of the campaign as it is, as a multiple of its limits */
  async of(
    campaignId: number,
    problem: WindowTime,
    ratio: number,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Relaxation[]> {
    if (ratio <= ENOUGH_RATIO) return [];
    const found: Relaxation[] = [lowerParticipation(ratio)];
    for (const [k, kind] of RULE_RELAXATIONS.entries()) {
      onProgress({ phase: 'relax', doneCount: k, totalCount: RULE_RELAXATIONS.length });
      const relaxation = await this.leastStep(campaignId, problem, kind, signal);
      if (relaxation) found.push(relaxation);
    }
    return inOrderOfLoss(found);
  }

  /** The first step that is enough, or the last one; undefined where the rules give no way. */
  private async leastStep(
    campaignId: number,
    { windowCellCount }: WindowTime,
    kind: RuleRelaxation,
    signal: AbortSignal,
  ): Promise<Relaxation | undefined> {
    let last: Relaxation | undefined;
    for (const amount of RELAXATION_STEPS[kind]) {
      signal.throwIfAborted();
      const relaxed = await this.assembler.relaxed(campaignId, (rules) => relaxedRules(rules, kind, amount));
      if (!relaxed) continue;
      const lossRatio = Math.max(0, 1 - windowTimeOf(relaxed).windowCellCount / windowCellCount);
      const leastCapacityRatio = await leastCapacityInThread(relaxed, signal);
      last = { kind, amount, leastCapacityRatio, isEnough: leastCapacityRatio <= ENOUGH_RATIO, lossRatio };
      if (last.isEnough) break;
    }
    return last;
  }
}

/** Cells of all dated windows of a problem together. */
export interface WindowTime {
  windowCellCount: number;
}

export function windowTimeOf(problem: AllocationProblem): WindowTime {
  let windowCellCount = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    const set = problem.demandOccurrences[i]!;
    windowCellCount += problem.demandCells[i]! * (problem.occurrenceOffset[set + 1]! - problem.occurrenceOffset[set]!);
  }
  return { windowCellCount };
}
