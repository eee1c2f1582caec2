import type { Level } from './level';

export const ESTABLISHMENT_KINDS = [
  'maternelle',
  'elementaire',
  'primaire',
  'college',
  'lycee_gt',
  'lycee_pro',
  'lycee_polyvalent',
  'erea',
] as const;
export type EstablishmentKind = (typeof ESTABLISHMENT_KINDS)[number];
export type Sector = 'public' | 'private';
export type PriorityEducation = 'none' | 'rep' | 'rep_plus';
export type ClassKind = 'division' | 'group';

/** An establishment to write; its time zone and holiday zone come from its department. */
export interface EstablishmentRow {
  uai: string;
  name: string;
  kind: EstablishmentKind;
  sector: Sector;
  priorityEducation: PriorityEducation;
  departmentCode: string;
  communeCode: string | null;
  communeName: string;
  latitude: number | null;
  longitude: number | null;
  telephone: string | null;
  structureExternalId: string | null;
  openHalfDays: number;
  simultaneousWindowLimit: number | null;
  source: string;
}

/** A class to write, under the natural key (UAI, school year, code). */
export interface ClassRow {
  uai: string;
  /** `2026-2027`. */
  schoolYear: string;
  code: string;
  kind: ClassKind;
  levels: readonly Level[];
  headcount: number;
  entClassName: string | null;
  optionSet: string | null;
  isDerived: boolean;
  source: string;
}

/** A class that a group draws its pupils from. */
export interface GroupSourceRow {
  uai: string;
  schoolYear: string;
  groupCode: string;
  classCode: string;
}

/** A teacher of a class: any text that names the same teacher each time; only its keyed hash is stored. */
export interface ClassTeacherRow {
  uai: string;
  schoolYear: string;
  classCode: string;
  teacher: string;
  /** Between establishments: the hash then has no establishment in it. */
  isShared: boolean;
}
