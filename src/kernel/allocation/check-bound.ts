import type { AllocationProblem, ObjectivePrices, Starts } from './problem';

/**
 * Derives the lower bound of the peak again from whole prices, in big integers: no complete plan has a peak load / limit below
 * (sum over demands of the cheapest allowed start) / (sum of price x limit). Starts that load a cell without room do not
 * count, since a plan that used one would have an infinite peak; nor do demands with no other start, which no plan can place.
 * Loads are taken before rounding up, which can only lower the result.
 *
 * @throws RangeError when a price is negative, not whole, or set on a cell without a finite positive limit
 */
export function peakBoundFromPrices(
  problem: AllocationProblem,
  prices: { sessions: Float64Array; logins: Float64Array },
): number {
  let spent = 0n;
  const spend = (price: Float64Array, limit: Float64Array) => {
    for (let cell = 0; cell < problem.cellCount; cell++) {
      if (price[cell] === 0) continue;
      if (
        !(Number.isSafeInteger(price[cell]) && price[cell]! > 0 && limit[cell]! > 0 && Number.isFinite(limit[cell]))
      ) {
        throw new RangeError(`price ${price[cell]} of cell ${cell} proves nothing`);
      }
      // a limit may carry a fraction: rounding it up keeps the bound valid
      spent += BigInt(price[cell]!) * BigInt(Math.ceil(limit[cell]!));
    }
  };
  spend(prices.sessions, problem.sessionLimit);
  spend(prices.logins, problem.loginLimit);
  if (spent === 0n) return 0;

  // demands that share profile, starts and repetitions share their cheapest start: per mille of price x scale of one
  const cheapest = new Map<string, bigint | null>();
  let thousandths = 0n;
  for (let i = 0; i < problem.demandCount; i++) {
    const key = `${problem.demandProfile[i]} ${problem.demandCandidates[i]} ${problem.demandOccurrences[i]}`;
    let least = cheapest.get(key);
    if (least === undefined) {
      least = cheapestStart(problem, prices, i);
      cheapest.set(key, least);
    }
    if (least !== null) thousandths += least * BigInt(Math.floor(problem.demandScale[i]!));
  }
  // in millionths of the ratio, rounded down
  return Number((thousandths * 1_000_000n) / (1000n * spent)) / 1_000_000;
}

function cheapestStart(
  problem: AllocationProblem,
  prices: { sessions: Float64Array; logins: Float64Array },
  i: number,
): bigint | null {
  let least: bigint | null = null;
  const set = problem.demandCandidates[i]!;
  for (let c = problem.candidateOffset[set]!; c < problem.candidateOffset[set + 1]!; c++) {
    const price = priceOfStart(problem, prices, i, problem.candidateCell[c]!);
    if (price !== null && (least === null || price < least)) least = price;
  }
  return least;
}

function priceOfStart(
  problem: AllocationProblem,
  prices: { sessions: Float64Array; logins: Float64Array },
  i: number,
  start: number,
): bigint | null {
  const profile = problem.demandProfile[i]!;
  const from = problem.profileOffset[profile]!;
  const occurrences = problem.demandOccurrences[i]!;
  let sum = 0n;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    for (let k = from; k < problem.profileOffset[profile + 1]!; k++) {
      const cell = start + problem.occurrenceShift[o]! - 1 + (k - from);
      const sessions = problem.profileSessionsPerMille[k]!;
      const logins = problem.profileLoginsPerMille[k]!;
      if ((sessions > 0 && problem.sessionLimit[cell]! <= 0) || (logins > 0 && problem.loginLimit[cell]! <= 0))
        return null;
      sum += BigInt(sessions * prices.sessions[cell]! + logins * prices.logins[cell]!);
    }
  }
  return sum;
}

/** Cell prices are whole multiples of 2^-32 of displacement cost per thousandth, local prices of 2^-10. */
const CELL_PRICE_BITS = 32n;
const LOCAL_PRICE_BITS = 10n;
const TEACHER = 0;
const CLASS = 1;
const SITE = 2;

export interface CheckedBounds {
  /** With the windows without a wish as they stand in `starts`. */
  lowerBound: number;
  /** With nothing fixed. */
  jointLowerBound: number;
}

