import { minuteOfClock, type CivilDate } from '../common/civil-time';
import { AFTERNOON, MORNING } from '../calendar/calendar-place';
import { isLevel, LEVEL_GROUPS, type Level } from '../directory/level';
import { CELL_MINUTES } from '../kernel/cell-grid';
import { checkLoadParameters, LoadParametersInvalid } from '../kernel/load/profile';
import { CampaignRefused } from './campaign.errors';
import { compileRule, mostWindows, type CompiledRule } from './compiled-rule';
import { kindOf, parametersOf } from './load-model.rules';
import type { CatchUp, LoadModel, WindowRule } from './window-rule';

/** Longer than this a campaign outlives what timetables and habits hold, and its problem outgrows a machine. */
const MOST_CAMPAIGN_DAYS = 70;
/** Most windows of a class on a day: an ordinal is one byte, and nobody connects more often. */
const MOST_WINDOWS_PER_DAY = 12;
const MOST_WINDOW_MINUTES = 240;
const DAY_MINUTES = 1440;

/** What of a campaign can be judged without looking anything up. */
export interface CampaignDraft {
  startsOn: CivilDate;
  endsOn: CivilDate;
  schoolYear: string;
  levels: readonly Level[];
  windows: readonly WindowRule[];
  catchUp: CatchUp | null;
  loadModel: LoadModel;
  wishesOpenAt: Date | null;
  wishesCloseAt: Date | null;
}

/** The school year of a date: it begins on 1 August, because schools of the southern hemisphere return in that month. */
export function schoolYearOf(on: CivilDate): string {
  const year = Number(on.slice(0, 4));
  const first = on.slice(5) >= '08-01' ? year : year - 1;
  return `${first}-${first + 1}`;
}

/** Refuses a campaign that breaks a rule, with the code of the first one that it breaks. @throws CampaignRefused */
export function checkCampaign(draft: CampaignDraft): void {
  checkDates(draft);
  checkWishPeriod(draft);
  checkLevels(draft.levels);
  if (draft.windows.length === 0)
    throw new CampaignRefused('no_rules', 'A campaign needs a preset or at least one rule.');
  draft.windows.forEach((rule, index) => checkRule(rule, index));
  checkOverlaps(draft.windows);
  if (draft.catchUp) checkCatchUp(draft.catchUp);
  checkLoadModel(draft.loadModel);
}

function checkDates({ startsOn, endsOn, schoolYear }: CampaignDraft): void {
  if (endsOn < startsOn) {
    throw new CampaignRefused(
      'dates_reversed',
      `The campaign would end on ${endsOn}, before it starts on ${startsOn}.`,
    );
  }
  const dayCount = (Date.parse(endsOn) - Date.parse(startsOn)) / 86_400_000 + 1;
  if (dayCount > MOST_CAMPAIGN_DAYS) {
    throw new CampaignRefused(
      'too_long',
      `A campaign lasts ${MOST_CAMPAIGN_DAYS} days at most (ten weeks), not ${dayCount}.`,
      {
        dayCount,
        mostDayCount: MOST_CAMPAIGN_DAYS,
      },
    );
  }
  for (const on of [startsOn, endsOn]) {
    if (schoolYearOf(on) !== schoolYear) {
      throw new CampaignRefused(
        'outside_school_year',
        `${on} lies outside the school year ${schoolYear} (1 August to 31 July).`,
        {
          schoolYear,
        },
      );
    }
  }
}

/** Heads can write wishes at some time at all. @throws CampaignRefused */
export function checkWishPeriod({
  wishesOpenAt,
  wishesCloseAt,
}: Pick<CampaignDraft, 'wishesOpenAt' | 'wishesCloseAt'>): void {
  if (wishesOpenAt && wishesCloseAt && wishesCloseAt <= wishesOpenAt)
    throw new CampaignRefused('wish_period_reversed', 'The deadline for wishes lies before the time they open at.');
}

function checkLevels(levels: readonly string[], index?: number): void {
  const unknown = levels.find((level) => !isLevel(level));
  if (unknown !== undefined) {
    throw new CampaignRefused('unknown_level', `There is no level ${JSON.stringify(unknown)}.`, {
      level: unknown,
      ruleIndex: index,
    });
  }
}

function checkRule(rule: WindowRule, index: number): void {
  const refuse = (code: string, message: string, facts: Record<string, unknown> = {}): never => {
    throw new CampaignRefused(code, `Rule ${index + 1} (${rule.audience}): ${message}`, { ruleIndex: index, ...facts });
  };
  checkLevels(rule.levels, index);
  const group = rule.levelGroups.find((known) => !LEVEL_GROUPS.includes(known));
  if (group !== undefined)
    refuse('unknown_level', `there is no level group ${JSON.stringify(group)}.`, { level: group });
  if (rule.audience !== 'pupils' && rule.levels.length + rule.levelGroups.length > 0) {
    refuse(
      'levels_not_for_audience',
      'windows of relatives and staff are those of a whole establishment: name no level.',
    );
  }
  if (!isLength(rule.windowMinutes, CELL_MINUTES, MOST_WINDOW_MINUTES)) {
    refuse(
      'window_length',
      `a window lasts a multiple of 5 minutes up to ${MOST_WINDOW_MINUTES}, not ${rule.windowMinutes}.`,
    );
  }
  if (!isLength(rule.minimumGapMinutes, 0, DAY_MINUTES)) {
    refuse('gap_length', `the gap is a multiple of 5 minutes, not ${rule.minimumGapMinutes}.`);
  }
  checkCounts(rule, refuse);
  checkHours(rule, refuse);
  checkRoom(compileRule(rule), refuse);
}

