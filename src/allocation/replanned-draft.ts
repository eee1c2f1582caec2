import { certifyStarts } from '../kernel/allocation/replan/certify';
import { checkPlan, type PlanLaw } from '../kernel/allocation/check-plan';
import { bestMovedPupilBound, movedBoundFromPrices } from '../kernel/allocation/replan/check-moved-bound';
import {
  checkReplan,
  frozenViolations,
  withFrozenLoad,
  withoutFrozenLaws,
} from '../kernel/allocation/replan/check-replan';
import { extraCapacity } from '../kernel/allocation/extra-capacity';
import { PAIR_PRICE_UNIT } from '../kernel/allocation/replan/moved-bound';
import { PUPILS_OF_A_WINDOW } from '../kernel/allocation/replan/moved-pupils';
import { replan, withFrozenSets, type ReplanOptions } from '../kernel/allocation/replan/replan';
import { CELL_MINUTES } from '../kernel/cell-grid';
import { instantOfCell } from '../common/civil-time';
import type { AssembledProblem } from '../load/assembled-problem';
import { missingCapacityOf } from '../load/missing-capacity-of';
import { planDraftOf } from '../load/plan-draft-of';
import type { PlanDraft, ReplanFigures } from '../plan/plan-draft';
import type { ReplanRequest } from './allocation-message';
import { proofOf } from './allocation-proof';
import { AllocationRefusedError } from './allocation.errors';

/**
 * The draft of a replan: the kernel changes the published plan, those check it who share no code with it, and the figures say what
 * changes against the least that could. Where frozen windows alone pass a limit (it was lowered for soon), or break another law among
 * themselves, the plan is judged by what they leave, and it is told: that cannot be mended, and everything else can.
 *
 * @throws AllocationProblemInvalid, AllocationCancelled, AllocationRefusedError, AllocationBoundRefusedError
 */
export function replannedDraft(
  assembled: AssembledProblem,
  { publishedPlanId, before, isFrozen, frozenUntilCell }: ReplanRequest,
  seed: number,
  options: ReplanOptions,
): PlanDraft {
  const pupils = pupilsOf(assembled);
  const answer = replan({ problem: assembled.problem, before, isFrozen, pupils }, options);
  // whoever is frozen may stand where it stands, whatever the hours say now
  const problem = withFrozenSets(assembled.problem, before, isFrozen);
  const left = withFrozenLoad(problem, before, isFrozen);
  const check = checkPlan(left.problem, answer.starts);
  const frozenCounts = frozenViolations(problem, before, isFrozen);
  for (const [law, count] of Object.entries(frozenCounts)) {
    check.violationCountByLaw[law as PlanLaw] -= count;
    check.violationCount -= count;
  }
  if (check.violationCount > 0) throw new AllocationRefusedError(check.violationCountByLaw, check.violations);
  const isFrozenLawful = Object.keys(frozenCounts).length === 0;
  const pinned = { ...assembled, problem: isFrozenLawful ? left.problem : withoutFrozenLaws(left.problem, isFrozen) };
  const allocation = certifyStarts(pinned.problem, answer.starts, check, options.isCancelled);
  const figures = figuresOf(pinned, before, isFrozen, answer.starts);
  const { movedWindowCount } = checkReplan(problem, before, isFrozen, answer.starts);
  const movedWindowBound = movedBoundFromPrices(problem, before, isFrozen, answer.movePrices);
  const ofPupils = bestMovedPupilBound(problem, before, isFrozen, pupils, answer.pupilPrices);
  const moved = {
    movedWindowCount,
    movedWindowBound,
    movedPupilCount: figures.movedPupilCount,
    movedPupilBound: ofPupils.bound,
  };
  const draft = planDraftOf(pinned, allocation, check, proofOf(pinned, allocation, seed), seed, {
    before,
    isFrozen,
    pupils,
    isFrozenLifted: !isFrozenLawful,
    ...problem,
    movePrices: answer.movePrices,
    pupilPrices: ofPupils.prices,
    pupilsOfAWindow: PUPILS_OF_A_WINDOW,
    pairPriceUnits: 1 / PAIR_PRICE_UNIT,
    claims: moved,
  });
  if (draft.unplaced.length > 0) {
    const extra = extraCapacity(pinned.problem, answer.starts, { seed, ...options });
    draft.evidence.missingCapacity = missingCapacityOf(pinned, extra);
  }
  draft.evidence.replan = {
    publishedPlanId,
    frozenUntilAt: instantOfCell(frozenUntilCell),
    ...figures,
    ...moved,
    ...(left.overCellCount > 0 ? { frozenOverCellCount: left.overCellCount } : {}),
    ...(isFrozenLawful ? {} : { frozenViolationCounts: frozenCounts }),
  };
  return draft;
}

/** Heads of the class of each demand, 0 for windows of a whole establishment. */
const pupilsOf = ({ identity }: AssembledProblem): Int32Array =>
  identity.headcount.map((headcount, i) => (identity.classId[i]! < 0 ? 0 : headcount));

function figuresOf(
  { problem, identity }: AssembledProblem,
  before: Int32Array,
  isFrozen: Uint8Array,
  starts: Int32Array,
): Pick<ReplanFigures, 'movedPupilCount' | 'newWindowCount' | 'frozenWindowCount' | 'meanMoveMinutes'> {
  const pupils = new Map<number, number>();
  let newWindowCount = 0;
  let frozenWindowCount = 0;
  let movedCount = 0;
  let cells = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    const windowCount = identity.dayOffset[i + 1]! - identity.dayOffset[i]!;
    if (isFrozen[i]) frozenWindowCount += windowCount;
    if (before[i]! < 0 && starts[i]! >= 0) newWindowCount += windowCount;
    if (before[i]! < 0 || starts[i] === before[i]) continue;
    if (identity.classId[i]! >= 0) pupils.set(identity.classId[i]!, identity.headcount[i]!);
    if (starts[i]! < 0) continue;
    movedCount += windowCount;
    cells += windowCount * Math.abs(starts[i]! - before[i]!);
  }
  return {
    movedPupilCount: [...pupils.values()].reduce((sum, headcount) => sum + headcount, 0),
    newWindowCount,
    frozenWindowCount,
    meanMoveMinutes: (cells * CELL_MINUTES) / Math.max(1, movedCount),
  };
}
