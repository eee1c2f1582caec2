import { AFTERNOON, MORNING } from '../calendar/calendar-place';
import { addDays, weekdayOf } from '../common/civil-time';
import { counted } from '../common/counted';
import type { LedgerState, LedgerWindow } from '../plan/sequencer.rules';
import { BookingRefused } from './booking.errors';
import type { BookingOwner, OwnerDay } from './booking-owner';
import { isSameOwner } from './place.rules';

/** A window that would stand on a day, from whatever place it has now. */
interface Placing {
  before: LedgerWindow | null;
  after: LedgerWindow;
  owner: BookingOwner;
  day: OwnerDay;
}

/** The rule of the campaign that windows would break: which, what it gives, and what stands already. */
interface BrokenRule {
  rule: 'windowsPerDay' | 'windowsPerHalfDay' | 'windowsPerWeek';
  most: number;
  presentCount: number;
  date: string;
}

/** The first number of the campaign's rule that windows which come to a day would exceed, together with those that stand and stay there. */
export function brokenRule(
  placed: readonly Placing[],
  state: LedgerState,
  releasedIds: readonly number[],
): BrokenRule | undefined {
  // what stays within its day (its week) takes no more of it than before
  const coming = placed.filter(
    ({ before, owner, day }) => before === null || spanOf(owner, before.date) !== spanOf(owner, day.date),
  );
  if (coming.length === 0) return undefined;
  const gone = new Set([...releasedIds, ...placed.flatMap(({ before }) => (before ? [before.windowId] : []))]);
  const standing = [...state.windows()].filter(({ windowId }) => !gone.has(windowId));
  for (const { after, owner, day } of coming) {
    const own = [...standing, ...placed.map((one) => one.after).filter((one) => one !== after)].filter(
      (other) => other.planId === after.planId && isSameOwner(after, other),
    );
    const span = spanOf(owner, day.date);
    const presentCount = own.filter(({ date }) => spanOf(owner, date) === span).length;
    const [rule, most] = limitOf(owner, day);
    if (most !== null && presentCount >= most) return { rule, most, presentCount, date: day.date };
  }
  return undefined;
}

/** The day that is counted by, or the Monday of its week. */
const spanOf = ({ rule }: BookingOwner, date: string): string =>
  rule.rule.windowsPerWeek === null ? date : mondayOf(date);

function limitOf({ rule, audience }: BookingOwner, day: OwnerDay): [rule: BrokenRule['rule'], most: number | null] {
  const { windowsPerWeek, windowsPerDay, windowsPerHalfDay } = rule.rule;
  if (windowsPerWeek !== null) return ['windowsPerWeek', windowsPerWeek];
  // the hours of relatives and staff are not halved
  const isWhole = audience !== 'pupils' || day.openHalves === (MORNING | AFTERNOON);
  return isWhole ? ['windowsPerDay', windowsPerDay] : ['windowsPerHalfDay', windowsPerHalfDay];
}

const SPANS = {
  windowsPerDay: 'a day',
  windowsPerHalfDay: 'a day that is open for half of it',
  windowsPerWeek: 'a week',
} as const;

/** @throws BookingRefused where the campaign gives no such window more */
export function checkRule(placed: readonly Placing[], state: LedgerState, releasedIds: readonly number[]): void {
  const broken = brokenRule(placed, state, releasedIds);
  if (!broken) return;
  const { rule, most, presentCount, date } = broken;
  throw new BookingRefused(
    'rule_limit',
    'conflict',
    `The campaign gives ${counted(most, 'window')} ${SPANS[rule]} (${rule}), and there ${presentCount === 1 ? 'is' : 'are'} ${presentCount} already for ${date}.`,
    { ...broken, alternatives: [] },
  );
}

const mondayOf = (date: string): string => addDays(date, 1 - weekdayOf(date));
