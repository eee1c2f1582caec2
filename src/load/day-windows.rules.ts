import { type CompiledRule, ordinaryWishes } from '../campaign/compiled-rule';
import type { Wish } from '../wish/wish.rules';

/** A window that a class has on a day, before it has a start. */
export interface DayWindow {
  /** Wished start in local minutes, null for none. */
  wishMinute: number | null;
  /** Somebody asked for it; else it is the ordinary hour of a lesson. */
  isStated: boolean;
  /** The wish is the only start that it may have. */
  isFixed: boolean;
  teacherKeyId: number | null;
}

/** A wished or fixed start of one day. */
export type StatedStart = Pick<Wish, 'kind' | 'startMinute' | 'teacherKeyId'>;

/** What is known of a class on a day. */
export interface ClassDay {
  rule: CompiledRule;
  weekday: number;
  openHalves: number;
  /** Windows that its rule gives it on this day. */
  windowCount: number;
  isGroup: boolean;
}

/**
 * The windows of a class on a day, ordered by what they wish. Fixed ones always; wished ones as long as the rule gives
 * windows; what is left of a live rule wishes the ordinary lesson hours that are farthest from those stated, of an open rule nothing.
 * A group has only what it states: without a timetable its pupils come with their classes.
 */
export function dayWindows(day: ClassDay, stated: readonly StatedStart[]): DayWindow[] {
  if (day.windowCount === 0) return [];
  const byStart = [...stated].sort((a, b) => a.startMinute - b.startMinute);
  const fixedCount = stated.filter(({ kind }) => kind === 'fixed').length;
  let wishedLeft = Math.max(0, day.windowCount - fixedCount);
  const windows: DayWindow[] = [];
  for (const { kind, startMinute, teacherKeyId } of byStart) {
    if (kind === 'wished' && wishedLeft-- <= 0) continue;
    windows.push({ wishMinute: startMinute, isStated: true, isFixed: kind === 'fixed', teacherKeyId });
  }
  if (day.isGroup) return windows;
  const missing = day.windowCount - windows.length;
  if (missing <= 0) return windows;
  const isLive = day.rule.rule.activity === 'live';
  const ordinary = isLive ? ordinaryHours(day, windows, missing) : new Array<null>(missing).fill(null);
  for (const wishMinute of ordinary) windows.push({ wishMinute, isStated: false, isFixed: false, teacherKeyId: null });
  return windows.sort((a, b) => (a.wishMinute ?? Infinity) - (b.wishMinute ?? Infinity));
}

/** Of the day's ordinary hours those that are left when each stated start has taken the one nearest to it. */
function ordinaryHours(day: ClassDay, taken: readonly DayWindow[], count: number): (number | null)[] {
  const hours: (number | null)[] = ordinaryWishes(day.rule, day.weekday, day.openHalves, day.windowCount);
  for (const { wishMinute } of taken) {
    let nearest = 0;
    for (let k = 1; k < hours.length; k++) {
      if (Math.abs(hours[k]! - wishMinute!) < Math.abs(hours[nearest]! - wishMinute!)) nearest = k;
    }
    hours.splice(nearest, 1);
  }
  while (hours.length < count) hours.push(null);
  return hours;
}
