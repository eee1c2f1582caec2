import { seededRandom } from '../random';
import { coarsen, type Groups, groupDemands } from './groups';
import { type AllocationModel, buildModel } from './model';
import { buildSchools, makeWaySweep } from './make-way';
import { applyPenalty, firstPenalty, movePrices } from './penalty';
import { firstPass, placeFixed, sweep, type Watch } from './place';
import {
  CAP_TEMPERATURES,
  type CellPrices,
  FINE_TEMPERATURES,
  priceCells,
  ROUGH_BUCKET_RATIO,
  ROUGH_TEMPERATURES,
  TIGHT_MEAN_COST,
  TIGHT_TEMPERATURES,
} from './prices';
import type { AllocationProblem } from './problem';
import { placeMissing, polish, repair, standing } from './repair';
import { emptySearch, place, reachUnderCap, type Search } from './search';
import { solveSmall } from './small/solve-small';
import { buildPools, swapSweep } from './swap';
import { buildTeams, jointScratch } from './teams';

/** Overload, as a share of the limit, at which a cell costs twice its price: from soft to hard, one round each. */
const SOFTNESS = [0.2, 0.1, 0.07, 0.05, 0.04, 0.03, 0.02, 0.01, 0.005, 0.002];
/** From this round on members of a pool change places: before it, everybody still looks for the right hour. */
const FIRST_SWAP_ROUND = 2;
/** From this round on the windows of a school make way for each other. */
const FIRST_WAY_ROUND = 2;
const SWAP_TRIES = 4;
/** Until this round windows without a wish move along. */
const LEVEL_ROUNDS = 1;
/** Prices follow the loads with this softness at least, whatever the penalty's. */
const PRICE_SOFTNESS = 0.01;
const RAMP_STEPS = 200;
/** After this round a demand that finds no place under the cap is believed. */
const BELIEVED_ROUND = 3;

export interface PartState {
  model: AllocationModel;
  reach: Int32Array;
  prices: CellPrices;
  /** No plan under the cap costs more: prices that prove a higher bound prove that there is none. */
  mostCost: number;
}

/** Prices of a part under a displacement cap. */
export function pricePart(problem: AllocationProblem, capCells: number, watch: Watch): PartState {
  const model = buildModel(problem);
  const reach = reachUnderCap(model, capCells);
  const groups = groupDemands(model, reach);
  const most = mostCost(model, groups);
  const coarse = coarsen(groups, ROUGH_BUCKET_RATIO);
  let rough = climbPrices(model, coarse, null, ROUGH_TEMPERATURES, watch, most);
  if (rough.value > TIGHT_MEAN_COST * problem.demandCount)
    rough = climbPrices(model, coarse, null, TIGHT_TEMPERATURES, watch, most);
  const prices = climbPrices(model, groups, rough, FINE_TEMPERATURES, watch, most);
  return { model, reach, prices, mostCost: most };
}

/** Does a quick look at the prices leave it open whether a plan keeps the cap? */
export function mayBePossible(model: AllocationModel, capCells: number, watch: Watch): boolean {
  const groups = coarsen(groupDemands(model, reachUnderCap(model, capCells)), ROUGH_BUCKET_RATIO);
  const most = mostCost(model, groups);
  return climbPrices(model, groups, null, CAP_TEMPERATURES, watch, most).value <= most;
}

const climbPrices = (
  model: AllocationModel,
  groups: Groups,
  start: CellPrices | null,
  temperatures: readonly number[],
  { isCancelled }: Watch,
  most: number,
): CellPrices => {
  const { sessionLimit, loginLimit } = model.problem;
  return priceCells(model, groups, sessionLimit, loginLimit, start, temperatures, isCancelled, most);
};

/** No plan under the cap costs more than everybody at the edge of their reach. */
function mostCost({ kindStart }: AllocationModel, groups: Groups): number {
  let most = 0;
  for (let g = 0; g < groups.count; g++) {
    const wish = groups.wish[g]!;
    if (wish < 0) continue;
    const first = kindStart[groups.from[g]!]!;
    const last = kindStart[groups.to[g]! - 1]!;
    most += groups.size[g]! * groups.weight[g]! * Math.max((first - wish) ** 2, (last - wish) ** 2);
  }
  return most;
}

/**
 * A plan of one part under its cap: placed, exchanged, repaired and polished. Null where some demand finds no place or some cell stays
 * over its limit, unless this is the last resort: then as much as could be done.
 */
export function solvePart(state: PartState, seed: number, lastResort: boolean, watch: Watch): Search | null {
  const { model, reach, prices } = state;
  const { problem } = model;
  const search = emptySearch(model, reach);
  // a stream of its own: the seed of an instance's maker must not come back as the order of its schools
  const random = seededRandom(seed ^ 0x5f356495);
  placeFixed(search);
  const teams = buildTeams(model, search, random);
  const pools = buildPools(search);
  const schools = buildSchools(search);
  const scratch = jointScratch(problem.cellCount);
  const isWished = (i: number) => problem.demandWish[i]! >= 0;
  const penalty = firstPenalty(search, prices);

  const targets = { sessions: new Float64Array(problem.cellCount), logins: new Float64Array(problem.cellCount) };
  firstPass(
    search,
    teams,
    scratch,
    RAMP_STEPS,
    (share) => applyPenalty(search, penalty, SOFTNESS[0]!, share, targets),
    watch,
  );
  for (let round = 0; round < SOFTNESS.length; round++) {
    const softness = SOFTNESS[round]!;
    watch.onPhase?.('place', (round + 1) / (2 * SOFTNESS.length), standing(search));
    applyPenalty(search, penalty, softness, 1, targets);
    // windows without a wish settle in the first rounds and look again at the end: they cost a look at every start
    const takes = round > LEVEL_ROUNDS && round < SOFTNESS.length - 1 ? isWished : null;
    sweep(search, teams, scratch, watch, false, takes);
    // who finds no place by now will not: the next cap is tried sooner
    if (round === BELIEVED_ROUND && !lastResort && placeMissing(search, teams.member, false, watch) > 0) return null;
    if (round >= FIRST_WAY_ROUND) makeWaySweep(search, schools, watch);
    if (round >= FIRST_SWAP_ROUND) swapSweep(search, pools, SWAP_TRIES, random, watch.isCancelled);
    const follow = Math.max(softness, PRICE_SOFTNESS);
    movePrices(search, penalty, targets, follow, follow);
  }
  if (!repair(search, teams, pools, scratch, penalty, random, lastResort, watch) && !lastResort) return null;
  watch.onPhase?.('polish', 0.9, standing(search));
  polish(search, teams, scratch, watch);
  return search;
}

/** A small part, searched window by window; then polished as any other, so that windows without a wish level the curve. */
export function solveSmallPart(
  { model, reach, prices }: PartState,
  seed: number,
  { lastResort, isHopeless, isTrial }: { lastResort: boolean; isHopeless: boolean; isTrial: boolean },
  watch: Watch,
): Search | null {
  const starts = solveSmall(model, reach, prices, seed, { mustPlaceAll: !lastResort, isHopeless, isTrial }, watch);
  if (!starts) return null;
  const search = emptySearch(model, reach);
  starts.forEach((start, i) => start >= 0 && place(search, i, start, 1));
  watch.onPhase?.('polish', 0.9, standing(search));
  const teams = buildTeams(model, search, seededRandom(seed));
  polish(search, teams, jointScratch(model.problem.cellCount), watch);
  placeMissing(search, teams.member, true, watch);
  return search;
}
