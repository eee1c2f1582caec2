import { AUDIENCES } from '../campaign/window-kind';
import { kindOf } from '../campaign/load-model.rules';
import type { Behaviour, LoadModel } from '../campaign/window-rule';
import { levelGroupOf, LEVELS, type Level } from '../directory/level';
import { type ArrivalLaw, arrivalLaws, type CellArrivals } from '../kernel/calibration/arrivals';
import { type Cluster, type Estimate, ratioEstimate, shareEstimate } from '../kernel/calibration/ratio';
import {
  type MeasuredDay,
  stayEstimate,
  stretchedStay,
  toEndByMinute,
  type VisitKind,
} from '../kernel/calibration/stay';
import { CELL_MINUTES, CELL_SECONDS, LEAD_CELLS } from '../kernel/cell-grid';
import { PUPIL, RELATIVE } from '../kernel/decision/visitor';
import type { PlanProfile } from '../plan/plan-draft';
import {
  CALIBRATED_BY,
  type CalibrationFindings,
  type FoundBehaviour,
  type FoundGroup,
  type FoundStay,
} from './calibration';
import type {
  CalibratedPlan,
  CameRow,
  ExpectedRow,
  MinuteMeasured,
  OutsideRow,
  StartRow,
} from './calibration-facts.store';

/** Fewer say too little to change what a region plans with. */
export const LEAST_VISITORS = 200;
export const LEAST_ESTABLISHMENTS = 5;
/** A day counts as measured when so many of the minutes between its first and its last one are. */
const LEAST_MEASURED_RATIO = 0.9;
const LEAST_MEASURED_MINUTES = 180;
/** Sessions that are explained worse than this say nothing about stays. */
const MOST_RESIDUAL_RATIO = 0.25;

export interface CalibrationFacts {
  plan: Pick<CalibratedPlan, 'loadModel' | 'profiles' | 'parentAccountLevels'>;
  /** First cells of the days, and the one after the last. */
  dayCells: readonly number[];
  expected: readonly ExpectedRow[];
  silentEstablishmentCount: number;
  starts: readonly StartRow[];
  outside: readonly OutsideRow[];
  came: readonly CameRow[];
  measured: readonly MinuteMeasured[];
}

/** What the counts of some days say about how visitors behave, and the load model that follows from it. */
export function calibrate(facts: CalibrationFacts): { findings: CalibrationFindings; loadModel: LoadModel } {
  const { plan, expected } = facts;
  const profileOf = new Map(plan.profiles.map((profile) => [profile.profileId, profile]));
  const arrivals = arrivalsOf(facts, profileOf);
  const rows = expected.map((row) => ({ ...row, profile: profileOf.get(row.profileId)! }));
  const behaviours = plan.loadModel.behaviours.flatMap((behaviour): FoundBehaviour[] => {
    const its = rows.filter(({ profile }) => kindOf(profile) === kindOf(behaviour));
    if (its.length === 0) return [];
    const { audience, levelGroup, activity } = behaviour;
    const law = arrivals.lawOf(plan.profiles.filter((profile) => kindOf(profile) === kindOf(behaviour)));
    return [{ audience, levelGroup, activity, ...ratiosOf(its), arrivals: law }];
  });
  const stay = stayOf(facts, arrivals);
  const relatives = behaviours.find(({ audience }) => audience === 'relatives')?.participation ?? null;
  const perPupil = plan.loadModel.relativeAccountsPerThousandPupils / 1000;
  const findings: CalibrationFindings = {
    visitorCount: expected.reduce((sum, { came }) => sum + came, 0),
    establishmentCount: new Set(expected.map(({ establishmentId }) => establishmentId)).size,
    silentEstablishmentCount: facts.silentEstablishmentCount,
    behaviours,
    groups: groupsOf(rows),
    stay,
    relativesPerPupil: relatives && scaled(relatives, perPupil),
  };
  return { findings, loadModel: proposedModel(plan.loadModel, findings) };
}

type Row = ExpectedRow & { profile: PlanProfile };

const scaled = ({ value, low, high }: Estimate, by: number): Estimate => ({
  value: value * by,
  low: low * by,
  high: high * by,
});

/** Participation and adherence over establishments, hidden where too few stand behind them. */
function ratiosOf(rows: readonly ExpectedRow[]) {
  const came = new Map<number, Cluster>();
  const kept = new Map<number, Cluster>();
  const add = (clusters: Map<number, Cluster>, id: number, part: number, whole: number) => {
    const cluster = clusters.get(id) ?? { part: 0, whole: 0 };
    clusters.set(id, { part: cluster.part + part, whole: cluster.whole + whole });
  };
  for (const row of rows) {
    add(came, row.establishmentId, row.came, row.headcount);
    add(kept, row.establishmentId, row.cameInWindow, row.came);
  }
  const visitorCount = rows.reduce((sum, row) => sum + row.came, 0);
  const isEnough = visitorCount >= LEAST_VISITORS && came.size >= LEAST_ESTABLISHMENTS;
  return {
    visitorCount,
    establishmentCount: came.size,
    participation: (isEnough && ratioEstimate(came.values())) || null,
    adherence: (isEnough && ratioEstimate(kept.values())) || null,
  };
}

