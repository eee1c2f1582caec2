import { Injectable } from '@nestjs/common';
import { RELAXATION_STEPS, relaxedRules, RULE_RELAXATIONS, type RuleRelaxation } from '../campaign/relaxed-rules.rules';
import type { OnProgress } from '../common/progress';
import type { AllocationProblem } from '../kernel/allocation/problem';
import { ProblemAssembler, type WishChange } from '../load/problem-assembler.service';
import type { UnplacedWindow } from '../plan/plan-draft';
import type { Relaxation } from '../plan/relaxation';
import { AllocationFactsStore } from './allocation-facts.store';
import { askingLeastCapacity, askingLeftOut, type AskThread } from './answer-of-thread';
import { LIFTED_LAWS, type LeftOutCounts } from './left-out.rules';
import { ENOUGH_RATIO, inOrderOfLoss, lowerParticipation, OF_CAPACITY } from './relaxation.rules';

const MOST_NAMED = 20;
/** Reasons that speak of capacity alone. */
const FULL: readonly string[] = ['sessions_full', 'logins_full'];

/** What is lifted of the wishes: closed times go, fixed windows become wishes. */
const LIFTED_WISHES: Readonly<Record<'lift_closed_times' | 'lift_fixed_windows', WishChange>> = {
  lift_closed_times: (wish) => (wish.kind === 'closed' ? null : wish),
  lift_fixed_windows: (wish) => (wish.kind === 'fixed' ? { ...wish, kind: 'wished' } : wish),
};

/**
 * What could give way where a plan leaves somebody out: of each kind the least step after which the limits would do, by the certified
 * least capacity of the problem as it would then be, or after which nobody would be left out, were there capacity enough.
 */
@Injectable()
export class RelaxationService {
  constructor(
    private readonly assembler: ProblemAssembler,
    private readonly facts: AllocationFactsStore,
  ) {}

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
    await askingLeastCapacity(signal, async (ask) => {
      for (const [k, kind] of RULE_RELAXATIONS.entries()) {
        onProgress({ phase: 'relax', doneCount: k, totalCount: RULE_RELAXATIONS.length });
        const relaxation = await this.leastStep(campaignId, problem, kind, ask, signal);
        if (relaxation) found.push(relaxation);
      }
    });
    return inOrderOfLoss(found);
  }

  /**
   * What would give a place to those whom no capacity helps: their establishments alone, with capacity without end, are planned again by
   * each step of the rules, without their closed times or fixed windows, and without each law between windows.
   */
  ofLaws(
    campaignId: number,
    unplaced: readonly UnplacedWindow[],
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Relaxation[]> {
    return askingLeftOut(signal, (ask) => this.asked(campaignId, unplaced, ask, onProgress));
  }

  private async asked(
    campaignId: number,
    unplaced: readonly UnplacedWindow[],
    ask: AskThread<LeftOutCounts>,
    onProgress: OnProgress,
  ): Promise<Relaxation[]> {
    const barred = unplaced.filter(({ reason }) => !FULL.includes(reason));
    const ids = new Set((barred.length > 0 ? barred : unplaced).map(({ establishmentId }) => establishmentId));
    const whole = await this.assembler.ofEstablishments(campaignId, ids, (rules) => rules);
    if (!whole) return [];
    const time = windowTimeOf(whole);
    const { asItIs, lifted } = await ask(whole);
    if (asItIs === 0) return [];
    const uais = await this.facts.uais([...ids].slice(0, MOST_NAMED));
    const common = { cause: 'laws', leastCapacityRatio: null, leftOutBefore: asItIs, uais } as const;
    const relaxationOf = (
      kind: Relaxation['kind'],
      amount: number,
      leftOutCount: number,
      lossRatio = 0,
    ): Relaxation => ({
      kind,
      amount,
      ...common,
      leftOutCount,
      isEnough: leftOutCount === 0,
      lossRatio,
    });
    const found = LIFTED_LAWS.flatMap((law) =>
      lifted[law] === undefined ? [] : [relaxationOf(law, ids.size, lifted[law])],
    );
    for (const [kind, change] of Object.entries(LIFTED_WISHES)) {
      const without = await this.assembler.ofEstablishments(campaignId, ids, (rules) => rules, change);
      if (without) found.push(relaxationOf(kind as keyof typeof LIFTED_WISHES, ids.size, (await ask(without)).asItIs));
    }
    for (const [k, kind] of RULE_RELAXATIONS.entries()) {
      onProgress({ phase: 'relax', doneCount: k, totalCount: RULE_RELAXATIONS.length });
      let last: Relaxation | undefined;
      for (const amount of RELAXATION_STEPS[kind]) {
        const relaxed = await this.assembler.ofEstablishments(campaignId, ids, (rules) =>
          relaxedRules(rules, kind, amount),
        );
        if (!relaxed) continue;
        const lossRatio = Math.max(0, 1 - windowTimeOf(relaxed).windowCellCount / time.windowCellCount);
        last = relaxationOf(kind, amount, (await ask(relaxed)).asItIs, lossRatio);
        if (last.isEnough) break;
      }
      if (last) found.push(last);
    }
    // what gives nobody a place is no way out
    return inOrderOfLoss(found.filter(({ leftOutCount }) => leftOutCount! < asItIs));
  }

  /** The first step that is enough, or the last one; undefined where the rules give no way. */
  private async leastStep(
    campaignId: number,
    { windowCellCount }: WindowTime,
    kind: RuleRelaxation,
    ask: AskThread<number>,
    signal: AbortSignal,
  ): Promise<Relaxation | undefined> {
    let last: Relaxation | undefined;
    for (const amount of RELAXATION_STEPS[kind]) {
      signal.throwIfAborted();
      const relaxed = await this.assembler.relaxed(campaignId, (rules) => relaxedRules(rules, kind, amount));
      if (!relaxed) continue;
      const lossRatio = Math.max(0, 1 - windowTimeOf(relaxed).windowCellCount / windowCellCount);
      const leastCapacityRatio = await ask(relaxed);
      const isEnough = leastCapacityRatio <= ENOUGH_RATIO;
      last = { kind, amount, ...OF_CAPACITY, leastCapacityRatio, isEnough, lossRatio };
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
