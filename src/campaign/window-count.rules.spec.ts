import fc from 'fast-check';
import { compileRule } from './compiled-rule';
import { windowCounts } from './window-count.rules';
import type { WindowRule } from './window-rule';
import { CAMPAIGN_PRESETS } from './campaign-presets.rules';
import { ruleOfLevels } from './compiled-rule';

const rule = (fields: Partial<WindowRule>): WindowRule => ({
  audience: 'pupils',
  levelGroups: [],
  levels: [],
  activity: 'open',
  windowMinutes: 30,
  windowsPerDay: null,
  windowsPerHalfDay: null,
  windowsPerWeek: null,
  minimumGapMinutes: 0,
  hours: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '17:00' }],
  ...fields,
});

describe('windows per day', () => {
  it('are fewer on half days and none on closed ones', () => {
    const compiled = compileRule(rule({ windowsPerDay: 2, windowsPerHalfDay: 1 }));
    expect([...windowCounts(compiled, Uint8Array.of(3, 3, 1, 0, 2, 3, 0), 1, 0)]).toEqual([2, 2, 1, 0, 1, 0, 0]);
  });

  it('are the same on half days for relatives, whose hours are not halved', () => {
    const compiled = compileRule(rule({ audience: 'relatives', windowsPerDay: 2, windowsPerHalfDay: 1 }));
    expect([...windowCounts(compiled, Uint8Array.of(3, 1, 0), 1, 0)]).toEqual([2, 2, 0]);
  });

  it('make four or five a week in the first degree and nine in the second, with the presets', () => {
    for (const id of ['remote-week-secondary', 'remote-week-everybody'] as const) {
      const rules = CAMPAIGN_PRESETS.find((preset) => preset.id === id)!.windows.map(compileRule);
      const weekly = (level: 'MS' | 'CE1' | '6E' | 'TGT', ...halves: number[]) => {
        const found = ruleOfLevels(rules, [level]);
        return (
          found && windowCounts(found, Uint8Array.from([...halves, 0, 0]), 1, 7).reduce((sum, count) => sum + count, 0)
        );
      };
      expect(weekly('6E', 3, 3, 1, 3, 3)).toBe(9);
      expect(weekly('TGT', 3, 3, 1, 3, 3)).toBe(9);
      if (id === 'remote-week-secondary') continue;
      expect(weekly('CE1', 3, 3, 0, 3, 3)).toBe(4);
      expect(weekly('CE1', 3, 3, 1, 3, 3)).toBe(5);
      expect(weekly('MS', 3, 3, 0, 3, 3)).toBe(4);
    }
  });
});

describe('windows per week', () => {
  it('are dealt to the last one over the open days, no day more than one above another, the same each time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.constantFrom(0, 1, 2, 3), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(1_000_000),
        (windowsPerWeek, halves, firstWeekday, rotation) => {
          const compiled = compileRule(rule({ windowsPerWeek }));
          const open = Uint8Array.from(halves);
          const counts = windowCounts(compiled, open, firstWeekday, rotation);
          expect(windowCounts(compiled, open, firstWeekday, rotation)).toEqual(counts);
          const weeks = new Map<number, number[]>();
          counts.forEach((count, day) => {
            const weekday = (firstWeekday - 1 + day) % 7;
            const isUsable = open[day] !== 0 && weekday < 5;
            if (!isUsable) return expect(count).toBe(0);
            const week = Math.floor((firstWeekday - 1 + day) / 7);
            weeks.set(week, [...(weeks.get(week) ?? []), count]);
          });
          for (const week of weeks.values()) {
            expect(week.reduce((sum, count) => sum + count, 0)).toBe(windowsPerWeek);
            expect(Math.max(...week) - Math.min(...week)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it('do not all fall on one day of the region', () => {
    const compiled = compileRule(rule({ windowsPerWeek: 1 }));
    const perDay = new Array<number>(5).fill(0);
    for (let classId = 0; classId < 100; classId++) {
      windowCounts(compiled, Uint8Array.of(3, 3, 3, 3, 3), 1, classId).forEach((count, day) => (perDay[day]! += count));
    }
    expect(perDay).toEqual([20, 20, 20, 20, 20]);
  });
});