function groupsOf(rows: readonly Row[]): FoundGroup[] {
  const keysOf: Record<FoundGroup['by'], (row: Row) => string[]> = {
    kind: ({ kind }) => [kind],
    level: ({ levels }) => (levels === '' ? [] : levels.split(',')),
    hour: ({ hour }) => [String(hour).padStart(2, '0')],
    activity: ({ profile }) => [profile.activity],
  };
  return CALIBRATED_BY.flatMap((by) => {
    const groups = new Map<string, Row[]>();
    for (const row of rows) {
      for (const key of keysOf[by](row)) groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    const order = (key: string): number => (by === 'level' ? LEVELS.indexOf(key as Level) : 0);
    return [...groups]
      .sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1))
      .map(([key, its]) => ({ by, key, ...ratiosOf(its) }));
  });
}

/** Who is told apart where arrivals are counted: pupils of a level group, relatives. */
const crowdOf = (profile: PlanProfile): string => `${profile.audience} ${profile.levelGroup ?? '-'}`;

interface Arrivals {
  /** Shares of those who came in windows of these profiles, which differ in their length alone. */
  lawOf(profiles: readonly PlanProfile[]): Estimate[] | null;
  /** Of each cell of the days, who came in each cell of the windows of a profile. */
  ofProfile(profileId: number): readonly Map<number, number>[];
}

function arrivalsOf(facts: CalibrationFacts, profileOf: ReadonlyMap<number, PlanProfile>): Arrivals {
  const { plan, starts, outside, came } = facts;
  const places = new Map<string, number>();
  const placeOf = (department: number, crowd: string): number => {
    const key = `${department} ${crowd}`;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    return place;
  };
  const isThroughParents = (level: string): boolean => plan.parentAccountLevels.includes(level);
  const pupils = (levels: readonly Level[]): string => `pupils ${levelGroupOf(levels)}`;
  const cellsOf = new Map<string, CellArrivals>();
  for (const { department, level, profile, cell, came: count } of came) {
    const name = LEVELS[level];
    const ofPupils = name !== undefined && (profile === PUPIL || (profile === RELATIVE && isThroughParents(name)));
    const crowd = ofPupils ? pupils([name]) : profile === RELATIVE ? 'relatives -' : undefined;
    if (crowd === undefined) continue;
    const place = placeOf(department, crowd);
    const row = cellsOf.get(`${place} ${cell}`) ?? { place, cell, cameCount: 0 };
    row.cameCount += count;
    cellsOf.set(`${place} ${cell}`, row);
  }
  const outsidePerPlace = new Map<number, number>();
  for (const { department, audience, levels, came: count } of outside) {
    const crowd = AUDIENCES[audience] === 'relatives' ? 'relatives -' : pupils(levels.split(',') as Level[]);
    const place = placeOf(department, crowd);
    outsidePerPlace.set(place, (outsidePerPlace.get(place) ?? 0) + count);
  }
  const cells = [...cellsOf.values()];
  const windows = starts.map(({ department, profileId, startCell, came: cameCount }) => {
    const profile = profileOf.get(profileId)!;
    const kind = plan.profiles.indexOf(profile);
    return { kind, place: placeOf(department, crowdOf(profile)), startCell, cameCount };
  });
  const present = plan.profiles.map((profile) =>
    profile.loginsPerMille.slice(0, profile.windowCells + LEAD_CELLS).map((share) => share / 1000),
  );
  const laws = arrivalLaws(present, windows, cells, outsidePerPlace);
  const lawOfProfile = (profile: PlanProfile): ArrivalLaw | undefined => laws[plan.profiles.indexOf(profile)];
  return {
    lawOf(profiles) {
      const found = profiles.map(lawOfProfile).filter((law) => law !== undefined);
      const total = found.reduce((sum, { visitorCount }) => sum + visitorCount, 0);
      if (total < LEAST_VISITORS) return null;
      const length = Math.max(...found.map(({ shares }) => shares.length));
      return Array.from({ length }, (_, k) => {
        const count = found.reduce((sum, { shares, visitorCount }) => sum + (shares[k]?.value ?? 0) * visitorCount, 0);
        return shareEstimate(count, total);
      });
    },
    ofProfile(profileId) {
      const law = lawOfProfile(profileOf.get(profileId)!);
      return (law?.ofCells ?? []).map((column) => {
        const ofCell = new Map<number, number>();
        column.forEach((count, row) => {
          const { cell } = cells[row]!;
          if (count > 0) ofCell.set(cell, (ofCell.get(cell) ?? 0) + count);
        });
        return ofCell;
      });
    },
  };
}

