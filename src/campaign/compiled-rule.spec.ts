import fc from 'fast-check';
import { AFTERNOON, MORNING } from '../calendar/calendar-place';
import { allowedStarts, compileRule, mostWindows, ordinaryWishes, ruleOfAudience, ruleOfLevels } from './compiled-rule';
import type { WindowRule } from './window-rule';

const WHOLE = MORNING | AFTERNOON;
const rule = (fields: Partial<WindowRule> = {}): WindowRule => ({
  audience: 'pupils',
  levelGroups: [],
  levels: [],
  activity: 'live',
  windowMinutes: 60,
  windowsPerDay: 2,
  windowsPerHalfDay: 1,
  windowsPerWeek: null,
  minimumGapMinutes: 30,
  hours: [
    { weekdays: [1, 2, 4, 5], from: '08:00', to: '12:00' },
    { weekdays: [1, 2, 4, 5], from: '13:30', to: '17:00' },
    { weekdays: [3], from: '08:00', to: '12:00' },
  ],
  ...fields,
});

describe('the rule of a class', () => {
  const rules = [
    rule(),
    rule({ levelGroups: ['college'], windowMinutes: 45 }),
    rule({ levels: ['3E'], windowMinutes: 30 }),
    rule({ audience: 'relatives' }),
  ].map(compileRule);
  const minutesFor = (...levels: Parameters<typeof ruleOfLevels>[1]) => ruleOfLevels(rules, levels)?.rule.windowMinutes;

  it('is that of its oldest level before that of its group before the one for all', () => {
    expect(minutesFor('3E')).toBe(30);
    expect(minutesFor('4E')).toBe(45);
    expect(minutesFor('4E', '3E')).toBe(30);
    expect(minutesFor('2GT')).toBe(60);
  });

  it('is missing where no rule is for it', () => {
    expect(ruleOfLevels(rules.slice(1), ['CP'])).toBeUndefined();
    expect(ruleOfAudience(rules, 'staff')).toBeUndefined();
    expect(ruleOfAudience(rules, 'relatives')).toBe(rules[3]);
  });
});

describe('allowed starts', () => {
  const compiled = compileRule(rule());

  it('go in steps of five minutes from the first minute to the last that leaves room for the window', () => {
    const starts = allowedStarts(compiled, 1, WHOLE);
    expect(starts[0]).toBe(480);
    expect(starts).toContain(660);
    expect(starts).not.toContain(665);
    expect(starts).toContain(810);
    expect(starts.at(-1)).toBe(960);
  });

  it('are cut at 13:00 on a half day, for pupils only', () => {
    expect(allowedStarts(compiled, 1, MORNING).at(-1)).toBe(660);
    expect(allowedStarts(compiled, 1, AFTERNOON)[0]).toBe(810);
    const noon = compileRule(rule({ hours: [{ weekdays: [1], from: '12:00', to: '14:00' }] }));
    expect(allowedStarts(noon, 1, MORNING)).toEqual([720]);
    expect(allowedStarts(noon, 1, AFTERNOON)).toEqual([780]);
    const relatives = compileRule(
      rule({ audience: 'relatives', hours: [{ weekdays: [1], from: '18:00', to: '19:00' }] }),
    );
    expect(allowedStarts(relatives, 1, MORNING)).toEqual([1080]);
    expect(allowedStarts(relatives, 1, 0)).toEqual([]);
  });

  it('lie inside one range, on an open half, and clear of every closed time, whatever the rule', () => {
    const clock = (minute: number) =>
      `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    const range = fc
      .tuple(fc.integer({ min: 0, max: 287 }), fc.integer({ min: 1, max: 288 }))
      .filter(([from, to]) => from < to)
      .map(([from, to]) => ({ fromMinute: from * 5, toMinute: to * 5 }));
    fc.assert(
      fc.property(
        range,
        fc.array(range, { maxLength: 3 }),
        fc.integer({ min: 1, max: 48 }),
        fc.integer({ min: 0, max: 3 }),
        (hours, closed, cells, halves) => {
          const windowMinutes = cells * 5;
          const asked = compileRule(
            rule({
              windowMinutes,
              hours: [{ weekdays: [2], from: clock(hours.fromMinute), to: clock(hours.toMinute) }],
            }),
          );
          for (const start of allowedStarts(asked, 2, halves, closed)) {
            const end = start + windowMinutes;
            expect(start % 5).toBe(0);
            expect(start).toBeGreaterThanOrEqual(hours.fromMinute);
            expect(end).toBeLessThanOrEqual(hours.toMinute);
            if (start < 780) expect(halves & MORNING).toBe(MORNING);
            if (end > 780) expect(halves & AFTERNOON).toBe(AFTERNOON);
            for (const time of closed) expect(end <= time.fromMinute || start >= time.toMinute).toBe(true);
          }
        },
      ),
    );
  });
});

describe('room in a day', () => {
  it('counts windows with their gaps, also across ranges', () => {
    expect(mostWindows(compileRule(rule()), 1, WHOLE)).toBe(5);
    expect(mostWindows(compileRule(rule()), 1, MORNING)).toBe(3);
    const close = [
      { weekdays: [1], from: '08:00', to: '09:00' },
      { weekdays: [1], from: '09:10', to: '10:10' },
    ];
    expect(mostWindows(compileRule(rule({ hours: close })), 1, WHOLE)).toBe(1);
    expect(mostWindows(compileRule(rule({ hours: close, minimumGapMinutes: 10 })), 1, WHOLE)).toBe(2);
  });
});

describe('hours without a timetable', () => {
  it('are the first lesson, and for two windows the first of the afternoon', () => {
    expect(ordinaryWishes(compileRule(rule()), 1, WHOLE, 1)).toEqual([480]);
    expect(ordinaryWishes(compileRule(rule()), 1, WHOLE, 2)).toEqual([480, 810]);
    expect(ordinaryWishes(compileRule(rule()), 1, WHOLE, 3)).toEqual([480, 570, 810]);
    expect(ordinaryWishes(compileRule(rule()), 1, AFTERNOON, 1)).toEqual([810]);
  });
});
