import { AFTERNOON, MORNING } from '../calendar/calendar-place';
import { type CompiledRule, usableHalves } from './compiled-rule';

/**
 * How many windows a class (or an establishment's audience) has on each date of a campaign. A weekly number is dealt evenly over
 * the usable days of each week; `rotation` (the id of the class) turns the deal, so that not everybody has Mondays.
 *
 * @param openHalves calendar bits per date from the first day of the campaign
 * @param firstWeekday weekday of that day, Monday = 1
 */
export function windowCounts(
  compiled: CompiledRule,
  openHalves: Uint8Array,
  firstWeekday: number,
  rotation: number,
): Uint8Array {
  const counts = new Uint8Array(openHalves.length);
  const { windowsPerDay, windowsPerHalfDay, windowsPerWeek } = compiled.rule;
  for (let weekStart = 0; weekStart < openHalves.length; weekStart = weekEnd(weekStart, firstWeekday)) {
    const end = Math.min(openHalves.length, weekEnd(weekStart, firstWeekday));
    const usable: number[] = [];
    for (let day = weekStart; day < end; day++) {
      const halves = usableHalves(compiled, weekdayAt(day, firstWeekday), openHalves[day]!);
      if (halves === 0) continue;
      usable.push(day);
      if (windowsPerDay !== null)
        counts[day] = isWhole(compiled, openHalves[day]!) ? windowsPerDay : windowsPerHalfDay!;
    }
    if (windowsPerWeek !== null) {
      const dealt = deal(windowsPerWeek, usable.length, rotation);
      usable.forEach((day, k) => (counts[day] = dealt[k]!));
    }
  }
  return counts;
}

export const weekdayAt = (day: number, firstWeekday: number): number => ((firstWeekday - 1 + day) % 7) + 1;

const weekEnd = (day: number, firstWeekday: number): number => day + 8 - weekdayAt(day, firstWeekday);

/** Relatives and staff have the day's number on any open day: their hours are not halved. */
const isWhole = (compiled: CompiledRule, openHalves: number): boolean =>
  compiled.rule.audience !== 'pupils' || openHalves === (MORNING | AFTERNOON);

/** `count` windows over `days` days, as evenly as whole numbers can be, the extra ones spread out and turned by `rotation`. */
function deal(count: number, days: number, rotation: number): number[] {
  const dealt: number[] = new Array<number>(days).fill(0);
  for (let k = 0; k < days; k++) {
    const from = Math.floor((k * count) / days);
    const to = Math.floor(((k + 1) * count) / days);
    dealt[(k + rotation) % days]! += to - from;
  }
  return dealt;
}
