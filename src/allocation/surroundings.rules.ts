import { ACTIVITIES } from '../campaign/window-kind';
import type { AllocationProblem } from '../kernel/allocation/problem';
import { type Incumbent, openIncumbent } from '../kernel/allocation/replan/incumbent';
import { barrierOf, isFree, lookAround } from '../kernel/allocation/replan/look-around';
import { SITE_UNITS_OF_A_CLASS } from '../load/problem-builder';
import type { WindowSite, WindowStarts } from '../load/window-starts';
import type { ExplainedWindow, WindowNear } from '../plan/window-explanation.store';
import type { Obstacle } from './explanation-sentence.rules';

/** Owners as the laws see them from one window: there are its own, those that it has to heed, and the others. */
const OWN = 0;
const NEAR = 1;
const OTHER = 2;
const OWNER_COUNT = 3;
const NOBODY = -1;
const LIVE = ACTIVITIES.indexOf('live');

type BoundWindow = Pick<ExplainedWindow, keyof WindowNear | 'samePupilClassIds'>;
type BoundStarts = Pick<WindowStarts, 'shifts' | 'gapCells'> & WindowSite;

/**
 * What the windows around one leave to it by the laws of the allocation (gap, common pupils, teacher, limit of simultaneous windows,
 * neighbours), everybody else standing where the plan has them: the kernel's own look at a problem of these windows alone.
 */
export class Surroundings {
  private readonly incumbent: Incumbent;
  private readonly originCell: number;

  constructor(window: BoundWindow, starts: BoundStarts, near: readonly WindowNear[]) {
    const problem = problemOf(window, starts, near);
    this.originCell = problem.originCell;
    this.incumbent = openIncumbent(problem);
    near.forEach(({ startCell }, k) => (this.incumbent.starts[k + 1] = startCell - problem.originCell));
    lookAround(this.incumbent, 0);
  }

  /** Whether the window may start there on all of its dates. */
  allow(startCell: number): boolean {
    return isFree(this.incumbent, 0, startCell - this.originCell);
  }

  /** What forbids a start; undefined where nothing does. */
  obstacleAt(startCell: number): Obstacle | undefined {
    const other = barrierOf(this.incumbent, startCell - this.originCell);
    if (other < 0) return this.allow(startCell) ? undefined : 'site';
    const { demandClass, demandEstablishment } = this.incumbent.problem;
    if (demandClass[other] === NOBODY) return demandEstablishment[other] === NEAR ? 'neighbour' : 'unknown';
    return demandClass[other] === OWN ? 'class' : demandClass[other] === NEAR ? 'group' : 'teacher';
  }
}

/** Demand 0 is the window; the others stand, one date each, without a load. */
function problemOf(window: BoundWindow, starts: BoundStarts, near: readonly WindowNear[]): AllocationProblem {
  const all = [window, ...near];
  const ownDates = starts.shifts.map((shift) => window.startCell + shift);
  const begins = [...ownDates, ...near.map(({ startCell }) => startCell)];
  const longest = Math.max(...all.map(({ cellCount }) => cellCount));
  const originCell = Math.min(...begins);
  const cellCount = Math.max(...begins) + longest - originCell;
  const ints = (of: (one: WindowNear, i: number) => number): Int32Array => Int32Array.from(all, of);
  const shorts = (of: (one: WindowNear, i: number) => number): Uint16Array => Uint16Array.from(all, of);
  const isOwn = ({ classId }: WindowNear): boolean => classId < 0;
  const classOf = (one: WindowNear): number => {
    if (isOwn(one)) return NOBODY;
    if (one.classId === window.classId) return OWN;
    return window.samePupilClassIds.includes(one.classId) ? NEAR : OTHER;
  };
  const establishmentOf = ({ establishmentId }: WindowNear): number => {
    if (establishmentId === window.establishmentId) return OWN;
    return starts.neighbourIds.includes(establishmentId) ? NEAR : OTHER;
  };
  const sharesTeacher = (one: WindowNear): boolean =>
    one.teacherKeyId !== null &&
    one.teacherKeyId === window.teacherKeyId &&
    one.activity === LIVE &&
    window.activity === LIVE;
  // relatives, like a teacher, are not in two windows at once
  const sharesAudience = (one: WindowNear): boolean =>
    isOwn(one) && isOwn(window) && establishmentOf(one) === OWN && one.audience === window.audience;
  return {
    originCell,
    cellCount,
    sessionLimit: new Float64Array(cellCount),
    loginLimit: new Float64Array(cellCount),
    profileOffset: new Int32Array(2),
    profileSessionsPerMille: new Int32Array(),
    profileLoginsPerMille: new Int32Array(),
    candidateOffset: new Int32Array(2),
    candidateCell: new Int32Array(),
    occurrenceOffset: Int32Array.of(0, starts.shifts.length, starts.shifts.length + 1),
    occurrenceShift: Int32Array.of(...starts.shifts, 0),
    demandCount: all.length,
    demandDay: shorts(() => 0),
    demandCells: shorts((one) => one.cellCount),
    demandScale: new Float64Array(all.length),
    demandProfile: shorts(() => 0),
    demandCandidates: ints(() => 0),
    demandOccurrences: ints((_, i) => (i === 0 ? 0 : 1)),
    demandWish: ints(() => -1),
    demandWeight: new Float32Array(all.length),
    demandClass: ints(classOf),
    demandEstablishment: ints(establishmentOf),
    demandTeacher: ints((one) => (sharesTeacher(one) || sharesAudience(one) ? OWN : NOBODY)),
    demandGapCells: shorts(() => starts.gapCells),
    demandSiteUnits: shorts((one) => (isOwn(one) ? 0 : SITE_UNITS_OF_A_CLASS)),
    classCount: OWNER_COUNT,
    classConflictOffset: Int32Array.of(0, 1, 1, 1),
    classConflict: Int32Array.of(NEAR),
    establishmentCount: OWNER_COUNT,
    establishmentSiteLimit: Int32Array.of(starts.siteLimit, 0, 0),
    neighbourOffset: Int32Array.of(0, 1, 1, 1),
    neighbour: Int32Array.of(NEAR),
    neighbourSpacingCells: starts.spacingCells,
    teacherCount: 1,
  };
}