/** Sessions and log-ins of the platform, told apart by what people came for as the counts tell it. */
function stayOf({ plan, dayCells, came, measured }: CalibrationFacts, arrivals: Arrivals): FoundStay | null {
  const behaviourOf = new Map(plan.loadModel.behaviours.map((behaviour) => [kindOf(behaviour), behaviour]));
  const kinds: VisitKind[] = [];
  const ofCells: ReadonlyMap<number, number>[] = [];
  for (const profile of plan.profiles) {
    const { stay } = behaviourOf.get(kindOf(profile))!;
    arrivals.ofProfile(profile.profileId).forEach((ofCell, offset) => {
      kinds.push(stay === 'toEnd' ? { byMinute: toEndByMinute(offset, profile.windowCells) } : { perMille: stay });
      ofCells.push(ofCell);
    });
  }
  // who has no window, or came outside it, stays as staff does
  const rest = behaviourOf.get('staff - open')!;
  kinds.push({ perMille: rest.stay === 'toEnd' ? [1000] : rest.stay });
  const all = new Map<number, number>();
  for (const { cell, came: count } of came) all.set(cell, (all.get(cell) ?? 0) + count);
  const days = dayCells.slice(0, -1).flatMap((firstCell, k): MeasuredDay[] => {
    const day = measuredDay(measured, firstCell, dayCells[k + 1]!);
    if (!day) return [];
    const left = Float64Array.from(day.logins);
    const logins = ofCells.map((ofCell) =>
      day.logins.map((count, minute) => {
        const cell = firstCell + Math.floor(minute / CELL_MINUTES);
        const part = count === 0 ? 0 : (count * (ofCell.get(cell) ?? 0)) / Math.max(1, all.get(cell) ?? 0);
        left[minute]! -= part;
        return part;
      }),
    );
    return [{ sessions: day.sessions, logins: [...logins, left.map((count) => Math.max(0, count))] }];
  });
  const { idleMinutes } = rest;
  const found = stayEstimate(days, kinds, idleMinutes);
  if (!found) return null;
  const { stretch, logOutRatio, residualRatio } = found;
  return { stretch, logOut: logOutRatio, residualRatio, measuredDayCount: days.length };
}

/** Minutes that nobody reported are as the one before; a day with too many of them is none. */
function measuredDay(minutes: readonly MinuteMeasured[], firstCell: number, endCell: number) {
  const length = (endCell - firstCell) * CELL_MINUTES;
  const sessions = new Float64Array(length);
  const logins = new Float64Array(length);
  let [first, last, count] = [length, -1, 0];
  const known = new Uint8Array(length);
  for (const { at, sessions: open, logins: entered } of minutes) {
    const minute = Math.floor((at.getTime() / 1000 - firstCell * CELL_SECONDS) / 60);
    if (minute < 0 || minute >= length || open === null || entered === null) continue;
    sessions[minute] = open;
    logins[minute] = entered;
    known[minute] = 1;
    first = Math.min(first, minute);
    last = Math.max(last, minute);
    count++;
  }
  if (count < LEAST_MEASURED_MINUTES || count / (last - first + 1) < LEAST_MEASURED_RATIO) return undefined;
  for (let minute = first + 1; minute < last; minute++) {
    if (known[minute]) continue;
    sessions[minute] = sessions[minute - 1]!;
    logins[minute] = logins[minute - 1]!;
  }
  return { sessions, logins };
}

/** The load model with what was found in it; what too few stand behind stays as it was. */
export function proposedModel(model: LoadModel, { behaviours, stay }: CalibrationFindings): LoadModel {
  const isExplained = stay !== null && stay.residualRatio <= MOST_RESIDUAL_RATIO;
  return {
    ...model,
    behaviours: model.behaviours.map((behaviour): Behaviour => {
      const found = behaviours.find((one) => kindOf(one) === kindOf(behaviour));
      return {
        ...behaviour,
        ...(found?.participation && { participationPerMille: Math.round(found.participation.value * 1000) }),
        ...(found?.arrivals && { arrival: arrivalFrom(behaviour.arrival, found.arrivals) }),
        ...(isExplained && {
          stay: behaviour.stay === 'toEnd' ? 'toEnd' : stretchedStay(behaviour.stay, stay.stretch.value),
          logOutPerMille: Math.round(stay.logOut.value * 1000),
        }),
      };
    }),
  };
}

/** Arrivals in the shape that they had: shares of a burst are whole and sum to 1000. */
function arrivalFrom(present: Behaviour['arrival'], shares: readonly Estimate[]): Behaviour['arrival'] {
  const perMille = shares.map(({ value }) => value * 1000);
  if (present.shape === 'spread') {
    const [early, first] = [Math.round(perMille[0]!), Math.round(perMille[LEAD_CELLS] ?? 0)];
    return { shape: 'spread', earlyPerMille: early, firstPerMille: Math.min(first, 1000 - early) };
  }
  const whole = perMille.map(Math.floor);
  const missing = 1000 - whole.reduce((sum, share) => sum + share, 0);
  // those with the largest remainders take what is left
  [...perMille.keys()]
    .sort((a, b) => perMille[b]! - whole[b]! - (perMille[a]! - whole[a]!) || a - b)
    .slice(0, missing)
    .forEach((k) => whole[k]!++);
  while (whole.at(-1) === 0) whole.pop();
  return { shape: 'burst', perMille: whole };
}
