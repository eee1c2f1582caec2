import { PRICE_UNIT } from './bound';
import { LOCAL_PRICE_UNIT } from './local-prices';
import type { Allocation, AllocationProblem, Starts } from './problem';
import { CLASS_LAW, SITE_LAW } from './site-shares';

/** What the prices of a case are said to prove. */
export interface CaseClaims {
  objective: number;
  lowerBound: number;
  jointLowerBound: number;
  peakLowerBoundRatio: number;
}

/** What a replan was asked, and what proves how little it moved. */
export interface CaseReplan {
  before: Starts;
  isFrozen: Uint8Array;
  /** Pupils of the class of each demand, 0 for windows of a whole establishment. */
  pupils: Int32Array;
  /** The limits as they are, where the case has them raised to what frozen windows load. */
  sessionLimit: Float64Array;
  loginLimit: Float64Array;
  /** Whether frozen windows break laws among themselves, and the case has therefore lifted theirs. */
  isFrozenLifted: boolean;
  /** What binds each demand, lifted or not. */
  demandClass: Int32Array;
  demandTeacher: Int32Array;
  demandSiteUnits: Uint16Array;
  movePrices: {
    sessions: Float64Array;
    logins: Float64Array;
    pairMover: Int32Array;
    pairMate: Int32Array;
    pairPrice: Float64Array;
  };
  pupilPrices: { sessions: Float64Array; logins: Float64Array };
  /** Pupils per thousandth that one unit of `pupilPrices` stands for, times 2^32. */
  pupilsOfAWindow: number;
  /** Parts of a moved window that one unit of `pairPrice` is. */
  pairPriceUnits: number;
  claims: { movedWindowCount: number; movedWindowBound: number; movedPupilCount: number; movedPupilBound: number };
}

type CasePlan = Pick<Allocation, 'starts' | 'displacementCapCells' | 'objectivePrices' | 'peakPrices'>;

/** The law by name, and for a rounded law of a site how many whole shares it lets in. */
function lawOf(law: number): { law: string; shares?: number } {
  if (law > SITE_LAW) return { law: 'siteShares', shares: law - SITE_LAW };
  return { law: law === SITE_LAW ? 'site' : law === CLASS_LAW ? 'class' : 'teacher' };
}

/**
 * An instance, its plan and the prices that prove its bounds, as lines of JSON whose every field docs/allocation-dump.md tells: whoever has
 * them can solve and check the same case without the service.
 *
 * @param named what a demand is called outside, beside its columns
 */
export function* caseLines(
  problem: AllocationProblem,
  plan: CasePlan,
  claims: CaseClaims,
  named?: (demand: number) => object,
  replan?: CaseReplan,
): Generator<object> {
  const { objectivePrices: prices, peakPrices } = plan;
  const lists = (offset: Int32Array, value: Int32Array) =>
    Array.from({ length: offset.length - 1 }, (_, row) => Array.from(value.subarray(offset[row], offset[row + 1])));
  yield {
    line: 'instance',
    format: 1,
    originCell: problem.originCell,
    cellCount: problem.cellCount,
    sessionLimit: Array.from(problem.sessionLimit),
    loginLimit: Array.from(problem.loginLimit),
    profiles: lists(problem.profileOffset, problem.profileSessionsPerMille).map((sessionsPerMille, p) => ({
      sessionsPerMille,
      loginsPerMille: lists(problem.profileOffset, problem.profileLoginsPerMille)[p],
    })),
    candidateSets: lists(problem.candidateOffset, problem.candidateCell),
    occurrenceSets: lists(problem.occurrenceOffset, problem.occurrenceShift),
    neighbourSpacingCells: problem.neighbourSpacingCells,
  };
  yield {
    line: 'plan',
    displacementCapCells: plan.displacementCapCells,
    ...claims,
    cellPriceUnits: 1 / PRICE_UNIT,
    sessionPrices: Array.from(prices.sessions),
    loginPrices: Array.from(prices.logins),
    peakSessionPrices: Array.from(peakPrices.sessions),
    peakLoginPrices: Array.from(peakPrices.logins),
    localPriceUnits: 1 / LOCAL_PRICE_UNIT,
  };
  if (replan) {
    const { claims: moved, movePrices, pupilPrices } = replan;
    yield {
      line: 'replan',
      ...moved,
      isFrozenLifted: replan.isFrozenLifted,
      sessionLimit: Array.from(replan.sessionLimit),
      loginLimit: Array.from(replan.loginLimit),
      cellPriceUnits: 1 / PRICE_UNIT,
      sessionPrices: Array.from(movePrices.sessions),
      loginPrices: Array.from(movePrices.logins),
      pairPriceUnits: replan.pairPriceUnits,
      pupilsOfAWindow: replan.pupilsOfAWindow,
      pupilSessionPrices: Array.from(pupilPrices.sessions),
      pupilLoginPrices: Array.from(pupilPrices.logins),
    };
    for (let row = 0; row < movePrices.pairPrice.length; row++) {
      yield {
        line: 'pairPrice',
        mover: movePrices.pairMover[row],
        mate: movePrices.pairMate[row],
        price: movePrices.pairPrice[row],
      };
    }
  }
  for (let row = 0; row < prices.localPrice.length; row++) {
    yield {
      line: 'localPrice',
      ...lawOf(prices.localLaw[row]!),
      owner: prices.localOwner[row],
      cell: prices.localCell[row],
      price: prices.localPrice[row],
    };
  }
  for (let e = 0; e < problem.establishmentCount; e++) {
    yield {
      line: 'establishment',
      id: e,
      siteLimit: problem.establishmentSiteLimit[e],
      neighbours: Array.from(problem.neighbour.subarray(problem.neighbourOffset[e], problem.neighbourOffset[e + 1])),
    };
  }
  for (let c = 0; c < problem.classCount; c++) {
    const [from, to] = [problem.classConflictOffset[c]!, problem.classConflictOffset[c + 1]!];
    if (to > from)
      yield { line: 'class', id: c, sharesPupilsWith: Array.from(problem.classConflict.subarray(from, to)) };
  }
  for (let i = 0; i < problem.demandCount; i++) {
    yield {
      line: 'demand',
      id: i,
      day: problem.demandDay[i],
      cells: problem.demandCells[i],
      scale: problem.demandScale[i],
      profile: problem.demandProfile[i],
      candidateSet: problem.demandCandidates[i],
      occurrenceSet: problem.demandOccurrences[i],
      wish: problem.demandWish[i],
      weight: problem.demandWeight[i],
      class: problem.demandClass[i],
      establishment: problem.demandEstablishment[i],
      teacher: problem.demandTeacher[i],
      gapCells: problem.demandGapCells[i],
      siteUnits: problem.demandSiteUnits[i],
      start: plan.starts[i],
      ...named?.(i),
      ...(replan ? stoodOf(replan, i) : {}),
    };
  }
}

function stoodOf(replan: CaseReplan, i: number): object {
  return {
    before: replan.before[i],
    frozen: replan.isFrozen[i] === 1,
    pupils: replan.pupils[i],
    ...(replan.isFrozenLifted && replan.isFrozen[i] === 1
      ? {
          liftedClass: replan.demandClass[i],
          liftedTeacher: replan.demandTeacher[i],
          liftedSiteUnits: replan.demandSiteUnits[i],
        }
      : {}),
  };
}
