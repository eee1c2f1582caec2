import type { AllocationModel } from '../model';
import {
  type CellMovePrices,
  MOVE_TEMPERATURES,
  priceMoves,
  ROUGH_MOVE_TEMPERATURES,
  type StayOrGo,
} from './move-prices';
import { wholeMovePrices } from './moved-bound';

/** Pupils that count as one moved window where their moves are priced: a class, so that the temperatures of the dual fit. */
export const PUPILS_OF_A_WINDOW = 25;

/**
 * Prices of cells that prove how many pupils have to move at least: the dual of moves once more, in which going costs the pupils of the
 * class instead of one window. Whole multiples of PRICE_UNIT of PUPILS_OF_A_WINDOW pupils per thousandth.
 *
 * @param pupils per demand; 0 for the windows of a whole establishment, whose moves no pupil feels
 */
export function priceMovedPupils(
  model: AllocationModel,
  asked: StayOrGo,
  pupils: Int32Array,
  sessionRoom: Float64Array,
  loginRoom: Float64Array,
  isCancelled?: () => boolean,
): CellMovePrices {
  const cost = Float64Array.from(pupils, (count, i) => (asked.stay[i]! < 0 ? 0 : count / PUPILS_OF_A_WINDOW));
  const weighed = { ...asked, windows: cost, detour: null };
  const rough = priceMoves(model, weighed, sessionRoom, loginRoom, null, ROUGH_MOVE_TEMPERATURES, isCancelled);
  const fine = priceMoves(model, weighed, sessionRoom, loginRoom, rough, MOVE_TEMPERATURES, isCancelled);
  return wholeMovePrices(fine);
}
