import { AFTERNOON, MORNING } from '../calendar/calendar-place';
import { addDays, weekdayOf } from '../common/civil-time';
import type { LedgerState, LedgerWindow } from '../plan/sequencer.rules';
import { BookingRefused } from './booking.errors';
import type { BookingOwner, OwnerDay } from './booking-owner';
import { isSameOwner } from './place.rules';

/** A window that would be added on a day. */
interface Added {
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

/** The first number of the campaign's rule that added windows would exceed, together with those that stand and stay. */
export function brokenRule(
  added: readonly Added[],
  state: LedgerState,
  releasedIds: readonly number[],
): BrokenRule | undefined {
  const released = new Set(releasedIds);
  const standing = [...state.windows()].filter(({ windowId }) => !released.has(windowId));
  for (const { after, owner, day } of added) {
    const own = [...standing, ...added.map((one) => one.after).filter((one) => one !== after)].filter(
      (other) => other.planId === after.planId && isSameOwner(after, other),
    );
    const { windowsPerWeek, windowsPerDay, windowsPerHalfDay } = owner.rule.rule;
    if (windowsPerWeek !== null) {
      const week = mondayOf(day.date);
      const presentCount = own.filter(({ date }) => mondayOf(date) === week).length;
      if (presentCount >= windowsPerWeek) return { rule: 'windowsPerWeek', most: windowsPerWeek, presentCount, date: day.date }; // prettier-ignore
      continue;
    }
    // the hours of relatives and staff are not halved
    const isWhole = owner.audience !== 'pupils' || day.openHalves === (MORNING | AFTERNOON);
    const [rule, most] = isWhole ? (['windowsPerDay', windowsPerDay] as const) : (['windowsPerHalfDay', windowsPerHalfDay] as const); // prettier-ignore
    const presentCount = own.filter(({ date }) => date === day.date).length;
    if (most !== null && presentCount >= most) return { rule, most, presentCount, date: day.date };
  }
  return undefined;
}

const SPANS = { windowsPerDay: 'a day', windowsPerHalfDay: 'a day that is open for half of it', windowsPerWeek: 'a week' } as const; // prettier-ignore

/** @throws BookingRefused where the campaign gives no such window more */
export function checkRule(added: readonly Added[], state: LedgerState, releasedIds: readonly number[]): void {
  const broken = brokenRule(added, state, releasedIds);
  if (!broken) return;
  const { rule, most, presentCount, date } = broken;
  throw new BookingRefused(
    'rule_limit',
    'conflict',
    `The campaign gives ${most} windows ${SPANS[rule]} (${rule}), and there are ${presentCount} already for ${date}.`,
    { ...broken, alternatives: [] },
  );
}

const mondayOf = (date: string): string => addDays(date, 1 - weekdayOf(date));
