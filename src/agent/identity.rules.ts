import type { GatePlan } from '../kernel/decision/gate-plan';
import { KNOWN_BY, PUPIL, RELATIVE, STAFF, UNKNOWN, type Visitor } from '../kernel/decision/visitor';
import { MOST_CLASSES, type Pass } from './pass.rules';

/** What the ENT says of somebody, however it says it: profile, class keys, schools; never who. */
export interface Claims {
  profile: number;
  /** Ids of classes of the plan. */
  classes: number[];
  /** Ids of establishments of the plan. */
  establishments: number[];
  levels: number;
}

/** Profiles as the ENT's userinfo, the national codes and ourselves write them. */
const PROFILE_OF: Record<string, number> = {
  pupil: PUPIL,
  eleve: PUPIL,
  national_elv: PUPIL,
  student: PUPIL,
  relative: RELATIVE,
  persreleleve: RELATIVE,
  national_tut: RELATIVE,
  staff: STAFF,
  enseignant: STAFF,
  perseducnat: STAFF,
  superadmin: STAFF,
  teacher: STAFF,
  personnel: STAFF,
  national_ens: STAFF,
  national_doc: STAFF,
  national_dir: STAFF,
  national_evs: STAFF,
  national_eta: STAFF,
  national_aca: STAFF,
  national_col: STAFF,
};

const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((v): v is string => typeof v === 'string').slice(0, MOST_CLASSES);

/** Names of a plan's classes and schools, looked up by what the ENT calls them. Built once a bundle. */
export class PlanNames {
  private readonly classByKey = new Map<string, number>();
  /** Levels of the classes that share a key: it says which of them somebody may be in, and not which one. */
  private readonly sharedLevels = new Map<string, number>();
  private readonly establishmentByKey = new Map<string, number>();

  constructor({ content }: GatePlan) {
    const { establishments, classes } = content;
    establishments.id.forEach((_, e) => {
      this.establishmentByKey.set(establishments.uai[e]!, e);
      if (establishments.structure[e]) this.establishmentByKey.set(establishments.structure[e], e);
    });
    classes.id.forEach((_, c) => {
      const e = classes.establishment[c]!;
      this.addClass(`${establishments.uai[e]}$${classes.name[c]}`, c, classes.levels);
      if (establishments.structure[e])
        this.addClass(`${establishments.structure[e]}$${classes.name[c]}`, c, classes.levels);
    });
    for (const key of this.sharedLevels.keys()) this.classByKey.delete(key);
  }

  private addClass(key: string, c: number, levels: readonly number[]): void {
    const other = this.classByKey.get(key);
    if (other === undefined) this.classByKey.set(key, c);
    else if (other !== c) this.sharedLevels.set(key, (this.sharedLevels.get(key) ?? levels[other]!) | levels[c]!);
  }

  /** Index of a class by the ENT's key (`<structure>$<name>`, or with the UAI). */
  classIndex(key: string): number | undefined {
    return this.classByKey.get(key);
  }

  /** Index of an establishment by its UAI or the ENT's structure id. */
  establishmentIndex(key: string): number | undefined {
    return this.establishmentByKey.get(key);
  }

  /**
   * Claims in terms of the plan; what it does not know of the classes leaves their school, and of a key that several classes
   * share, the levels of these.
   */
  claimsOf(given: unknown, { content }: GatePlan): Claims | undefined {
    if (typeof given !== 'object' || given === null) return undefined;
    const said = given as Record<string, unknown>;
    const name = textsOf(said.profile ?? said.type)[0]?.toLowerCase();
    const classes: number[] = [];
    const establishments = new Set<number>();
    let levels = typeof said.levels === 'number' ? said.levels | 0 : 0;
    for (const key of [...textsOf(said.classes), ...textsOf(said.classId)]) {
      const c = this.classByKey.get(key);
      if (c !== undefined) classes.push(content.classes.id[c]!);
      else {
        const e = this.establishmentByKey.get(key.split('$')[0]!);
        if (e !== undefined) establishments.add(content.establishments.id[e]!);
        levels |= this.sharedLevels.get(key) ?? 0;
      }
    }
    for (const key of [...textsOf(said.uai), ...textsOf(said.uais), ...textsOf(said.structures)]) {
      const e = this.establishmentByKey.get(key);
      if (e !== undefined) establishments.add(content.establishments.id[e]!);
    }
    return {
      profile: name === undefined ? UNKNOWN : (PROFILE_OF[name] ?? UNKNOWN),
      classes,
      establishments: [...establishments],
      levels,
    };
  }
}

export const knownBy = (name: (typeof KNOWN_BY)[number]): number => KNOWN_BY.indexOf(name);

/** Whether a day of a school's calendar is the one of the last admission. */
export function dayOf({ content }: GatePlan, zone: number, now: number): number {
  let day = 0;
  for (const midnight of content.zones[zone]?.midnights ?? []) if (midnight <= now) day = midnight;
  return Math.round(day / 3600);
}

const indicesOf = (ids: readonly number[], of: ReadonlyMap<number, number>): number[] => {
  const found: number[] = [];
  for (const id of ids) {
    const index = of.get(id);
    if (index !== undefined && !found.includes(index)) found.push(index);
  }
  return found;
};

/** A pass as a visitor of this plan: with the classes that were shown, or, `isChosen`, with those that were chosen. */
export function visitorOf(plan: GatePlan, pass: Pass, isChosen: boolean, how: number, now: number): Visitor {
  const classes = indicesOf(isChosen ? pass.chosen : pass.shown, plan.classOf);
  const establishments = indicesOf(pass.establishments, plan.establishmentOf);
  const school = classes.length > 0 ? plan.classEstablishment[classes[0]!]! : establishments[0];
  const zone = school === undefined ? 0 : plan.establishmentZone[school]!;
  return {
    profile: pass.profile,
    classes,
    establishments: isChosen ? [] : establishments,
    levels: pass.levels,
    knownBy: isChosen ? knownBy('chosen') : how,
    isAdmittedToday: pass.admittedOn !== 0 && pass.admittedOn === dayOf(plan, zone, now),
    hasSession: false,
    wantsUrgentPass: false,
    feature: -1,
    draw: pass.draw,
  };
}
