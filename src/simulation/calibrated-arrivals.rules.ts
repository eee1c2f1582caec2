import { AUDIENCES } from '../campaign/window-kind';
import { levelGroupOf, LEVELS, type Level } from '../directory/level';
import { type ArrivalLaw, arrivalLaws, type CellArrivals } from '../kernel/calibration/arrivals';
import { type Estimate, shareEstimate } from '../kernel/calibration/ratio';
import { LEAD_CELLS } from '../kernel/cell-grid';
import { PUPIL, RELATIVE } from '../kernel/decision/visitor';
import type { PlanProfile } from '../plan/plan-draft';
import { type CALIBRATED_BY, LEAST_VISITORS } from './calibration';
import type { CalibratedPlan, CameRow, OutsideRow, StartRow } from './calibration-facts.store';

type GroupedBy = (typeof CALIBRATED_BY)[number];

/** What arrivals are read from. */
export interface ArrivalFacts {
  plan: Pick<CalibratedPlan, 'profiles' | 'parentAccountLevels'>;
  starts: readonly StartRow[];
  outside: readonly OutsideRow[];
  came: readonly CameRow[];
}

/** What was found of windows that have a law of their own: those of a profile, and of one group of it. */
export interface Arrivals {
  /** Shares of those who came in the windows that are asked for; null where too few did. */
  lawOf(isAsked: (profile: PlanProfile, group: string) => boolean): Estimate[] | null;
  /** Of each cell of the days, who came in each cell of the windows of a profile. */
  ofProfile(profileId: number): readonly ReadonlyMap<number, number>[];
}

/** Whose windows a visitor comes in who was counted in a cell: the youngest come through their relatives' accounts; undefined for others. */
export function audienceOf(
  { level, profile }: Pick<CameRow, 'level' | 'profile'>,
  parentAccountLevels: readonly string[],
): 'pupils' | 'relatives' | undefined {
  const name = LEVELS[level];
  if (name !== undefined && (profile === PUPIL || (profile === RELATIVE && parentAccountLevels.includes(name))))
    return 'pupils';
  return profile === RELATIVE ? 'relatives' : undefined;
}

/** Who is told apart where arrivals are counted: pupils of a level group, relatives. */
const crowdOf = (profile: PlanProfile): string => `${profile.audience} ${profile.levelGroup ?? '-'}`;
const pupilsOf = (levels: readonly Level[]): string => `pupils ${levelGroupOf(levels)}`;
/** Counts of cells name the youngest level of a visitor's classes. */
const youngestOf = (levels: string): string => LEVELS.find((level) => levels.split(',').includes(level)) ?? '';

/**
 * The laws of arrival of each profile, where `by` is stated of each kind, level, hour or activity of it apart. Counts of cells tell
 * departments and crowds apart, and kinds and levels where these are asked for.
 */
export function arrivalsOf({ plan, starts, outside, came }: ArrivalFacts, by?: GroupedBy): Arrivals {
  const profileOf = new Map(plan.profiles.map((profile) => [profile.profileId, profile]));
  const places = new Map<string, number>();
  const placeOf = (department: number, crowd: string, kind: string, level: string): number => {
    const key = `${department} ${crowd} ${by === 'kind' ? kind : ''} ${by === 'level' ? level : ''}`;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    return place;
  };
  const cellsOf = new Map<string, CellArrivals>();
  for (const { department, kind, level, profile, cell, came: count } of came) {
    const audience = audienceOf({ level, profile }, plan.parentAccountLevels);
    if (audience === undefined) continue;
    const its = audience === 'pupils' ? LEVELS[level]! : undefined;
    const place = placeOf(department, its ? pupilsOf([its]) : 'relatives -', kind, its ?? '');
    const row = cellsOf.get(`${place} ${cell}`) ?? { place, cell, cameCount: 0 };
    row.cameCount += count;
    cellsOf.set(`${place} ${cell}`, row);
  }
  const outsidePerPlace = new Map<number, number>();
  for (const { department, kind, audience, levels, came: count } of outside) {
    const isOfRelatives = AUDIENCES[audience] === 'relatives';
    const crowd = isOfRelatives ? 'relatives -' : pupilsOf(levels.split(',') as Level[]);
    const place = placeOf(department, crowd, kind, isOfRelatives ? '' : youngestOf(levels));
    outsidePerPlace.set(place, (outsidePerPlace.get(place) ?? 0) + count);
  }
  const cells = [...cellsOf.values()];
  const laws: { profile: PlanProfile; group: string; found?: ArrivalLaw | undefined }[] = [];
  const numbers = new Map<string, number>();
  const windows = starts.map(({ department, kind, levels, hour, profileId, startCell, came: cameCount }) => {
    const profile = profileOf.get(profileId)!;
    const groups = { kind, level: youngestOf(levels), hour: hourKey(hour), activity: profile.activity };
    const group = by === undefined ? '' : groups[by];
    let number = numbers.get(`${profileId} ${group}`);
    if (number === undefined) numbers.set(`${profileId} ${group}`, (number = laws.push({ profile, group }) - 1));
    return { kind: number, place: placeOf(department, crowdOf(profile), kind, groups.level), startCell, cameCount };
  });
  const present = laws.map(({ profile }) =>
    profile.loginsPerMille.slice(0, profile.windowCells + LEAD_CELLS).map((share) => share / 1000),
  );
  arrivalLaws(present, windows, cells, outsidePerPlace).forEach((found, k) => (laws[k]!.found = found));
  return {
    lawOf(isAsked) {
      const found = laws.flatMap(({ profile, group, found: law }) => (law && isAsked(profile, group) ? [law] : []));
      const total = found.reduce((sum, { visitorCount }) => sum + visitorCount, 0);
      if (total < LEAST_VISITORS) return null;
      const length = Math.max(...found.map(({ shares }) => shares.length));
      return Array.from({ length }, (_, k) => {
        const count = found.reduce((sum, { shares, visitorCount }) => sum + (shares[k]?.value ?? 0) * visitorCount, 0);
        return shareEstimate(count, total);
      });
    },
    ofProfile(profileId) {
      const law = laws.find(({ profile }) => profile.profileId === profileId)?.found;
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

/** An hour of the day as groups are called by: `08`. */
export const hourKey = (hour: number): string => String(hour).padStart(2, '0');
