import { clockOfMinute, type CivilDate } from '../common/civil-time';
import { CELL_MINUTES } from '../kernel/cell-grid';
import { WishRefused } from './wish.errors';
import { allowedStarts, type CompiledRule, type MinuteRange } from '../campaign/compiled-rule';
import { weekdayAt } from '../campaign/window-count.rules';

export const WISH_KINDS = ['wished', 'closed', 'fixed'] as const;
export type WishKind = (typeof WISH_KINDS)[number];
/** Who said so: the timetable, the head, the demonstration, or the wishes of an earlier campaign. */
export const WISH_ORIGINS = ['timetable', 'head', 'demo', 'copy'] as const;
export type WishOrigin = (typeof WISH_ORIGINS)[number];
/** What the authority says to a fixed window: it is only asked beyond the cap. */
export const APPROVALS = ['not_needed', 'pending', 'approved', 'refused'] as const;
export type Approval = (typeof APPROVALS)[number];

/** What a class asks for at some time of the day, on a weekday of every week or on one date (exactly one of both). */
export interface Wish {
  kind: WishKind;
  /** Monday = 1. */
  weekday: number | null;
  on: CivilDate | null;
  /** Local minutes of the day. */
  startMinute: number;
  /** Of a closed time only: its end. */
  endMinute: number | null;
  teacherKeyId: number | null;
  reason: string | null;
}

/** What makes two wishes of one owner the same wish. */
export function wishKey(wish: Wish): string {
  const { kind, weekday, on, startMinute, endMinute, teacherKeyId, reason } = wish;
  return JSON.stringify([kind, weekday, on, startMinute, endMinute, teacherKeyId, reason]);
}

/** The days of a class over its campaign. */
export interface ClassDays {
  /** Civil dates of the campaign. */
  dates: readonly CivilDate[];
  firstWeekday: number;
  /** Open halves per date, of the class's establishment. */
  openHalves: Uint8Array;
  rule: CompiledRule;
}

const DAY_MINUTES = 1440;

/** Indices of the campaign's dates that a wish is about. */
function datesOfWish(
  wish: Pick<Wish, 'weekday' | 'on'>,
  { dates, firstWeekday }: Pick<ClassDays, 'dates' | 'firstWeekday'>,
): number[] {
  return dates.flatMap((date, day) =>
    (wish.on === null ? weekdayAt(day, firstWeekday) === wish.weekday : wish.on === date) ? [day] : [],
  );
}

/** How many dated windows a fixed wish stands for: one on each open date that it is about. */
export function fixedWindowCount(wish: Pick<Wish, 'weekday' | 'on'>, days: Omit<ClassDays, 'rule'>): number {
  return datesOfWish(wish, days).filter((day) => days.openHalves[day]! !== 0).length;
}

/**
 * Refuses a list of wishes of one class that cannot be kept, with the code and the index of the first.
 *
 * @param given the list as the caller gave it, where `wishes` are only some of it
 * @throws WishRefused
 */
export function checkWishes(wishes: readonly Wish[], days: ClassDays, given = wishes): void {
  wishes.forEach((wish) => {
    const index = given.indexOf(wish);
    const refuse = (code: string, message: string): never => {
      throw new WishRefused(code, `Wish ${index + 1}: ${message}`, { index });
    };
    checkTimes(wish, days.rule.rule.windowMinutes, refuse);
    checkDay(wish, days, refuse);
    if (wish.kind === 'fixed') checkFixed(wish, wishes, days, refuse);
  });
  checkFixedApart(wishes, days);
}

type Refuse = (code: string, message: string) => never;

function checkTimes({ kind, startMinute, endMinute, teacherKeyId }: Wish, windowMinutes: number, refuse: Refuse): void {
  const isOnGrid = (minute: number) => Number.isInteger(minute) && minute % CELL_MINUTES === 0;
  if (!isOnGrid(startMinute) || (endMinute !== null && !isOnGrid(endMinute))) {
    refuse('off_grid', 'times are whole multiples of five minutes.');
  }
  if ((kind === 'closed') !== (endMinute !== null))
    refuse('end', 'a closed time has an end; a wished or fixed window has none.');
  if (kind === 'closed' && teacherKeyId !== null) refuse('teacher', 'a closed time has no teacher.');
  if (endMinute !== null && endMinute <= startMinute) {
    refuse(
      'over_midnight',
      `it ends at ${clockOfMinute(endMinute)}, not after its start; a time over midnight is stated as two.`,
    );
  }
  if (startMinute < 0 || (endMinute ?? startMinute + windowMinutes) > DAY_MINUTES) {
    refuse(
      'over_midnight',
      `a window of ${windowMinutes} minutes from ${clockOfMinute(startMinute)} would last over midnight.`,
    );
  }
}

function checkDay(wish: Wish, days: ClassDays, refuse: Refuse): void {
  if ((wish.weekday === null) === (wish.on === null)) refuse('day', 'say either a weekday or a date.');
  if (datesOfWish(wish, days).length === 0) {
    refuse(
      'outside_campaign',
      `${wish.on ?? `weekday ${wish.weekday}`} does not fall into the campaign (${days.dates[0]} to ${days.dates.at(-1)}).`,
    );
  }
}

