import type { EstablishmentKind, PriorityEducation, Sector } from './directory-rows';
import { establishmentName, kindOfDenomination } from './establishment-kind.rules';
import type { FileRecord } from './import-records.reader';
import type { ImportKind } from './import-report';
import type { Level } from './level';
import {
  COLLEGE_DIVISION_PUPILS,
  firstDegreeClasses,
  LYCEE_DIVISION_PUPILS,
  mefDivisions,
  secondDegreeDivisions,
  type LevelHeadcount,
  type MadeClass,
} from './official-classes.rules';
import { countField, LineRefusal, schoolYearOf, textField, uaiField } from './record-fields.rules';
import { departmentOf, departmentOfUai, type Department } from './territory.rules';

/** An establishment and its classes as one record of an official file tells them. */
interface OfficialRecord {
  schoolYear: string;
  uai: string;
  name: string;
  kind: EstablishmentKind;
  sector: Sector;
  /** Null where the file does not tell it. */
  priorityEducation: PriorityEducation | null;
  department: Department;
  communeCode: string | null;
  communeName: string;
  classes: MadeClass[];
}

/** How one of the official files is read, and what it is worth beside the others. */
export interface OfficialFormat {
  dataset: string;
  /** Fields without which the file is another one. */
  requiredFields: readonly string[];
  /** Files tell the same establishment differently; the higher rank names it. The vocational file knows no denomination. */
  rank: number;
  /** Else several records (one per MEF) make up an establishment. */
  hasOneRecordPerEstablishment: boolean;
  areClassesDerived: boolean;
  rule: string;
  read(record: FileRecord): OfficialRecord;
}

/** No school of France comes near. */
const ESTABLISHMENT_PUPILS = 20_000;
const ESTABLISHMENT_CLASSES = 500;
const CLASS_PUPILS = 500;

function schoolYearField(record: FileRecord): string {
  const schoolYear = schoolYearOf(textField(record, 'rentree_scolaire'));
  if (!schoolYear)
    throw new LineRefusal('rentree_scolaire', 'school_year_invalid', 'The school year is missing or is no year.');
  return schoolYear;
}

function departmentField(record: FileRecord, uai: string, ...fields: string[]): Department {
  const code = textField(record, ...fields);
  const department = code === '' ? departmentOfUai(uai) : departmentOf(code);
  if (!department)
    throw new LineRefusal(fields[0] ?? 'uai', 'department_unknown', 'There is no such department in France.');
  return department;
}

function priorityField(record: FileRecord): PriorityEducation {
  const isSet = (...fields: string[]): boolean => /^(1|1\.0|oui|true)$/i.test(textField(record, ...fields));
  return isSet('rep_plus', 'rep0') ? 'rep_plus' : isSet('rep') ? 'rep' : 'none';
}

/** Pupils of the total that no level counts (units for autism, streams without a field of their own). Throws LineRefusal. */
function uncounted(totalField: string, total: number, counted: number): number {
  if (counted > total)
    throw new LineRefusal(totalField, 'headcount_inconsistent', 'The levels have more pupils than the total.');
  return total - counted;
}

function checked(record: OfficialRecord, headcountField: string): OfficialRecord {
  if (record.classes.some(({ headcount }) => headcount > CLASS_PUPILS))
    throw new LineRefusal(headcountField, 'headcount_too_large', `A class of more than ${CLASS_PUPILS} pupils.`);
  return record;
}

function schoolKind(levels: readonly LevelHeadcount[]): EstablishmentKind {
  const hasMaternelle = levels[0]!.headcount > 0;
  const hasElementaire = levels.slice(1).some(({ headcount }) => headcount > 0);
  return hasMaternelle ? (hasElementaire ? 'primaire' : 'maternelle') : 'elementaire';
}

const FIRST_DEGREE_LEVELS: readonly (readonly [Level, ...string[]])[] = [
  ['MAT', 'nombre_eleves_preelementaire_hors_ulis', 'nombre_eleves_pre_elementaire_hors_ulis'],
  ...(['CP', 'CE1', 'CE2', 'CM1', 'CM2'] as const).map(
    (level) => [level, `nombre_eleves_${level.toLowerCase()}_hors_ulis`] as const,
  ),
];

