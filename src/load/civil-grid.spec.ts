import fc from 'fast-check';
import { addDays, civilOfCell } from '../common/civil-time';
import { CivilGrid } from './civil-grid';

describe('civil minutes as cells', () => {
  it('are the time of the zone, on every date of the campaign', () => {
    const zones = ['Europe/Paris', 'Indian/Reunion', 'America/Guadeloupe', 'Pacific/Noumea', 'America/Miquelon'];
    const grids = zones.map((zone) => new CivilGrid(zone, '2026-10-19', 14));
    fc.assert(
      fc.property(fc.constantFrom(...grids), fc.nat(13), fc.nat(287), (grid, day, k) => {
        const cell = grid.cellOf(day, k * 5);
        expect(civilOfCell(cell, grid.timeZone)).toEqual({ on: addDays('2026-10-19', day), minuteOfDay: k * 5 });
      }),
    );
  });

  it('stand an hour farther after the night in which the clock goes back', () => {
    const grid = new CivilGrid('Europe/Paris', '2026-10-23', 4);
    expect(grid.cellOf(3, 540) - grid.cellOf(0, 540)).toBe(3 * 288 + 12);
    expect([0, 1, 2, 3].map((day) => grid.isRegular(day))).toEqual([true, true, false, true]);
    expect(new CivilGrid('Indian/Reunion', '2026-10-23', 4).isRegular(2)).toBe(true);
  });

  it('leave out what the clock skips, and windows that it would stretch', () => {
    const spring = new CivilGrid('Europe/Paris', '2027-03-28', 1);
    expect(spring.cellOf(0, 150)).toBe(-1);
    expect(spring.cellsOf(0, [110, 120, 150, 180], 30)).toEqual([spring.cellOf(0, 180)]);
    const autumn = new CivilGrid('Europe/Paris', '2026-10-25', 1);
    expect(autumn.cellsOf(0, [90, 150, 180], 30)).toEqual([autumn.cellOf(0, 90), autumn.cellOf(0, 180)]);
  });

  it('end at midnight', () => {
    const grid = new CivilGrid('Europe/Paris', '2026-11-02', 2);
    expect(grid.cellOf(0, 1440)).toBe(grid.cellOf(1, 0));
    expect(grid.endCell - grid.firstCell).toBe(2 * 288);
  });
});
