import { minuteOfClock } from '../common/civil-time';
import { LEVELS, levelGroupOf, type Level } from '../directory/level';
import { CELL_MINUTES } from '../kernel/cell-grid';
import { AFTERNOON, AFTERNOON_STARTS_AT_MINUTE, MORNING } from '../calendar/calendar-place';
import type { Audience } from './window-kind';
import type { WindowRule } from './window-rule';

/** A half-open range of local minutes of a day. */
export interface MinuteRange {
  fromMinute: number;
  toMinute: number;
}

/** A rule ready to be asked many times: minutes instead of clock texts, ranges by weekday. */
export interface CompiledRule {
  rule: WindowRule;
  windowCells: number;
  gapCells: number;
  /** Ascending ranges of each weekday; index 1 is Monday. */
  rangesOfWeekday: MinuteRange[][];
  /** Halves of the day (bits of the calendar) that have allowed hours, per weekday. */
  halvesOfWeekday: number[];
}

/** Clock texts were checked when the campaign was made: see campaign-rules.rules.ts. */
export function compileRule(rule: WindowRule): CompiledRule {
  const rangesOfWeekday: MinuteRange[][] = Array.from({ length: 8 }, () => []);
  for (const { weekdays, from, to } of rule.hours) {
    const range = { fromMinute: minuteOfClock(from)!, toMinute: minuteOfClock(to)! };
    for (const weekday of weekdays) rangesOfWeekday[weekday]!.push(range);
  }
  for (const ranges of rangesOfWeekday) ranges.sort((a, b) => a.fromMinute - b.fromMinute);
  return {
    rule,
    windowCells: rule.windowMinutes / CELL_MINUTES,
    gapCells: Math.ceil(rule.minimumGapMinutes / CELL_MINUTES),
    rangesOfWeekday,
    halvesOfWeekday: rangesOfWeekday.map((ranges) =>
      ranges.reduce(
        (halves, { fromMinute, toMinute }) =>
          halves |
          (fromMinute < AFTERNOON_STARTS_AT_MINUTE ? MORNING : 0) |
          (toMinute > AFTERNOON_STARTS_AT_MINUTE ? AFTERNOON : 0),
        0,
      ),
    ),
  };
}

/** The rule that a class follows: that of its oldest level, else of its level group, else the one for all; undefined for none. */
export function ruleOfLevels(rules: readonly CompiledRule[], levels: readonly Level[]): CompiledRule | undefined {
  const oldest = oldestLevel(levels);
  const group = levelGroupOf(levels);
  const ofPupils = rules.filter(({ rule }) => rule.audience === 'pupils');
  return (
    ofPupils.find(({ rule }) => rule.levels.includes(oldest)) ??
    ofPupils.find(({ rule }) => rule.levelGroups.includes(group)) ??
    ofPupils.find(({ rule }) => rule.levels.length === 0 && rule.levelGroups.length === 0)
  );
}

export function ruleOfAudience(
  rules: readonly CompiledRule[],
  audience: Exclude<Audience, 'pupils'>,
): CompiledRule | undefined {
  return rules.find(({ rule }) => rule.audience === audience);
}

function oldestLevel(levels: readonly Level[]): Level {
  return levels.reduce((oldest, level) => (LEVELS.indexOf(level) > LEVELS.indexOf(oldest) ? level : oldest));
}

/**
 * Halves of a day on which the windows of a rule may lie: those that are open and have hours. Relatives and staff are at
 * home or at work whatever the half: any opening of the day opens all of its hours to them.
 */
export function usableHalves(compiled: CompiledRule, weekday: number, openHalves: number): number {
  const halves = compiled.halvesOfWeekday[weekday]!;
  if (compiled.rule.audience !== 'pupils') return openHalves === 0 ? 0 : halves;
  return openHalves & halves;
}

/** The ranges of a day cut to its usable halves. */
function usableRanges(compiled: CompiledRule, weekday: number, openHalves: number): MinuteRange[] {
  const ranges = compiled.rangesOfWeekday[weekday]!;
  if (openHalves === 0) return [];
  if (compiled.rule.audience !== 'pupils' || openHalves === (MORNING | AFTERNOON)) return ranges;
  return ranges
    .map(({ fromMinute, toMinute }) =>
      openHalves === MORNING
        ? { fromMinute, toMinute: Math.min(toMinute, AFTERNOON_STARTS_AT_MINUTE) }
        : { fromMinute: Math.max(fromMinute, AFTERNOON_STARTS_AT_MINUTE), toMinute },
    )
    .filter(({ fromMinute, toMinute }) => fromMinute < toMinute);
}

/** Every allowed start of a window on a day, ascending local minutes: wholly inside one range and clear of the closed times. */
export function allowedStarts(
  compiled: CompiledRule,
  weekday: number,
  openHalves: number,
  closed: readonly MinuteRange[] = [],
): number[] {
  const { windowMinutes } = compiled.rule;
  const starts: number[] = [];
  for (const { fromMinute, toMinute } of usableRanges(compiled, weekday, openHalves)) {
    for (let start = fromMinute; start + windowMinutes <= toMinute; start += CELL_MINUTES) {
      if (closed.every((time) => start >= time.toMinute || start + windowMinutes <= time.fromMinute))
        starts.push(start);
    }
  }
  return starts;
}

/** Most windows that follow each other with the gap in the ranges of a day. */
export function mostWindows(compiled: CompiledRule, weekday: number, openHalves: number): number {
  const { windowMinutes, minimumGapMinutes } = compiled.rule;
  let count = 0;
  let earliest = 0;
  for (const { fromMinute, toMinute } of usableRanges(compiled, weekday, openHalves)) {
    for (let start = Math.max(fromMinute, earliest); start + windowMinutes <= toMinute; start = earliest) {
      count++;
      earliest = start + windowMinutes + minimumGapMinutes;
    }
  }
  return count;
}

/**
 * Hours that the `count` live windows of a day wish where no timetable is known: they are dealt evenly over the ranges of
 * the day, the first at the first lesson, one after the other with the gap inside a range.
 */
export function ordinaryWishes(compiled: CompiledRule, weekday: number, openHalves: number, count: number): number[] {
  const ranges = usableRanges(compiled, weekday, openHalves).filter(
    ({ fromMinute, toMinute }) => toMinute - fromMinute >= compiled.rule.windowMinutes,
  );
  if (ranges.length === 0) return [];
  const step = compiled.rule.windowMinutes + compiled.gapCells * CELL_MINUTES;
  const taken = ranges.map(() => 0);
  return Array.from({ length: count }, (_, ordinal) => {
    const at = Math.floor((ordinal * ranges.length) / count);
    const { fromMinute, toMinute } = ranges[at]!;
    return Math.min(fromMinute + taken[at]!++ * step, toMinute - compiled.rule.windowMinutes);
  });
}
