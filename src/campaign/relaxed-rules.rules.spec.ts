import { CAMPAIGN_PRESETS, presetOf } from './campaign-presets.rules';
import { checkCampaign } from './campaign-rules.rules';
import { RELAXATION_STEPS, relaxedRules, RULE_RELAXATIONS } from './relaxed-rules.rules';
import type { CampaignRules } from './window-rule';

const rulesOf = (windows: CampaignRules['windows']): CampaignRules => ({
  windows,
  fixedWindowsPerMille: 100,
  fixedWindowsPerWeekLeast: 2,
});
const secondary = rulesOf(presetOf('remote-week-secondary').windows);
const lycee = (rules: CampaignRules | undefined) =>
  rules!.windows.find(({ levelGroups }) => levelGroups.includes('lycee'))!;
const hoursOn = (rules: CampaignRules | undefined, weekday: number) =>
  lycee(rules)
    .hours.filter(({ weekdays }) => weekdays.includes(weekday))
    .map(({ from, to }) => `${from}-${to}`);

describe('relaxed rules', () => {
  it('begin earlier and end later, and keep the break at noon', () => {
    const wide = relaxedRules(secondary, 'wider_hours', 60);
    expect(hoursOn(wide, 1)).toEqual(['07:30-12:30', '13:30-18:30']);
    expect(hoursOn(wide, 3)).toEqual(['07:30-13:00']);
    expect(hoursOn(relaxedRules(secondary, 'wider_hours', 240), 1)).toEqual(['07:00-12:30', '13:30-20:00']);
  });

  it('give shorter windows on the grid of five minutes, never below a quarter of an hour', () => {
    expect(lycee(relaxedRules(secondary, 'shorter_windows', 750)).windowMinutes).toBe(45);
    const college = relaxedRules(secondary, 'shorter_windows', 750)!.windows[0]!;
    expect(college.windowMinutes).toBe(30);
    const short = rulesOf([{ ...secondary.windows[0]!, windowMinutes: 15 }]);
    expect(relaxedRules(short, 'shorter_windows', 500)).toBeUndefined();
  });

  it('give fewer windows a week to those who have more', () => {
    // twice on four days and once on Wednesday
    expect(relaxedRules(rulesOf([lycee(secondary)]), 'fewer_windows', 9)).toBeUndefined();
    const fewer = lycee(relaxedRules(secondary, 'fewer_windows', 5));
    expect(fewer).toMatchObject({ windowsPerDay: null, windowsPerHalfDay: null, windowsPerWeek: 5 });
  });

  it('are rules that a campaign may have, for every preset and step', () => {
    for (const { windows, catchUp, loadModel } of CAMPAIGN_PRESETS)
      for (const kind of RULE_RELAXATIONS)
        for (const amount of RELAXATION_STEPS[kind]) {
          const relaxed = relaxedRules(rulesOf(windows), kind, amount);
          if (!relaxed) continue;
          const dates = { startsOn: '2026-11-02', endsOn: '2026-11-06', schoolYear: '2026-2027' };
          const wishes = { levels: [], wishesOpenAt: null, wishesCloseAt: null };
          expect(() =>
            checkCampaign({ ...dates, ...wishes, windows: relaxed.windows, catchUp, loadModel }),
          ).not.toThrow();
        }
  });
});
