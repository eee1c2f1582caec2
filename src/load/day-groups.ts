import type { CompiledRule } from '../campaign/compiled-rule';
import { weekdayAt, windowCounts } from '../campaign/window-count.rules';
import type { CivilGrid } from './civil-grid';

/** Days of a class that share one choice of starts: one date, or the dates of a series. */
export interface DayGroup {
  weekday: number;
  openHalves: number;
  windowCount: number;
  /** Days of the campaign, ascending. */
  days: number[];
  isSeries: boolean;
}

/** What the days of a class are cut into groups by. */
export interface ClassCalendar {
  compiled: CompiledRule;
  openHalves: Uint8Array;
  firstWeekday: number;
  grid: CivilGrid;
  keepsSameHours: boolean;
}

/**
 * The days on which a class has windows. Where it keeps the same hours each week, the dates of a weekday are one group as long as
 * they open alike and have as many windows; a date with wishes of its own (`ownDays`) and a day on which the clock changes leave it.
 */
export function dayGroups(calendar: ClassCalendar, rotation: number, ownDays: ReadonlySet<number>): DayGroup[] {
  const { compiled, openHalves, firstWeekday, grid, keepsSameHours } = calendar;
  const counts = windowCounts(compiled, openHalves, firstWeekday, rotation);
  const groups: DayGroup[] = [];
  const series = new Map<string, DayGroup>();
  for (let day = 0; day < counts.length; day++) {
    if (counts[day] === 0) continue;
    const weekday = weekdayAt(day, firstWeekday);
    const isSeries = keepsSameHours && grid.isRegular(day) && !ownDays.has(day);
    const key = `${weekday} ${openHalves[day]} ${counts[day]}`;
    const known = isSeries ? series.get(key) : undefined;
    if (known) {
      known.days.push(day);
      continue;
    }
    const group = { weekday, openHalves: openHalves[day]!, windowCount: counts[day]!, days: [day], isSeries };
    groups.push(group);
    if (isSeries) series.set(key, group);
  }
  return groups;
}
