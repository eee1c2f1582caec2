import { AUDIENCES } from '../campaign/window-kind';
import { behaviourOf } from '../campaign/load-model.rules';
import type { Behaviour } from '../campaign/window-rule';
import { cellOfCivil, minuteOfClock } from '../common/civil-time';
import type { EstablishmentKind } from '../directory/directory-rows';
import { FIRST_DEGREE_KINDS } from '../directory/establishment-kind.rules';
import { CELL_MINUTES, cellOfSeconds, LEAD_CELLS, secondsOfCell } from '../kernel/cell-grid';
import { roomStayCells } from '../kernel/decision/room-residue';
import type {
  EntryTime,
  ReturnHabits,
  StormGroup,
  StormProblem,
  StormStep,
  Visit,
  WaitingRoom,
} from '../kernel/simulation/storm-problem';
import type { StepMeasures, StepScope } from '../protection/protection-step';
import { deferredSpans } from '../protection/relatives-hours.rules';
import type { PupilsRow, SimulatedPlan, WindowCrowdRow } from './simulation-facts.store';
import { type SimulatedAdherence, WINDOW_PROFILES } from './simulation-request';
import { habitArrivals, STORM_PROFILES } from './storm-day.rules';

/** A step as it would be in force, in cells of absolute time, half open; territories are departments already. */
export interface SimulatedStep {
  fromCell: number;
  endCell: number;
  scope: Omit<StepScope, 'territories'> & { departments: readonly string[] | null };
  measures: StepMeasures;
}

/** Which share of a profile comes in its window, per mille. */
export type ResolvedAdherence = Pick<SimulatedAdherence, 'profile' | 'adherencePerMille'>;

/** Everything that a day of a platform is made of. */
export interface SimulatedDay {
  date: string;
  timeZone: string;
  firstCell: number;
  cellCount: number;
  departments: readonly string[];
  /** Concurrent sessions and log-ins of a cell that are left for those who are simulated, per cell. */
  sessionLimit: Float64Array;
  loginLimit: Float64Array;
  plans: readonly SimulatedPlan[];
  windows: readonly WindowCrowdRow[];
  pupils: readonly PupilsRow[];
  /** Nobody was told hours and nothing binds anybody. */
  isUnplanned: boolean;
  /** Whether the gate keeps out who is outside the window and whom a step holds; else both are advice. */
  isEnforced: boolean;
  /** Share that comes in its window, per mille; the others come by habit. Null: as the load model of each plan has it. */
  adherencePerMille: number | null;
  /** The same of some of them. */
  adherences?: readonly SimulatedAdherence[];
  /** Factor on every participation, per mille. */
  participationPerMille: number;
  walkInPerCell: number;
  entrySpreadSeconds: number;
  refusalCostPerMille: number;
  habits: ReturnHabits;
  room: Omit<WaitingRoom, 'leftPerCell'> | null;
  /** What a plan may use of each cell: headroom is taken off too. What it does not use is for the waiting room. */
  planLimit: { sessions: Float64Array; logins: Float64Array };
  steps: readonly SimulatedStep[];
}

const PROFILE_OF = { pupils: 'pupil', relatives: 'relative' } as const;

/**
 * A platform's day as the kernel takes it: for each kind of window its expected visitors (headcount x participation), who come by
 * the arrival law of the window's load profile where they keep to it, else by habit; staff by habit and unbound. Evening hours for
 * those who missed their window are open to all. What has no window is taken from the capacity, as in the plan.
 */
