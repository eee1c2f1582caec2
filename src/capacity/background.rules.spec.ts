import fc from 'fast-check';
import { DAY_TYPES } from '../calendar/calendar-place';
import { addDays, cellOfCivil, civilOfCell } from '../common/civil-time';
import { backgroundRowsOf, defaultBackground, layBackground, localDayGrid } from './background.rules';

const peak = (curve: readonly number[]): number => curve.indexOf(Math.max(...curve));
const sum = (curve: readonly number[]): number => curve.reduce((total, value) => total + value, 0);

describe('the default background', () => {
  it('is whole thousandths, in proportion to the people, and quietest on days off', () => {
    const background = defaultBackground(100_000);
    for (const type of DAY_TYPES) {
      const { sessionsThousandths, loginsThousandths } = background[type];
      expect(
        [...sessionsThousandths, ...loginsThousandths].every((value) => Number.isInteger(value) && value >= 0),
      ).toBe(true);
      // everybody who logs in within a cell is there in that cell
      sessionsThousandths.forEach((sessions, cell) =>
        expect(sessions).toBeGreaterThanOrEqual(loginsThousandths[cell]!),
      );
    }
    const visits = DAY_TYPES.map((type) => Math.round(sum(background[type].loginsThousandths) / 1_000_000));
    expect(visits).toEqual([18, 12, 5, 3]);
    expect(
      sum(defaultBackground(200_000).school_day.loginsThousandths) / sum(background.school_day.loginsThousandths),
    ).toBeCloseTo(2, 3);
    expect(sum(defaultBackground(0).school_day.sessionsThousandths)).toBe(0);
  });

  it('peaks before the first lesson, at noon and after school', () => {
    const { loginsThousandths: logins, sessionsThousandths: sessions } = defaultBackground(100_000).school_day;
    expect(peak(logins) * 5).toBeGreaterThanOrEqual(7 * 60 + 30);
    expect(peak(logins) * 5).toBeLessThanOrEqual(8 * 60);
    const noon = logins[(12 * 60 + 30) / 5]!;
    const evening = logins[(17 * 60 + 30) / 5]!;
    for (const quiet of [3 * 60, 10 * 60 + 30, 14 * 60 + 30]) {
      expect(logins[quiet / 5]!).toBeLessThan(noon / 2);
      expect(logins[quiet / 5]!).toBeLessThan(evening / 2);
    }
    // sessions stay after their logins
    expect(peak(sessions)).toBeGreaterThan(peak(logins));
  });

  it('is stated by people or by curves, not both', () => {
    const curve = { dayType: 'saturday' as const, sessionsThousandths: [], loginsThousandths: [] };
    expect(backgroundRowsOf({ departmentId: 1, peopleCount: 10 })?.map((row) => row.dayType)).toEqual(DAY_TYPES);
    expect(backgroundRowsOf({ departmentId: 1, curves: [curve] })).toEqual([{ departmentId: 1, ...curve }]);
    expect(backgroundRowsOf({ departmentId: 1, peopleCount: 10, curves: [curve] })).toBeUndefined();
    expect(backgroundRowsOf({ departmentId: 1 })).toBeUndefined();
  });
});

describe('local days of cells', () => {
  it('agree with the civil time of every cell', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5_890_000, max: 6_000_000 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.constantFrom('Europe/Paris', 'Indian/Reunion', 'America/Miquelon', 'Pacific/Noumea'),
        (firstCell, cellCount, zone) => {
          const grid = localDayGrid(firstCell, cellCount, zone);
          for (let cell = 0; cell < cellCount; cell += 1 + (cell % 17)) {
            const { on, minuteOfDay } = civilOfCell(firstCell + cell, zone);
            expect(addDays(grid.firstOn, grid.day[cell]!)).toBe(on);
            expect(grid.cellOfDay[cell]).toBe(minuteOfDay / 5);
          }
          expect(grid.lastOn).toBe(civilOfCell(firstCell + cellCount - 1, zone).on);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    ['2026-03-29', 276, 0],
    ['2026-10-25', 300, 24],
    ['2026-10-26', 288, 12],
  ])('on %s in Paris have %i cells, %i of them between two and three', (on, cellCount, nightCells) => {
    const first = cellOfCivil(on, 0, 'Europe/Paris');
    const grid = localDayGrid(first, cellCount, 'Europe/Paris');
    expect([grid.firstOn, grid.lastOn]).toEqual([on, on]);
    expect([...grid.cellOfDay].filter((cell) => cell >= 24 && cell < 36)).toHaveLength(nightCells);
    expect([grid.cellOfDay[0], grid.cellOfDay.at(-1)]).toEqual([0, 287]);
    expect(localDayGrid(first, cellCount + 1, 'Europe/Paris').lastOn).toBe(addDays(on, 1));
  });

  it('carry the curve of their type of day, and nothing where there is none', () => {
    const first = cellOfCivil('2026-11-28', 0, 'Europe/Paris');
    const grid = localDayGrid(first, 576, 'Europe/Paris');
    const columns = { sessions: new Float64Array(576).fill(1), logins: new Float64Array(576) };
    const curve = Array.from({ length: 288 }, (_, cell) => cell);
    layBackground(columns, grid, ['saturday', 'day_off'], {
      saturday: { sessionsThousandths: curve, loginsThousandths: curve },
    });
    expect(columns.sessions[287]).toBe(288);
    expect(columns.logins[100]).toBe(100);
    expect(columns.logins.slice(288).every((value) => value === 0)).toBe(true);
  });
});