/**
 * Derives the lower bound of the objective again from whole prices. Any complete plan under the cap pays at least, per demand, its
 * cheapest start (weight x displacement^2 + price of the cells loaded + local prices of the cells held) and gets back at
 * most the price of all limits, since prices are not negative and no limit is passed. Local limits: one window of a teacher
 * at a time; one of a class, its gap included; the units of a site. Sums of limits are big integers; the sum over
 * demands is in float64 and lowered by far more than rounding can have raised it.
 *
 * @throws RangeError when a price is negative, not whole, or set where there is no limit
 */
export function objectiveBoundFromPrices(
  problem: AllocationProblem,
  starts: Starts,
  displacementCapCells: number,
  prices: ObjectivePrices,
): CheckedBounds {
  const cells = priceLimits(problem, prices);
  const local = new LocalPriceRows(problem, prices);
  let atLeast = 0;
  let sizes = 0;
  let wishlessAtLeast = 0;
  let wishlessAsTheyStand = 0;
  const priceOfShape = new Map<string, Map<number, number>>();
  for (let i = 0; i < problem.demandCount; i++) {
    const key = `${problem.demandProfile[i]} ${problem.demandOccurrences[i]}`;
    let known = priceOfShape.get(key);
    if (!known) {
      known = new Map<number, number>();
      priceOfShape.set(key, known);
    }
    const cheapest = cheapestForDemand(problem, prices, local, known, i, displacementCapCells);
    if (cheapest === Infinity) continue;
    if (problem.demandWish[i]! >= 0) atLeast += cheapest;
    else {
      wishlessAtLeast += cheapest;
      if (starts[i]! >= 0) wishlessAsTheyStand += pricePlaced(problem, prices, i, starts[i]!);
    }
    sizes += Math.abs(cheapest);
  }
  const limits = cells + local.priceOfLimits();
  // a sum of n rounded terms is off by less than n x 2^-52 of their sizes: this is a thousand times more than a million need
  const margin = 1e-9 * (sizes + limits + wishlessAsTheyStand);
  return {
    lowerBound: Math.max(0, atLeast + wishlessAsTheyStand - limits - margin),
    jointLowerBound: Math.max(0, atLeast + wishlessAtLeast - limits - margin),
  };
}

function priceLimits(problem: AllocationProblem, prices: ObjectivePrices): number {
  let sum = 0n;
  for (const [price, limit] of [
    [prices.sessions, problem.sessionLimit],
    [prices.logins, problem.loginLimit],
  ] as const) {
    for (let cell = 0; cell < problem.cellCount; cell++) {
      if (price[cell] === 0) continue;
      if (
        !(Number.isSafeInteger(price[cell]) && price[cell]! > 0 && Number.isFinite(limit[cell]) && limit[cell]! > 0)
      ) {
        throw new RangeError(`price ${price[cell]} of cell ${cell} proves nothing`);
      }
      sum += BigInt(price[cell]!) * BigInt(Math.ceil(limit[cell]!));
    }
  }
  return Number(sum) / Number(1n << CELL_PRICE_BITS);
}

/** Local prices by law and owner, and what a window that holds some cells pays. */
class LocalPriceRows {
  private readonly rows = new Map<string, { cell: number; price: number }[]>();
  private readonly sharesOf = new Map<number, Set<number>>();
  private limits = 0n;

  constructor(problem: AllocationProblem, prices: ObjectivePrices) {
    for (let row = 0; row < prices.localPrice.length; row++) {
      const law = prices.localLaw[row]!;
      const owner = prices.localOwner[row]!;
      const price = prices.localPrice[row]!;
      const shares = law - SITE;
      const siteLimit = shares >= 0 ? problem.establishmentSiteLimit[owner]! : 0;
      const limit =
        shares < 0 ? 1 : shares === 0 ? siteLimit : Math.floor((siteLimit * (shares + 1)) / (siteLimit + 1));
      if (!(Number.isSafeInteger(price) && price >= 0 && limit > 0)) {
        throw new RangeError(`local price ${price} of row ${row} proves nothing`);
      }
      this.limits += BigInt(price) * BigInt(limit);
      if (shares > 0) {
        const known = this.sharesOf.get(owner);
        if (known) known.add(shares);
        else this.sharesOf.set(owner, new Set([shares]));
      }
      const key = `${law} ${owner}`;
      const list = this.rows.get(key);
      const entry = { cell: prices.localCell[row]!, price };
      if (list) list.push(entry);
      else this.rows.set(key, [entry]);
    }
  }

