import {
  CELL_PRICE_UNITS,
  type CellPrices,
  LOCAL_LAWS,
  LOCAL_PRICE_UNITS,
  type LocalLaw,
  type LocalPrice,
} from '../plan/plan-evidence';
import type { PlanProfile } from '../plan/plan-draft';

/** What a start costs, in squares of displacement in cells; the sum of the rest is `cost`. */
export interface StartCost {
  /** Absolute cell. */
  startCell: number;
  displacementCost: number;
  sessionPrice: number;
  loginPrice: number;
  teacherPrice: number;
  classPrice: number;
  sitePrice: number;
  cost: number;
}

/** A choice of a start, as the bound of the plan sees it. */
export interface PricedChoice {
  wishCell: number | null;
  weight: number;
  /** headcount x participation per mille. */
  scale: number;
  profile: Pick<PlanProfile, 'sessionsPerMille' | 'loginsPerMille'>;
  /** Cells from the date that is asked to each date of the choice, 0 for itself. */
  shifts: readonly number[];
  windowCells: number;
  gapCells: number;
  siteUnits: number;
}

/**
 * Displacement cost and prices of a start: a term of the sum that bounds the objective of the plan from below (docs/allocation.md). Loads
 * before rounding up; prices on teachers, classes and sites are of the first date of a series, and of windows with a wish only.
 */
export function startCost(
  choice: PricedChoice,
  startCell: number,
  prices: CellPrices,
  local: readonly LocalPrice[],
): StartCost {
  const { wishCell, weight, scale, profile, shifts, windowCells } = choice;
  const displacementCost = wishCell === null ? 0 : weight * (startCell - wishCell) ** 2;
  const priceOf = (price: Float64Array, perMille: readonly number[]): number => {
    let sum = 0;
    for (const shift of shifts) {
      const first = startCell + shift - 1 - prices.firstCell;
      perMille.forEach((part, k) => (sum += part * (price[first + k] ?? 0)));
    }
    return (scale * sum) / 1000 / CELL_PRICE_UNITS;
  };
  const firstStart = startCell + Math.min(...shifts);
  const held: Record<LocalLaw, { units: number; cells: number }> = {
    teacher: { units: 1, cells: windowCells },
    class: { units: 1, cells: windowCells + choice.gapCells },
    site: { units: choice.siteUnits, cells: windowCells },
  };
  const localPrice = (law: LocalLaw): number => {
    if (wishCell === null) return 0;
    const { units, cells } = held[law];
    let sum = 0;
    for (const { law: index, cell, price } of local) {
      if (LOCAL_LAWS[index] === law && cell >= firstStart && cell < firstStart + cells) sum += units * price;
    }
    return sum / LOCAL_PRICE_UNITS;
  };
  const parts = {
    displacementCost,
    sessionPrice: priceOf(prices.sessions, profile.sessionsPerMille),
    loginPrice: priceOf(prices.logins, profile.loginsPerMille),
    teacherPrice: localPrice('teacher'),
    classPrice: localPrice('class'),
    sitePrice: localPrice('site'),
  };
  const cost = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { startCell, ...parts, cost };
}

/** The cheapest of these starts besides the given one: by cost, then by time. */
export function bestAlternatives(starts: readonly StartCost[], givenCell: number, count: number): StartCost[] {
  return starts
    .filter(({ startCell }) => startCell !== givenCell)
    .sort((a, b) => a.cost - b.cost || a.startCell - b.startCell)
    .slice(0, count);
}
