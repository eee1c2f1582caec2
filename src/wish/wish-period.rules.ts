import type { Actor } from '../access/actor';
import { WishPeriodClosed } from './wish.errors';

export type WishPhase = 'not_open' | 'open' | 'closed';

/** When heads may write wishes: [opensAt, closesAt), null for no bound. */
export interface WishPeriod {
  wishesOpenAt: Date | null;
  wishesCloseAt: Date | null;
}

export function wishPhase({ wishesOpenAt, wishesCloseAt }: WishPeriod, now: Date): WishPhase {
  if (wishesCloseAt && now >= wishesCloseAt) return 'closed';
  return wishesOpenAt && now < wishesOpenAt ? 'not_open' : 'open';
}

/** Null within the period; outside of it the reason of the operator, who alone may write then. @throws WishPeriodClosed */
export function lateReasonOf(
  { role }: Actor,
  period: WishPeriod,
  lateReason: string | undefined,
  now: Date,
): string | null {
  const phase = wishPhase(period, now);
  if (phase === 'open') return null;
  if (role !== 'operator' || !lateReason?.trim()) {
    throw new WishPeriodClosed(phase, period.wishesOpenAt, period.wishesCloseAt);
  }
  return lateReason;
}
