import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDump } from '../../bench/allocation-dump';
import { placementModel, startsOf } from '../../bench/highs-model';
import { solveWithHighs } from '../../bench/highs-thread';
import { allocate } from '../../src/kernel/allocation/allocate';
import { objectiveBoundFromPrices, peakBoundFromPrices } from '../../src/kernel/allocation/check-bound';
import { checkPlan } from '../../src/kernel/allocation/check-plan';
import { everyPlan, tinyProblem } from './tiny-problem';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);

describe('the dump of an allocation', () => {
  const problem = tinyProblem({
    logins: 8,
    siteLimits: [3, 3],
    neighbours: [[0, 1]],
    neighbourSpacingCells: 3,
    classConflicts: [[0, 1]],
    demands: [
      ...range(0, 14).map((k) => ({
        candidates: range(2, 30),
        wish: 12 + (k % 3),
        visitors: 2 + (k % 3),
        cells: 2,
        classId: k % 7,
        gapCells: 1,
        teacher: k % 5,
        establishment: k % 2,
        siteUnits: 1,
        shifts: k === 3 ? [0, 25] : [0],
      })),
      { candidates: range(2, 30), visitors: 3, establishment: 0 },
      { candidates: range(2, 30), visitors: 3, establishment: 1 },
    ],
  });
  const plan = allocate(problem, { seed: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'etale-dump-'));
  const file = join(folder, 'case.ndjson');
  afterAll(() => rmSync(folder, { recursive: true }));
  const verify = () => {
    const { status, stdout } = spawnSync(process.execPath, ['docs/verify-a-dump.mjs', file], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    return { status, stdout, verdict: JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number> };
  };
  const dumpLines = async () => {
    const check = checkPlan(problem, plan.starts);
    const bounds = objectiveBoundFromPrices(problem, plan.starts, plan.displacementCapCells, plan.objectivePrices);
    const peakLowerBoundRatio = peakBoundFromPrices(problem, plan.peakPrices);
    await writeDump(file, problem, plan, { objective: check.objective, ...bounds, peakLowerBoundRatio });
    return { check, bounds, lines: readFileSync(file, 'utf8').trimEnd().split('\n') };
  };

  it('lets an outsider derive the same objective and the same bounds, and find no law broken', async () => {
    const { check, bounds } = await dumpLines();
    expect([check.violationCount, check.unplacedCount]).toEqual([0, 0]);
    expect(bounds.lowerBound).toBeGreaterThan(0);
    const { status, verdict } = verify();
    expect(status).toBe(0);
    expect(verdict).toMatchObject({ violationCount: 0, objective: check.objective, windowCount: check.windowCount });
    expect(verdict.lowerBound).toBeCloseTo(bounds.lowerBound, 3);
    expect(verdict.jointLowerBound).toBeCloseTo(bounds.jointLowerBound, 3);
  });

  it.each([
    [
      'a window moved onto another of its class',
      (line: Line) => line.line === 'demand' && line.id === 7,
      (line: Line) => ({ ...line, start: plan.starts[0] }),
      /class 0: demands/,
    ],
    [
      'a limit lowered',
      (line: Line) => line.line === 'instance',
      (line: Line) => ({ ...line, loginLimit: (line.loginLimit as number[]).map(() => 1000) }),
      /over the limit/,
    ],
    [
      'a bound raised',
      (line: Line) => line.line === 'plan',
      (line: Line) => ({ ...line, lowerBound: 1e6 }),
      /lowerBound: .* derived/,
    ],
    [
      'an objective lowered',
      (line: Line) => line.line === 'plan',
      (line: Line) => ({ ...line, objective: 0 }),
      /objective: /,
    ],
    [
      'a start outside the hours',
      (line: Line) => line.line === 'demand' && line.id === 2,
      (line: Line) => ({ ...line, start: 31 }),
      /not allowed/,
    ],
    [
      'a negative price',
      (line: Line) => line.line === 'plan',
      (line: Line) => ({ ...line, loginPrices: (line.loginPrices as number[]).map(() => -5) }),
      /negative price/,
    ],
  ] as const)('is refused with %s', async (_, isIt, changed, found) => {
    const { lines } = await dumpLines();
    const tampered = lines.map((text) => {
      const line = JSON.parse(text) as Line;
      return JSON.stringify(isIt(line) ? changed(line) : line);
    });
    writeFileSync(file, tampered.join('\n'));
    const { status, stdout } = verify();
    expect(stdout).toMatch(found);
    expect(status).toBe(1);
  });
});
type Line = Record<string, unknown>;

describe('the model given to HiGHS', () => {
  it('has the best of all plans as its best solution, and a relaxation that is not above it', async () => {
    const problem = tinyProblem({
      logins: 6,
      siteLimits: [0, 4],
      neighbours: [[0, 1]],
      neighbourSpacingCells: 2,
      demands: [
        { candidates: range(3, 9), wish: 5, visitors: 4, classId: 0, gapCells: 1, cells: 2 },
        { candidates: range(3, 9), wish: 5, visitors: 4, classId: 0, gapCells: 1, cells: 2 },
        { candidates: range(3, 9), wish: 5, visitors: 3, teacher: 0, establishment: 1, siteUnits: 3, classId: 1 },
        { candidates: range(3, 9), wish: 5, visitors: 2, teacher: 0, establishment: 1, siteUnits: 3, classId: 2 },
        { candidates: range(3, 6), visitors: 1, establishment: 0 },
        { candidates: range(3, 6), visitors: 1, establishment: 1 },
      ],
    });
    let best = Infinity;
    for (const starts of everyPlan(problem)) {
      const { violationCount, objective } = checkPlan(problem, starts);
      if (violationCount === 0) best = Math.min(best, objective);
    }
    expect(best).toBeLessThan(Infinity);
    const integral = placementModel(problem, 60, true);
    const mip = await solveWithHighs({ model: integral.model, timeLimitSeconds: 30 });
    const relaxed = await solveWithHighs({ model: placementModel(problem, 60, false).model, timeLimitSeconds: 30 });
    expect(mip.objective).toBeCloseTo(best, 6);
    expect(checkPlan(problem, startsOf(integral, mip.value!, problem.demandCount))).toMatchObject({
      violationCount: 0,
      unplacedCount: 0,
      objective: best,
    });
    expect(relaxed.bound!).toBeLessThanOrEqual(best + 1e-6);
  });
});
