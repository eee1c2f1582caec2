import { holdExpiry } from '../booking/hold.rules';
import type { WindowChange } from '../plan/sequencer.rules';
import { SwapRefused } from './exchange.errors';

/** Two days, so that a head who is away for one still finds the offer. */
const SWAP_MINUTES = 2 * 24 * 60;
/** Open proposals of an establishment: it asks some colleagues, not the whole region. */
export const MOST_OPEN_SWAPS = 20;

/** When a proposal lapses: never later than the swap could still be made. */
export function swapExpiry(changes: readonly WindowChange[], now: Date): Date {
  return holdExpiry(changes, SWAP_MINUTES, now);
}

export function swapOver(id: string): SwapRefused {
  return new SwapRefused('over', 'conflict', 'The proposal has been settled or has lapsed.', { swapId: id });
}