export function stormProblemOfDay(day: SimulatedDay): StormProblem {
  const { cellCount, departments } = day;
  const isBound = day.isEnforced && !day.isUnplanned;
  const cohorts = new Cohorts(day.steps);
  const arrivals = [fitted(habitArrivals(), cellCount)];
  const arrivalOf = new Map<string, number>();
  const visits: Visit[] = [];
  const visitOf = new Map<string, number>();
  const groups = new Map<string, StormGroup>();
  const add = (key: string, group: StormGroup) => {
    const known = groups.get(key);
    if (known) known.visitorCount += group.visitorCount;
    else groups.set(key, group);
  };
  const visitFor = ({ stay, logOutPerMille }: Behaviour): number => {
    // who is not bound by a window has no end to stay to
    const its = { stay: !isBound && stay === 'toEnd' ? LESSON_STAY : stay, logOutPerMille };
    const key = JSON.stringify(its);
    let visit = visitOf.get(key);
    if (visit === undefined) visitOf.set(key, (visit = visits.push(its) - 1));
    return visit;
  };
  const scale = day.participationPerMille / 1000;
  const planOf = new Map(day.plans.map((plan) => [plan.planId, plan]));
  for (const row of day.windows) {
    const plan = planOf.get(row.planId)!;
    const profile = plan.profiles.find(({ profileId }) => profileId === row.profileId)!;
    // windows of staff are advice, and staff is counted from the pupils
    const audience = AUDIENCES[row.audience]!;
    if (audience === 'staff') continue;
    const behaviour = behaviourOf(plan.loadModel, profile.audience, profile.levelGroup, profile.activity);
    const visitorCount = ((row.headcount * profile.participationPerMille) / 1000) * scale;
    const start = row.startCell - day.firstCell;
    const end = Math.min(cellCount, start + profile.windowCells);
    const window = { entryCell: Math.max(0, start - LEAD_CELLS), endCell: end, isLive: profile.activity === 'live' };
    const territory = departments.indexOf(row.department);
    const cohort = cohorts.of(row.kind, row.levels === '' ? [] : row.levels.split(','));
    const its = {
      territory,
      profile: STORM_PROFILES.indexOf(PROFILE_OF[audience]),
      cohort,
      visit: visitFor(behaviour),
      entryTimes: isBound ? [window, ...catchUpOf(day, plan)] : null,
    };
    const keeping = day.isUnplanned
      ? 0
      : (visitorCount * adherenceOf(day, PROFILE_OF[audience], row.kind, behaviour)) / 1000;
    const what = `${territory} ${its.profile} ${cohort} ${its.visit} ${its.entryTimes ? `${start} ${end} ${window.isLive} ${row.planId}` : ''}`;
    if (keeping > 0) {
      const law = `${start} ${profile.profileId} ${row.planId}`;
      let arrival = arrivalOf.get(law);
      if (arrival === undefined) {
        arrival = arrivals.push(lawOfWindow(profile.loginsPerMille, start - LEAD_CELLS, cellCount)) - 1;
        arrivalOf.set(law, arrival);
      }
      add(`${what} ${arrival}`, { ...its, arrival, visitorCount: keeping });
    }
    if (visitorCount > keeping) add(`${what} habit`, { ...its, arrival: 0, visitorCount: visitorCount - keeping });
  }
  const [first] = day.plans;
  if (first) {
    const staff = behaviourOf(first.loadModel, 'staff', null, 'open');
    const { firstDegree, secondDegree } = first.loadModel.staffPerThousandPupils;
    for (const { department, kind, pupilCount } of day.pupils) {
      const perThousand = FIRST_DEGREE_KINDS.includes(kind) ? firstDegree : secondDegree;
      const visitorCount = ((pupilCount * perThousand) / 1000) * (staff.participationPerMille / 1000) * scale;
      const group = {
        territory: departments.indexOf(department),
        profile: STORM_PROFILES.indexOf('staff'),
        cohort: cohorts.of(kind, []),
      };
      add(`staff ${department} ${group.cohort}`, {
        ...group,
        visitorCount,
        arrival: 0,
        visit: visitFor(staff),
        entryTimes: null,
      });
    }
  }
  return {
    cellCount,
    territoryCount: Math.max(1, departments.length),
    profileCount: STORM_PROFILES.length,
    sessionLimit: day.sessionLimit,
    loginLimit: day.loginLimit,
    walkInLimit: new Float64Array(cellCount).fill(day.walkInPerCell),
    refusalCostPerMille: day.refusalCostPerMille,
    idleSeconds: idleMinutesOf(day) * 60,
    entrySpreadSeconds: day.entrySpreadSeconds,
    room: day.room && { ...day.room, leftPerCell: leftToRoom(day) },
    habits: day.habits,
    arrivals,
    visits,
    groups: [...groups.values()],
    steps: day.steps.flatMap((step) => stormStepsOf(day, step, cohorts)),
  };
}

/**
 * Log-ins of each cell that the published windows and the walk-in quota leave, as the agents reckon with them: no more than their sessions
 * find room for as long as a visit lasts, each cell of which may take as many again.
 */