type Refuse = (code: string, message: string, facts?: Record<string, unknown>) => never;

function checkCounts(rule: WindowRule, refuse: Refuse): void {
  const { windowsPerDay, windowsPerHalfDay, windowsPerWeek } = rule;
  if ((windowsPerDay === null) === (windowsPerWeek === null)) {
    refuse('window_count', 'say either how many windows a day or how many a week.');
  }
  const isCount = (count: number, least: number, most: number) =>
    Number.isInteger(count) && count >= least && count <= most;
  if (windowsPerDay !== null) {
    if (!isCount(windowsPerDay, 1, MOST_WINDOWS_PER_DAY) || !isCount(windowsPerHalfDay ?? -1, 0, windowsPerDay)) {
      refuse('window_count', `a day has 1 to ${MOST_WINDOWS_PER_DAY} windows, half a day no more than a whole one.`);
    }
  } else if (windowsPerHalfDay !== null || !isCount(windowsPerWeek!, 1, 7 * MOST_WINDOWS_PER_DAY)) {
    refuse(
      'window_count',
      'a week has at least one window, and windows counted by the week have no number for half days.',
    );
  }
}

function checkHours(rule: WindowRule, refuse: Refuse): void {
  if (rule.hours.length === 0) refuse('no_hours', 'it needs allowed hours.');
  for (const { weekdays, from, to } of rule.hours) {
    const [fromMinute, toMinute] =
      clockMinutes(from, to) ?? refuse('hours_off_grid', `${from} to ${to} is not on whole five minutes.`);
    if (weekdays.length === 0 || weekdays.some((weekday) => !Number.isInteger(weekday) || weekday < 1 || weekday > 7)) {
      refuse('weekdays', 'weekdays go from 1 (Monday) to 7.');
    }
    if (toMinute <= fromMinute) refuse('hours_reversed', `${from} to ${to} ends before it starts.`);
    if (toMinute - fromMinute < rule.windowMinutes) {
      refuse('hours_too_short', `no window of ${rule.windowMinutes} minutes fits between ${from} and ${to}.`, {
        from,
        to,
      });
    }
  }
  compileRule(rule).rangesOfWeekday.forEach((ranges, weekday) => {
    for (let k = 1; k < ranges.length; k++) {
      if (ranges[k]!.fromMinute < ranges[k - 1]!.toMinute) {
        refuse('hours_overlap', `its hours overlap on weekday ${weekday}.`, { weekday });
      }
    }
  });
}

/** Windows, lengths and gaps must fit in the hours of every weekday that has some. */
function checkRoom(compiled: CompiledRule, refuse: Refuse): void {
  const { rule, halvesOfWeekday } = compiled;
  const weekdayCount = halvesOfWeekday.filter((halves) => halves !== 0).length;
  for (let weekday = 1; weekday <= 7; weekday++) {
    if (halvesOfWeekday[weekday] === 0) continue;
    const asked = rule.windowsPerDay ?? Math.ceil(rule.windowsPerWeek! / weekdayCount);
    const room = mostWindows(compiled, weekday, MORNING | AFTERNOON);
    if (asked > room) {
      refuse(
        'windows_do_not_fit',
        `${asked} windows of ${rule.windowMinutes} minutes with gaps of ${rule.minimumGapMinutes} do not fit in the hours of weekday ${weekday}, which hold ${room}.`,
        { weekday, asked, room },
      );
    }
  }
}

/** One rule for each audience and level; a rule for a level may stand beside the one of its group. */
function checkOverlaps(rules: readonly WindowRule[]): void {
  const seen = new Map<string, number>();
  rules.forEach((rule, index) => {
    const names = [...rule.levels, ...rule.levelGroups];
    for (const name of names.length > 0 ? names : ['all']) {
      const key = `${rule.audience} ${name}`;
      const first = seen.get(key);
      if (first !== undefined) {
        throw new CampaignRefused('rules_overlap', `Rules ${first + 1} and ${index + 1} both hold for ${key}.`, {
          ruleIndexes: [first, index],
        });
      }
      seen.set(key, index);
    }
  });
}

function checkCatchUp({ from, to, missedPerMille }: CatchUp): void {
  const minutes = clockMinutes(from, to);
  if (!minutes || minutes[1] <= minutes[0]) {
    throw new CampaignRefused('catch_up_hours', `The evening catch-up cannot last from ${from} to ${to}.`);
  }
  if (!Number.isInteger(missedPerMille) || missedPerMille < 0 || missedPerMille > 1000) {
    throw new CampaignRefused(
      'catch_up_share',
      'The share of those who missed their window is a whole per mille from 0 to 1000.',
    );
  }
}

function checkLoadModel(model: LoadModel): void {
  for (const behaviour of model.behaviours) {
    try {
      checkLoadParameters(parametersOf(behaviour));
    } catch (error) {
      if (!(error instanceof LoadParametersInvalid)) throw error;
      throw new CampaignRefused('load_model', `${kindOf(behaviour)}: ${error.message}.`);
    }
  }
}

function isLength(minutes: number, least: number, most: number): boolean {
  return Number.isInteger(minutes) && minutes % CELL_MINUTES === 0 && minutes >= least && minutes <= most;
}

function clockMinutes(from: string, to: string): [number, number] | undefined {
  const [fromMinute, toMinute] = [minuteOfClock(from), minuteOfClock(to)];
  if (fromMinute === undefined || toMinute === undefined) return undefined;
  return fromMinute % CELL_MINUTES === 0 && toMinute % CELL_MINUTES === 0 ? [fromMinute, toMinute] : undefined;
}