function identity(record: FileRecord, uai: string, kindOtherwise: EstablishmentKind) {
  const denomination = textField(record, 'denomination_principale');
  const kind = kindOfDenomination(denomination) ?? kindOtherwise;
  const sector: Sector = /priv/i.test(
    textField(record, 'secteur', 'secteur_d_enseignement_lib_l', 'secteur_d_enseignement'),
  )
    ? 'private'
    : 'public';
  return { uai, kind, sector, name: establishmentName(kind, sector, textField(record, 'patronyme')) };
}

function readSchool(record: FileRecord): OfficialRecord {
  const uai = uaiField(record, 'numero_ecole');
  const levels = FIRST_DEGREE_LEVELS.map(([level, ...fields]) => ({
    level,
    headcount: countField(record, ESTABLISHMENT_PUPILS, ...fields),
  }));
  const total = countField(record, ESTABLISHMENT_PUPILS, 'nombre_total_eleves');
  const classCount = countField(record, ESTABLISHMENT_CLASSES, 'nombre_total_classes');
  const specialNeeds = uncounted('nombre_total_eleves', total, sumOf(levels));
  const school = identity(record, uai, schoolKind(levels));
  const usual = levels.filter(({ level, headcount }) => headcount > 0 || isUsual(school.kind, level));
  return checked(
    {
      ...school,
      schoolYear: schoolYearField(record),
      priorityEducation: priorityField(record),
      department: departmentField(record, uai, 'code_departement'),
      communeCode: null,
      communeName: textField(record, 'commune'),
      classes: firstDegreeClasses(usual, specialNeeds, classCount),
    },
    'nombre_total_eleves',
  );
}

const isUsual = (kind: EstablishmentKind, level: Level): boolean =>
  kind === 'primaire' || (kind === 'maternelle') === (level === 'MAT');

const sumOf = (levels: readonly LevelHeadcount[]): number => levels.reduce((sum, { headcount }) => sum + headcount, 0);

/** Divisions of a second-degree file by level, with one more group of levels for the pupils that no level counts. */
function divisions(levels: LevelHeadcount[], extraPupils: number, divisionPupils: number): MadeClass[] {
  const made = secondDegreeDivisions(levels, divisionPupils);
  const all = levels.map(({ level }) => level);
  const extra = secondDegreeDivisions([{ level: all[0]!, headcount: extraPupils }], divisionPupils);
  return [
    ...made,
    ...extra.map(({ headcount, code }) => ({ levels: all, headcount, code: code.replace(all[0]!, 'AUTRES') })),
  ];
}

function readCollege(record: FileRecord): OfficialRecord {
  const uai = uaiField(record, 'numero_college');
  const levels = (['6E', '5E', '4E', '3E'] as const).map((level) => ({
    level,
    headcount: countField(record, ESTABLISHMENT_PUPILS, `nombre_total_de_${level.charAt(0)}emes`),
  }));
  const total = countField(record, ESTABLISHMENT_PUPILS, 'nombre_eleves_total', 'nombre_d_eleves_total');
  const extra = uncounted('nombre_eleves_total', total, sumOf(levels));
  return checked(
    {
      ...identity(record, uai, 'college'),
      schoolYear: schoolYearField(record),
      priorityEducation: priorityField(record),
      department: departmentField(record, uai, 'code_dept', 'code_departement'),
      communeCode: textField(record, 'code_commune') || null,
      communeName: textField(record, 'commune'),
      classes: divisions(levels, extra, COLLEGE_DIVISION_PUPILS),
    },
    'nombre_eleves_total',
  );
}

const GT_STREAMS: readonly (readonly [Level, prefix: string, streams: string])[] = [
  ['2GT', '2ndes', 'gt sthr tmd s2tmd bt'],
  ['1GT', '1eres', 'g sti2d stl stmg st2s std2a sthr tmd s2tmd bt'],
  ['TGT', 'terminales', 'g sti2d stl stmg st2s std2a sthr tmd s2tmd bt'],
];

