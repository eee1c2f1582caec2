import { AFTERNOON, MORNING } from '../calendar/calendar-place';
import { compileRule, type MinuteRange } from './compiled-rule';
import type { AllowedHours, CampaignRules, WindowRule } from './window-rule';

/** What the rules of a campaign can give way by; how many of those who are expected come is no rule. */
export const RULE_RELAXATIONS = ['wider_hours', 'shorter_windows', 'fewer_windows'] as const;
export type RuleRelaxation = (typeof RULE_RELAXATIONS)[number];

/** How far each gives way, the least first: minutes more a day, per mille of the length kept, most windows a week. */
export const RELAXATION_STEPS: Readonly<Record<RuleRelaxation, readonly number[]>> = {
  wider_hours: [30, 60, 120, 180, 240],
  shorter_windows: [750, 500],
  fewer_windows: [7, 5, 4, 3, 2, 1],
};

/** Nobody is asked to connect before or after these hours, unless the rule does so already. */
const EARLIEST_MINUTE = 7 * 60;
const LATEST_MINUTE = 21 * 60;
const LEAST_WINDOW_MINUTES = 15;
const GRID_MINUTES = 5;
const SCHOOL_WEEKDAYS = [1, 2, 3, 4, 5];

/** The rules with every window rule relaxed so far; undefined where none of them gives way. */
export function relaxedRules(rules: CampaignRules, kind: RuleRelaxation, amount: number): CampaignRules | undefined {
  const relax = { wider_hours: widened, shorter_windows: shortened, fewer_windows: thinned }[kind];
  const windows = rules.windows.map((rule) => relax(rule, amount));
  return windows.every((rule, k) => rule === rules.windows[k]) ? undefined : { ...rules, windows };
}

/** Half of the minutes before the first window of a day, half after the last one; breaks stay. */
function widened(rule: WindowRule, minutes: number): WindowRule {
  let isWider = false;
  const hours = compileRule(rule).rangesOfWeekday.flatMap((ranges, weekday): AllowedHours[] =>
    ranges.map((range, k) => {
      const wide = widerRange(range, k === 0, k === ranges.length - 1, minutes / 2);
      isWider ||= wide.fromMinute < range.fromMinute || wide.toMinute > range.toMinute;
      return { weekdays: [weekday], from: clockOf(wide.fromMinute), to: clockOf(wide.toMinute) };
    }),
  );
  return isWider ? { ...rule, hours } : rule;
}

const widerRange = (
  { fromMinute, toMinute }: MinuteRange,
  isFirst: boolean,
  isLast: boolean,
  minutes: number,
): MinuteRange => ({
  fromMinute: isFirst ? Math.min(fromMinute, Math.max(EARLIEST_MINUTE, fromMinute - minutes)) : fromMinute,
  toMinute: isLast ? Math.max(toMinute, Math.min(LATEST_MINUTE, toMinute + minutes)) : toMinute,
});

function shortened(rule: WindowRule, keptPerMille: number): WindowRule {
  const kept = Math.floor((rule.windowMinutes * keptPerMille) / 1000 / GRID_MINUTES) * GRID_MINUTES;
  const windowMinutes = Math.max(Math.min(LEAST_WINDOW_MINUTES, rule.windowMinutes), kept);
  return windowMinutes < rule.windowMinutes ? { ...rule, windowMinutes } : rule;
}

function thinned(rule: WindowRule, mostPerWeek: number): WindowRule {
  if (weeklyWindows(rule) <= mostPerWeek) return rule;
  return { ...rule, windowsPerDay: null, windowsPerHalfDay: null, windowsPerWeek: mostPerWeek };
}

/** Windows that a rule gives from Monday to Friday; a day whose hours are all before or after noon counts as half a day. */
function weeklyWindows(rule: WindowRule): number {
  if (rule.windowsPerWeek !== null) return rule.windowsPerWeek;
  const { halvesOfWeekday } = compileRule(rule);
  return SCHOOL_WEEKDAYS.reduce((sum, weekday) => {
    const halves = halvesOfWeekday[weekday]!;
    if (halves === 0) return sum;
    const isWhole = halves === (MORNING | AFTERNOON) || rule.audience !== 'pupils';
    return sum + (isWhole ? rule.windowsPerDay! : rule.windowsPerHalfDay!);
  }, 0);
}

const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
