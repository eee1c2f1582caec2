import fc from 'fast-check';
import { limitOf } from './capacity-cells';
import { capacityCells, pointsOf, type CapacityStep, type Regulation } from './capacity.rules';

const ORIGIN = 5_900_000;
const CELLS = 60;
/** An instant some seconds after (or before) the first cell of the range. */
const at = (seconds: number): Date => new Date((ORIGIN * 300 + seconds) * 1000);
const anySecond = fc.integer({ min: -3000, max: CELLS * 300 + 3000 });

const anySteps = fc.uniqueArray(
  fc
    .record({
      seconds: anySecond,
      sessions: fc.integer({ min: 1, max: 300_000 }),
      logins: fc.integer({ min: 1, max: 20_000 }),
    })
    .map(({ seconds, sessions, logins }): CapacityStep => ({
      startsAt: at(seconds),
      concurrentSessions: sessions,
      loginsPerMinute: logins,
    })),
  { maxLength: 6, selector: (step) => step.startsAt.getTime() },
);
const anyRegulations = fc.array(
  fc
    .record({
      seconds: anySecond,
      length: fc.integer({ min: 1, max: 9000 }),
      sessions: fc.integer({ min: 0, max: 1000 }),
      logins: fc.integer({ min: 0, max: 1000 }),
    })
    .map(({ seconds, length, sessions, logins }): Regulation => ({
      startsAt: at(seconds),
      endsAt: at(seconds + length),
      sessionsPerMille: sessions,
      loginsPerMille: logins,
    })),
  { maxLength: 4 },
);
const anyHeadroom = fc.integer({ min: 0, max: 900 });

/** What is in force at a moment, the plain way. */
function inForce(steps: readonly CapacityStep[], moment: number): CapacityStep | undefined {
  return steps
    .filter((step) => step.startsAt.getTime() <= moment)
    .sort((a, b) => b.startsAt.getTime() - a.startsAt.getTime())[0];
}

describe('capacity of cells', () => {
  it('is the least that is in force, and left by regulations, at any second of the cell', () => {
    fc.assert(
      fc.property(anySteps, anyRegulations, (steps, regulations) => {
        const cells = capacityCells(steps, regulations, 0, ORIGIN, CELLS);
        for (let cell = 0; cell < CELLS; cell += 7) {
          const moments = Array.from({ length: 300 }, (_, second) => at(cell * 300 + second).getTime());
          const planned = Math.min(...moments.map((moment) => (inForce(steps, moment)?.loginsPerMinute ?? 0) * 5000));
          expect(cells.plannedLogins[cell]).toBe(planned);
          const left = Math.min(
            1000,
            ...regulations
              .filter((r) => moments.some((m) => r.startsAt.getTime() <= m && m < r.endsAt.getTime()))
              .map((r) => r.loginsPerMille),
          );
          expect(cells.effectiveLogins[cell]).toBe((planned * left) / 1000);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('does not depend on the order in which steps and regulations are given', () => {
    fc.assert(
      fc.property(anySteps, anyRegulations, anyHeadroom, (steps, regulations, headroom) => {
        expect(capacityCells([...steps].reverse(), [...regulations].reverse(), headroom, ORIGIN, CELLS)).toEqual(
          capacityCells(steps, regulations, headroom, ORIGIN, CELLS),
        );
      }),
    );
  });

  it('gives whole thousandths, effective at most planned, and the floor of the headroom', () => {
    fc.assert(
      fc.property(anySteps, anyRegulations, anyHeadroom, (steps, regulations, headroom) => {
        const cells = capacityCells(steps, regulations, headroom, ORIGIN, CELLS);
        for (let cell = 0; cell < CELLS; cell++) {
          for (const [planned, effective, spare] of [
            [cells.plannedSessions[cell]!, cells.effectiveSessions[cell]!, cells.headroomSessions[cell]!],
            [cells.plannedLogins[cell]!, cells.effectiveLogins[cell]!, cells.headroomLogins[cell]!],
          ] as const) {
            expect(effective).toBeLessThanOrEqual(planned);
            expect([planned, effective, spare].every(Number.isInteger)).toBe(true);
            expect(spare).toBe(Math.floor((effective * headroom) / 1000));
          }
        }
      }),
    );
  });

  it('does not depend on where the range begins', () => {
    fc.assert(
      fc.property(anySteps, anyRegulations, fc.integer({ min: 0, max: CELLS - 1 }), (steps, regulations, skip) => {
        const whole = capacityCells(steps, regulations, 100, ORIGIN, CELLS);
        const part = capacityCells(steps, regulations, 100, ORIGIN + skip, CELLS - skip);
        expect(part.effectiveSessions).toEqual(whole.effectiveSessions.slice(skip));
        expect(part.plannedLogins).toEqual(whole.plannedLogins.slice(skip));
      }),
    );
  });

  it('is nothing before the first step, and without any', () => {
    const step = { startsAt: at(600), concurrentSessions: 100, loginsPerMinute: 10 };
    const cells = capacityCells([step], [], 100, ORIGIN, 4);
    expect([...cells.plannedSessions]).toEqual([0, 0, 100_000, 100_000]);
    expect([...cells.plannedLogins]).toEqual([0, 0, 50_000, 50_000]);
    expect([...cells.headroomLogins]).toEqual([0, 0, 5000, 5000]);
    expect([...capacityCells([], [], 100, ORIGIN, 3).plannedSessions]).toEqual([0, 0, 0]);
  });

  it('leaves plans what headroom and background do not take, never less than nothing', () => {
    const step = { startsAt: at(-300), concurrentSessions: 100, loginsPerMinute: 10 };
    const cells = capacityCells([step], [], 100, ORIGIN, 2);
    cells.backgroundSessions.set([40_000, 95_000]);
    expect([...limitOf(cells).sessions]).toEqual([50_000, 0]);
    expect([...limitOf(cells).logins]).toEqual([45_000, 45_000]);
  });
});

describe('coarser points of capacity', () => {
  it('show the cell with the least left to plan, in sessions and logins apart', () => {
    fc.assert(
      fc.property(anySteps, anyRegulations, fc.integer({ min: 1, max: 13 }), (steps, regulations, cellsPerPoint) => {
        const cells = capacityCells(steps, regulations, 100, ORIGIN, CELLS);
        const limit = limitOf(cells);
        const { sessions, logins } = pointsOf(cells, cellsPerPoint);
        expect(sessions.limitThousandths).toHaveLength(Math.ceil(CELLS / cellsPerPoint));
        sessions.limitThousandths.forEach((least, point) => {
          const slice = limit.sessions.slice(point * cellsPerPoint, (point + 1) * cellsPerPoint);
          expect(least).toBe(Math.min(...slice));
        });
        logins.limitThousandths.forEach((least, point) => {
          expect(least).toBe(
            Math.max(
              0,
              logins.effectiveThousandths[point]! -
                logins.headroomThousandths[point]! -
                logins.backgroundThousandths[point]!,
            ),
          );
        });
      }),
    );
  });
});