  /** What every window pays per start: its teacher, class and site, for the cells that it would hold. */
  of(problem: AllocationProblem, i: number): ((start: number) => number) | null {
    const cells = problem.demandCells[i]!;
    const site = problem.demandEstablishment[i]!;
    const siteUnits = problem.demandSiteUnits[i]!;
    const laws: [key: string, units: number, cells: number][] = [
      [`${TEACHER} ${problem.demandTeacher[i]}`, 1, cells],
      [`${CLASS} ${problem.demandClass[i]}`, 1, cells + problem.demandGapCells[i]!],
      [`${SITE} ${site}`, siteUnits, cells],
    ];
    // units are whole: windows that keep the limit keep at most `shares` whole shares of (limit + 1) / (shares + 1) units
    for (const shares of this.sharesOf.get(site) ?? []) {
      const size = problem.establishmentSiteLimit[site]! + 1;
      laws.push([`${SITE + shares} ${site}`, Math.floor((siteUnits * (shares + 1)) / size), cells]);
    }
    const held = laws
      .map(([key, units, length]) => ({ entries: this.rows.get(key), units, cells: length }))
      .filter(({ entries, units }) => entries && units > 0);
    if (held.length === 0) return null;
    return (start) => {
      let sum = 0;
      for (const { entries, units, cells } of held) {
        for (const { cell, price } of entries!) if (cell >= start && cell < start + cells) sum += units * price;
      }
      return sum / Number(1n << LOCAL_PRICE_BITS);
    };
  }

  priceOfLimits(): number {
    return Number(this.limits) / Number(1n << LOCAL_PRICE_BITS);
  }
}

function cheapestForDemand(
  problem: AllocationProblem,
  prices: ObjectivePrices,
  local: LocalPriceRows,
  known: Map<number, number>,
  i: number,
  displacementCapCells: number,
): number {
  const set = problem.demandCandidates[i]!;
  const candidates = problem.candidateCell.subarray(problem.candidateOffset[set], problem.candidateOffset[set + 1]);
  const wish = problem.demandWish[i]!;
  const usable: number[] = [];
  for (const start of candidates) {
    let price = known.get(start);
    if (price === undefined) {
      price = unitPrice(problem, prices, i, start);
      known.set(start, price);
    }
    if (price < Infinity) usable.push(start);
  }
  // a demand that has no start within the cap may go to its nearest ones
  let reach = displacementCapCells;
  if (wish >= 0)
    reach = Math.max(
      reach,
      usable.reduce((least, start) => Math.min(least, Math.abs(start - wish)), Infinity),
    );
  // local prices bind windows with a wish only: the establishments' own windows hold no teacher, class or site
  const localPrice = wish >= 0 ? local.of(problem, i) : null;
  let cheapest = Infinity;
  for (const start of usable) {
    const moved = wish < 0 ? 0 : start - wish;
    if (Math.abs(moved) > reach) continue;
    const cost =
      problem.demandWeight[i]! * moved * moved +
      problem.demandScale[i]! * known.get(start)! +
      (localPrice ? localPrice(start) : 0);
    if (cost < cheapest) cheapest = cost;
  }
  return cheapest;
}

/** Price of one unit of scale at a start; Infinity where it would load a cell without room. Loads before rounding up. */
function unitPrice(problem: AllocationProblem, prices: ObjectivePrices, i: number, start: number): number {
  const price = priceOfStart(problem, prices, i, start);
  return price === null ? Infinity : Number(price) / 1000 / Number(1n << CELL_PRICE_BITS);
}

function pricePlaced(problem: AllocationProblem, prices: ObjectivePrices, i: number, start: number): number {
  const profile = problem.demandProfile[i]!;
  const occurrences = problem.demandOccurrences[i]!;
  let sum = 0;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    let cell = start + problem.occurrenceShift[o]! - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      sum += Math.ceil((problem.demandScale[i]! * problem.profileSessionsPerMille[k]!) / 1000) * prices.sessions[cell]!;
      sum += Math.ceil((problem.demandScale[i]! * problem.profileLoginsPerMille[k]!) / 1000) * prices.logins[cell]!;
    }
  }
  return sum / Number(1n << CELL_PRICE_BITS);
}
