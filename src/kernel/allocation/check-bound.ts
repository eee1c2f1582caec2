import type { AllocationProblem } from './problem';

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
      if (!(
        Number.isSafeInteger(price[cell]) &&
        price[cell]! > 0 &&
        limit[cell]! > 0 &&
        Number.isFinite(limit[cell])
      )) {
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
