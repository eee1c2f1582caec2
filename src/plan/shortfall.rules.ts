import { instantOfCell } from '../common/civil-time';
import { LOAD_SCALE } from '../kernel/cell-grid';
import { limitsOf, type PlanCurve } from './plan-curve.rules';
import type { PlanPrices } from './plan-evidence';
import type { ShortCellDto } from './plan-evidence.dto';

/**
 * The cells whose limits carry the proof that no complete plan fits, and by how much each would have to grow where all grow alike:
 * (ratio - 1) x limit, rounded up to whole sessions and log-ins. A limit that has no price is not in the way and needs nothing.
 */
export function shortCells(prices: PlanPrices, curve: PlanCurve, leastCapacityRatio: number): ShortCellDto[] {
  const limits = limitsOf(curve);
  const cells: ShortCellDto[] = [];
  for (let k = 0; k < prices.peakSessions.length; k++) {
    const cell = prices.firstCell + k;
    const i = cell - curve.firstCell;
    if (i < 0 || i >= curve.cellCount || (prices.peakSessions[k] === 0 && prices.peakLogins[k] === 0)) continue;
    const extra = (price: number, limit: number): number =>
      price === 0 ? 0 : Math.ceil(((leastCapacityRatio - 1) * limit) / LOAD_SCALE);
    cells.push({
      cell,
      at: instantOfCell(cell),
      sessionLimit: limits.sessions[i]! / LOAD_SCALE,
      extraSessions: extra(prices.peakSessions[k]!, limits.sessions[i]!),
      loginLimit: limits.logins[i]! / LOAD_SCALE,
      extraLogins: extra(prices.peakLogins[k]!, limits.logins[i]!),
    });
  }
  return cells;
}