function leftToRoom(day: SimulatedDay): Float64Array {
  const { cellCount, firstCell, planLimit, plans } = day;
  const logins = planLimit.logins.slice();
  const sessions = planLimit.sessions.slice();
  const profileOf = new Map(
    plans.flatMap((plan) => plan.profiles.map((profile) => [`${plan.planId} ${profile.profileId}`, profile] as const)),
  );
  for (const { planId, profileId, startCell, headcount } of day.windows) {
    const profile = profileOf.get(`${planId} ${profileId}`)!;
    const visitorCount = (headcount * profile.participationPerMille) / 1000;
    const from = startCell - firstCell - LEAD_CELLS;
    profile.loginsPerMille.forEach((share, k) => {
      const cell = from + k;
      if (cell < 0 || cell >= cellCount) return;
      logins[cell]! -= (visitorCount * share) / 1000;
      sessions[cell]! -= (visitorCount * profile.sessionsPerMille[k]!) / 1000;
    });
  }
  const stayCells = roomStayCells(idleMinutesOf(day));
  return logins.map((left, cell) =>
    Math.max(
      0,
      Math.min(left, ...sessions.subarray(cell, cell + stayCells).map((count) => count / stayCells)) -
        day.walkInPerCell,
    ),
  );
}

/** Of a kind, else of the profile, else of all, else what is believed; per mille. */
function adherenceOf(
  { adherences = [], adherencePerMille }: SimulatedDay,
  profile: SimulatedAdherence['profile'],
  kind: EstablishmentKind,
  believed: Behaviour,
): number {
  const its = adherences.filter((one) => one.profile === profile);
  const found =
    its.find(({ establishmentKind }) => establishmentKind === kind) ??
    its.find(({ establishmentKind }) => establishmentKind === null);
  return found?.adherencePerMille ?? adherencePerMille ?? believed.adherencePerMille;
}

/** Of each profile with windows on a planned day the share that comes in its window, of all its visitors together; as it is simulated. */
export function resolvedAdherences(day: SimulatedDay): ResolvedAdherence[] {
  if (day.isUnplanned) return [];
  const planOf = new Map(day.plans.map((plan) => [plan.planId, plan]));
  const sums = new Map<ResolvedAdherence['profile'], { visitors: number; keeping: number }>();
  for (const { planId, profileId, audience, kind, headcount } of day.windows) {
    const its = AUDIENCES[audience]!;
    if (its === 'staff') continue;
    const { loadModel, profiles } = planOf.get(planId)!;
    const load = profiles.find((one) => one.profileId === profileId)!;
    const profile = PROFILE_OF[its];
    const visitors = headcount * load.participationPerMille;
    const sum = sums.get(profile) ?? { visitors: 0, keeping: 0 };
    sum.visitors += visitors;
    sum.keeping +=
      visitors * adherenceOf(day, profile, kind, behaviourOf(loadModel, load.audience, load.levelGroup, load.activity));
    sums.set(profile, sum);
  }
  return WINDOW_PROFILES.flatMap((profile) => {
    const sum = sums.get(profile);
    return sum && sum.visitors > 0 ? [{ profile, adherencePerMille: Math.round(sum.keeping / sum.visitors) }] : [];
  });
}

/** Share still there k cells after a lesson to which nothing binds began: everybody for an hour. */
const LESSON_STAY: readonly number[] = Array<number>(12).fill(1000);
const DEFAULT_IDLE_MINUTES = 20;

const idleMinutesOf = ({ plans }: SimulatedDay): number =>
  plans[0]?.loadModel.behaviours[0]?.idleMinutes ?? DEFAULT_IDLE_MINUTES;

/** Kinds and levels that some step tells apart, numbered as they come: without such a step everybody is of one. */
class Cohorts {
  private readonly numbers = new Map<string, number>([['', 0]]);
  private readonly kinds: ReadonlySet<string>;
  private readonly levels: ReadonlySet<string>;

  constructor(steps: readonly SimulatedStep[]) {
    this.kinds = new Set(steps.flatMap(({ scope }) => scope.establishmentKinds));
    this.levels = new Set(steps.flatMap(({ scope }) => scope.levels));
  }

  of(kind: string, levels: readonly string[]): number {
    const its = [...(this.kinds.has(kind) ? [kind] : []), ...levels.filter((level) => this.levels.has(level))];
    // a class with one level that is concerned and one that is not is left alone, as at the gate
    const isMixed = levels.some((level) => this.levels.has(level)) && !levels.every((level) => this.levels.has(level));
    const key = its.join(' ') + (isMixed ? ' mixed' : '');
    let number = this.numbers.get(key);
    if (number === undefined) this.numbers.set(key, (number = this.numbers.size));
    return number;
  }

  /** Numbers of all that a scope concerns. */
  concerned({ establishmentKinds, levels }: SimulatedStep['scope']): number[] {
    return [...this.numbers].flatMap(([key, number]) => {
      const words = key.split(' ');
      const isOfKind = establishmentKinds.length === 0 || establishmentKinds.some((kind) => words.includes(kind));
      const its = words.filter((word) => this.levels.has(word));
      const isOfLevel =
        levels.length === 0 ||
        (its.length > 0 &&
          !words.includes('mixed') &&
          its.every((word) => (levels as readonly string[]).includes(word)));
      return isOfKind && isOfLevel ? [number] : [];
    });
  }
}

