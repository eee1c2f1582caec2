import { type TinyDemand, tinyProblem } from '../../../test/kernel/tiny-problem';
import { checkPlan } from './check-plan';
import { buildSchools, makeWaySweep } from './make-way';
import { buildModel } from './model';
import { emptySearch, place, reachUnderCap, type Search, setPenalties } from './search';

const FAR = 50;

/** A plan in which everybody stands where `starts` says, no cell of which has a price. */
function standingAt(demands: TinyDemand[], siteLimit: number, starts: number[]): Search {
  const problem = tinyProblem({ cellCount: 80, siteLimits: [siteLimit], demands });
  const model = buildModel(problem);
  const search = emptySearch(model, reachUnderCap(model, FAR));
  starts.forEach((start, i) => place(search, i, start, 1));
  const free = new Float64Array(problem.cellCount);
  setPenalties(search, free, free, { sessions: 1e-30, logins: 1e-30 }, problem.sessionLimit, problem.loginLimit);
  return search;
}
const sweepOf = (search: Search) => makeWaySweep(search, buildSchools(search), {});

describe('makeWaySweep', () => {
  const onSite = { wish: 10, cells: 2, siteUnits: 1 };

  it('lets one who holds the site leave for little, so that another comes home from afar', () => {
    const search = standingAt(
      [
        { ...onSite, candidates: [10, 30] },
        { ...onSite, candidates: [10, 12] },
      ],
      1,
      [30, 10],
    );
    expect(sweepOf(search)).toBe(1);
    expect([...search.starts]).toEqual([10, 12]);
    expect(checkPlan(search.model.problem, search.starts).violations).toEqual([]);
  });

  it('asks teacher and site at once where both are in the way', () => {
    const search = standingAt(
      [
        { ...onSite, candidates: [10, 40], teacher: 0 },
        { ...onSite, candidates: [10, 12], teacher: 0 },
        { ...onSite, candidates: [10, 14] },
      ],
      2,
      [40, 10, 10],
    );
    // the teacher's other lesson goes to 12, and its place on the site is enough
    expect(sweepOf(search)).toBe(1);
    expect([...search.starts]).toEqual([10, 12, 10]);
    expect(checkPlan(search.model.problem, search.starts).violations).toEqual([]);
  });

  it('leaves plan and loads alone where those in the way would lose more', () => {
    const search = standingAt(
      [
        { ...onSite, candidates: [10, 30] },
        { ...onSite, candidates: [10, 40] },
      ],
      1,
      [30, 10],
    );
    const loads = search.logins.load.slice();
    const use = search.sites.use.slice();
    expect(sweepOf(search)).toBe(0);
    expect([...search.starts]).toEqual([30, 10]);
    expect(search.logins.load).toEqual(loads);
    expect(search.sites.use).toEqual(use);
  });

  it('asks nobody who has a single start', () => {
    const search = standingAt(
      [
        { ...onSite, candidates: [10, 30] },
        { ...onSite, candidates: [10] },
      ],
      1,
      [30, 10],
    );
    expect(sweepOf(search)).toBe(0);
  });
});