function readLyceeGt(record: FileRecord): OfficialRecord {
  const uai = uaiField(record, 'numero_lycee');
  const levels = GT_STREAMS.map(([level, prefix, streams]) => ({
    level,
    headcount: streams
      .split(' ')
      .reduce((sum, stream) => sum + countField(record, ESTABLISHMENT_PUPILS, `${prefix}_${stream}`), 0),
  }));
  const total = countField(record, ESTABLISHMENT_PUPILS, 'nombre_d_eleves');
  const extra = uncounted('nombre_d_eleves', total, sumOf(levels));
  return checked(
    {
      ...identity(record, uai, 'lycee_gt'),
      schoolYear: schoolYearField(record),
      priorityEducation: null,
      department: departmentField(record, uai, 'code_departement_pays', 'code_departement'),
      communeCode: textField(record, 'code_commune') || null,
      communeName: textField(record, 'commune'),
      classes: divisions(levels, extra, LYCEE_DIVISION_PUPILS),
    },
    'nombre_d_eleves',
  );
}

function readLyceePro(record: FileRecord): OfficialRecord {
  const uai = uaiField(record, 'numero_d_etablissement');
  const mef = textField(record, 'mef_bcp_11').replace(/\s/g, '');
  if (!/^[0-9A-Z]{6,11}$/i.test(mef)) throw new LineRefusal('mef_bcp_11', 'mef_invalid', 'A MEF has eleven signs.');
  const headcount = countField(record, ESTABLISHMENT_PUPILS, 'nombre_d_eleves_total');
  return checked(
    {
      ...identity(record, uai, 'lycee_pro'),
      schoolYear: schoolYearField(record),
      priorityEducation: null,
      department: departmentField(record, uai),
      communeCode: textField(record, 'commune_d_implantation') || null,
      communeName: textField(record, 'commune_d_implantation_lib_l'),
      classes: mefDivisions(mef.toUpperCase(), textField(record, 'mef_bcp_11_lib_l'), headcount),
    },
    'nombre_d_eleves_total',
  );
}

type OfficialKind = Exclude<ImportKind, 'official-directory' | 'roster' | 'mapping'>;

export const OFFICIAL_FORMATS: Readonly<Record<OfficialKind, OfficialFormat>> = {
  'official-schools': {
    dataset: 'fr-en-ecoles-effectifs-nb_classes',
    requiredFields: ['numero_ecole', 'nombre_total_classes', 'nombre_total_eleves', 'rentree_scolaire'],
    rank: 4,
    hasOneRecordPerEstablishment: true,
    areClassesDerived: false,
    rule:
      'The number of classes of a school is the official one, ULIS included. Pupils are shared out by age: ULIS in classes ' +
      'of about 12, the others in equal classes of neighbouring levels, few levels together (least squares from the mean size).',
    read: readSchool,
  },
  'official-colleges': {
    dataset: 'fr-en-college-effectifs-niveau-sexe-lv',
    requiredFields: ['numero_college', 'nombre_total_de_6emes', 'rentree_scolaire'],
    rank: 2,
    hasOneRecordPerEstablishment: true,
    areClassesDerived: true,
    rule: `Divisions are derived: ceil(pupils of the level / ${COLLEGE_DIVISION_PUPILS}), as equal as can be.`,
    read: readCollege,
  },
  'official-lycees-gt': {
    dataset: 'fr-en-lycee_gt-effectifs-niveau-sexe-lv',
    requiredFields: ['numero_lycee', '2ndes_gt', 'rentree_scolaire'],
    rank: 3,
    hasOneRecordPerEstablishment: true,
    areClassesDerived: true,
    rule: `Divisions are derived: ceil(pupils of the level / ${LYCEE_DIVISION_PUPILS}), as equal as can be.`,
    read: readLyceeGt,
  },
  'official-lycees-pro': {
    dataset: 'fr-en-lycee_pro-effectifs-niveau-sexe-mef',
    requiredFields: ['numero_d_etablissement', 'mef_bcp_11', 'rentree_scolaire'],
    rank: 1,
    hasOneRecordPerEstablishment: false,
    areClassesDerived: true,
    rule:
      'Divisions are derived: one for each MEF of an establishment, more where it has over 30 pupils ' +
      '(35 after the baccalauréat), as equal as can be.',
    read: readLyceePro,
  },
};

export const isOfficialKind = (kind: ImportKind): kind is OfficialKind => kind in OFFICIAL_FORMATS;