/** What the kernel does for a step: relatives are one profile, whoever it was stated for. Nobody where it concerns nobody. */
function stormStepsOf(
  day: SimulatedDay,
  { fromCell, endCell, scope, measures }: SimulatedStep,
  cohorts: Cohorts,
): StormStep[] {
  const from = Math.max(0, fromCell - day.firstCell);
  const to = Math.min(day.cellCount, endCell - day.firstCell);
  if (from >= to) return [];
  const territories = scope.departments?.map((code) => day.departments.indexOf(code)).filter((k) => k >= 0) ?? [];
  const concerned = scope.establishmentKinds.length > 0 || scope.levels.length > 0 ? cohorts.concerned(scope) : [];
  const isNobodys =
    (scope.departments !== null && territories.length === 0) ||
    (concerned.length === 0 && (scope.establishmentKinds.length > 0 || scope.levels.length > 0));
  if (isNobodys) return [];
  const step = {
    fromCell: from,
    toCell: to,
    territories,
    cohorts: concerned,
    isDeferred: false,
    isLiveOnly: false,
    walkInPerMille: 1000,
    idleSeconds: null,
    capacityPerMille: 1000,
  };
  const profiles = scope.profiles.length > 0 ? scope.profiles : (['pupil', 'relative'] as const);
  const bound = profiles.filter((profile) => profile !== 'staff').map((profile) => STORM_PROFILES.indexOf(profile));
  const relative = STORM_PROFILES.indexOf('relative');
  const steps: StormStep[] = [];
  if (day.isEnforced && measures.defersRelatives && bound.includes(relative)) {
    for (const deferred of deferredCells(day, from, to, measures.relativesHours))
      steps.push({ ...step, ...deferred, profiles: [relative], isDeferred: true });
  }
  // staff always enters
  if (day.isEnforced && measures.isLiveOnly && bound.length > 0)
    steps.push({ ...step, profiles: bound, isLiveOnly: true });
  if (measures.walkInPerMille < 1000 || measures.idleMinutes !== null || measures.capacityPerMille < 1000) {
    steps.push({
      ...step,
      // whoever is named, else everybody: who works there idles as the others do
      profiles: scope.profiles.map((profile) => STORM_PROFILES.indexOf(profile)),
      walkInPerMille: measures.walkInPerMille,
      idleSeconds: measures.idleMinutes === null ? null : measures.idleMinutes * 60,
      capacityPerMille: measures.capacityPerMille,
    });
  }
  return steps;
}

/** The cells [from, to) of the day in which relatives wait, by the clock of the platform. */
function deferredCells(
  { firstCell, timeZone }: SimulatedDay,
  from: number,
  to: number,
  hours: StepMeasures['relativesHours'],
): Pick<StormStep, 'fromCell' | 'toCell'>[] {
  const instantOf = (cell: number) => new Date(secondsOfCell(firstCell + cell) * 1000);
  const cellOf = (seconds: number) => cellOfSeconds(seconds) - firstCell;
  return deferredSpans(hours, instantOf(from), instantOf(to), timeZone).map((span) => ({
    fromCell: cellOf(span.from),
    toCell: cellOf(span.to),
  }));
}

function catchUpOf(day: SimulatedDay, { catchUp, startsOn, endsOn }: SimulatedPlan): EntryTime[] {
  if (!catchUp || day.date < startsOn || day.date > endsOn) return [];
  const from = minuteOfClock(catchUp.from)!;
  const entryCell = cellOfCivil(day.date, from, day.timeZone) - day.firstCell;
  const cells = (minuteOfClock(catchUp.to)! - from) / CELL_MINUTES;
  return [{ entryCell, endCell: Math.min(day.cellCount, entryCell + cells), isLive: false }];
}

/** Arrivals by cell of the day, sum 1; what would come outside the day comes at its edge. */
function lawOfWindow(loginsPerMille: readonly number[], first: number, cellCount: number): Float64Array {
  const law = new Float64Array(cellCount);
  loginsPerMille.forEach((share, k) => (law[Math.min(cellCount - 1, Math.max(0, first + k))]! += share / 1000));
  return law;
}

/** A law over the cells of a day of another length: days on which the clock changes have an hour of night more or less. */
function fitted(law: Float64Array, cellCount: number): Float64Array {
  const its = new Float64Array(cellCount);
  its.set(law.subarray(0, cellCount));
  return its;
}
