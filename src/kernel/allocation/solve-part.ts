import { seededRandom } from '../random';
import { displacementObjective } from './bound';
import { type Groups, groupDemands } from './groups';
import { type AllocationModel, buildModel } from './model';
import { buildSchools, makeWaySweep } from './make-way';
import { applyPenalty, firstPenalty, movePrices } from './penalty';
import { firstPass, placeFixed, sweep, type Watch } from './place';
import { type CellPrices, priceCells, TEMPERATURES } from './prices';
import type { AllocationProblem } from './problem';
import { overload, placeMissing, polish, repair, standing } from './repair';
import { emptySearch, place, reachUnderCap, type Search } from './search';
import { solveSmall } from './small/solve-small';
import { buildPools, swapSweep } from './swap';
import { buildTeams, jointScratch } from './teams';

/** Overload, as a share of the limit, at which a cell costs twice its price: from soft to hard, one round each. */
const SOFTNESS = [0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.002, 0.001];
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
/** Parts with fewer demands than this settle once more: the grain of larger ones is so fine that it gains 0.03 % for a fourth of their time. */
const SETTLED_DEMANDS = 40_000;
/** Softness at which a finished plan looks once more at the prices of the dual. */
const SETTLED_SOFTNESS = 0.005;
/** After this round a demand that finds no place under the cap is believed. */
const BELIEVED_ROUND = 3;

export interface PartState {
  model: AllocationModel;
  reach: Int32Array;
  groups: Groups;
  prices: CellPrices;
}

/** Prices of a part under a displacement cap; `possible` is false when they prove that no plan keeps the cap. */
export function pricePart(
  problem: AllocationProblem,
  capCells: number,
  watch: Watch,
  temperatures: readonly number[] = TEMPERATURES,
): PartState & { possible: boolean } {
  const model = buildModel(problem);
  const reach = reachUnderCap(model, capCells);
  const groups = groupDemands(model, reach);
  // no plan under the cap costs more than everybody at the edge of their reach
  let most = 0;
  for (let g = 0; g < groups.count; g++) {
    const wish = groups.wish[g]!;
    if (wish < 0) continue;
    const first = model.kindStart[groups.from[g]!]!;
    const last = model.kindStart[groups.to[g]! - 1]!;
    most += groups.size[g]! * groups.weight[g]! * Math.max((first - wish) ** 2, (last - wish) ** 2);
  }
  const prices = priceCells(
    model,
    groups,
    problem.sessionLimit,
    problem.loginLimit,
    null,
    temperatures,
    watch.isCancelled,
    most,
  );
  return { model, reach, groups, prices, possible: prices.value <= most };
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
  if (problem.demandCount >= SETTLED_DEMANDS) return search;
  if (overload(search) > 0 || teams.member.some((i) => search.starts[i]! < 0)) return search;
  settleAgain(search, () => {
    // the prices of the repair had to chase the last lumps: those of the dual know better what an hour is worth
    const dual = { ...penalty, sessionPrice: prices.sessions.slice(), loginPrice: prices.logins.slice() };
    applyPenalty(search, dual, SETTLED_SOFTNESS, 1, targets);
    sweep(search, teams, scratch, watch, false, isWished);
    makeWaySweep(search, schools, watch);
    swapSweep(search, pools, SWAP_TRIES, random, watch.isCancelled);
    const isRepaired = repair(search, teams, pools, scratch, dual, random, false, watch);
    polish(search, teams, scratch, watch);
    return isRepaired;
  });
  return search;
}

/** Keeps what `change` makes of a complete plan where that is a complete plan that costs less. */
function settleAgain(search: Search, change: () => boolean): void {
  const { problem } = search.model;
  const kept = search.starts.slice();
  const isComplete = change();
  if (isComplete && displacementObjective(problem, search.starts) <= displacementObjective(problem, kept)) return;
  for (let i = 0; i < kept.length; i++) if (search.starts[i]! >= 0) place(search, i, search.starts[i]!, -1);
  for (let i = 0; i < kept.length; i++) if (kept[i]! >= 0) place(search, i, kept[i]!, 1);
}

/** A small part, searched window by window; then polished as any other, so that windows without a wish level the curve. */
export function solveSmallPart(
  { model, reach, prices }: PartState,
  seed: number,
  lastResort: boolean,
  watch: Watch,
): Search | null {
  const starts = solveSmall(model, reach, prices, seed, !lastResort, watch);
  if (!starts) return null;
  const search = emptySearch(model, reach);
  starts.forEach((start, i) => start >= 0 && place(search, i, start, 1));
  watch.onPhase?.('polish', 0.9, standing(search));
  const teams = buildTeams(model, search, seededRandom(seed));
  polish(search, teams, jointScratch(model.problem.cellCount), watch);
  placeMissing(search, teams.member, true, watch);
  return search;
}