function checkFixed(wish: Wish, wishes: readonly Wish[], days: ClassDays, refuse: Refuse): void {
  if (!wish.reason?.trim()) refuse('fixed_without_reason', 'a fixed window needs a reason.');
  const open = datesOfWish(wish, days).filter((day) => days.openHalves[day]! !== 0);
  if (open.length === 0)
    refuse('fixed_on_closed_day', `the establishment is closed on ${wish.on ?? `weekday ${wish.weekday}`}.`);
  const isAllowed = (day: number, closed: readonly MinuteRange[]) =>
    allowedStarts(days.rule, weekdayAt(day, days.firstWeekday), days.openHalves[day]!, closed).includes(
      wish.startMinute,
    );
  if (!open.some((day) => isAllowed(day, []))) {
    refuse('fixed_outside_hours', `${clockOfMinute(wish.startMinute)} is not within the allowed hours of that day.`);
  }
  if (!open.some((day) => isAllowed(day, closedTimes(wishes, day, days)))) {
    refuse('fixed_in_closed_time', 'it lies in a closed time of the same list.');
  }
}

/** Two fixed windows of a class must not overlap, nor come closer than the gap, on any date. */
function checkFixedApart(wishes: readonly Wish[], days: ClassDays): void {
  const { windowMinutes, minimumGapMinutes } = days.rule.rule;
  for (let day = 0; day < days.dates.length; day++) {
    const starts = wishes
      .filter((wish) => wish.kind === 'fixed' && datesOfWish(wish, days).includes(day))
      .map((wish) => wish.startMinute)
      .sort((a, b) => a - b);
    const at = starts.findIndex((start, k) => k > 0 && start < starts[k - 1]! + windowMinutes + minimumGapMinutes);
    if (at > 0) {
      throw new WishRefused(
        'fixed_too_close',
        `The fixed windows of ${days.dates[day]} at ${clockOfMinute(starts[at - 1]!)} and ${clockOfMinute(starts[at]!)} leave no gap of ${minimumGapMinutes} minutes.`,
      );
    }
  }
}

/**
 * The first fixed window that the closed times of another list leave no date for. On the dates of `instead` it does not hold:
 * a class's own fixed windows take the place of its establishment's.
 */
export function fixedInClosedTime(
  fixed: readonly Wish[],
  closed: readonly Wish[],
  days: ClassDays,
  instead: readonly Wish[] = [],
): Wish | undefined {
  const replaced = new Set(instead.filter(({ kind }) => kind === 'fixed').flatMap((wish) => datesOfWish(wish, days)));
  return fixed
    .filter(({ kind }) => kind === 'fixed')
    .find((wish) => {
      const held = datesOfWish(wish, days).filter((day) => days.openHalves[day]! !== 0 && !replaced.has(day));
      const endMinute = wish.startMinute + days.rule.rule.windowMinutes;
      const isClosed = (day: number) =>
        closedTimes(closed, day, days).some((time) => wish.startMinute < time.toMinute && endMinute > time.fromMinute);
      return held.length > 0 && held.every(isClosed);
    });
}

/** Closed times of a date. */
function closedTimes(
  wishes: readonly Wish[],
  day: number,
  days: Pick<ClassDays, 'dates' | 'firstWeekday'>,
): MinuteRange[] {
  return wishes
    .filter((wish) => wish.kind === 'closed' && datesOfWish(wish, days).includes(day))
    .map((wish) => ({ fromMinute: wish.startMinute, toMinute: wish.endMinute! }));
}

/** A fixed wish of an establishment, with the dated windows that it stands for. */
export interface FixedClaim {
  approval: Approval;
  windowCount: number;
}

/**
 * The approval of each claim once the cap is looked at: those that wait become free of it in their order as long as there is
 * room; what the authority decided stays, and does not count against the cap.
 */
export function settleFixed(claims: readonly FixedClaim[], mostCount: number): Approval[] {
  let usedCount = 0;
  for (const { approval, windowCount } of claims) if (approval === 'not_needed') usedCount += windowCount;
  return claims.map(({ approval, windowCount }) => {
    if (approval !== 'pending' || usedCount + windowCount > mostCount) return approval;
    usedCount += windowCount;
    return 'not_needed';
  });
}

/** Most fixed windows of an establishment over a campaign: a share of its windows, and always some a week. */
export function mostFixedWindows(
  windowCount: number,
  dayCount: number,
  firstWeekday: number,
  cap: { fixedWindowsPerMille: number; fixedWindowsPerWeekLeast: number },
): number {
  const weekCount = Math.ceil((firstWeekday - 1 + dayCount) / 7);
  return Math.max(
    weekCount * cap.fixedWindowsPerWeekLeast,
    Math.floor((windowCount * cap.fixedWindowsPerMille) / 1000),
  );
}
