import { createHash } from 'node:crypto';
import { mayNamePerson } from './class-alias.rules';
import { EXTRA_VALUES, fieldName, type FileRecord } from './import-records.reader';
import { levelGroupOf, type Level } from './level';
import { levelsLabel, parseLevels } from './level.rules';
import { countField, LineRefusal, textField, uaiField } from './record-fields.rules';

/** A class or group as a line of a roster tells it. */
export interface RosterLine {
  uai: string;
  /** As written; it never leaves the temporary tables when it may name a person. */
  rawCode: string;
  needsAlias: boolean;
  /** What an alias begins with. */
  label: string;
  levels: Level[];
  headcount: number;
  /** Codes as written of the classes that a group draws from; empty for a division. */
  groupSources: string[];
  optionSet: string | null;
  teachers: string[];
  sharedTeachers: string[];
}

const CODE_CHARACTERS = 40;
const CLASS_PUPILS = 500;
/** Teachers of one class; a class of the second degree has about twelve. */
const TEACHER_COUNT = 60;

const ROSTER_COLUMNS = ['uai', 'classe', 'niveau', 'effectif', 'enseignants'] as const;
const OPTIONAL_COLUMNS = ['enseignants_partages', 'groupe_de', 'serie'] as const;
const KNOWN_COLUMNS = new Set(
  [...ROSTER_COLUMNS, ...OPTIONAL_COLUMNS, 'niveaux', 'effectifs', 'enseignant', 'enseignants_partagés'].map(fieldName),
);
const PUPIL_COLUMN =
  /^(nom|prenom|eleve|ine$|ine_|date_naiss|naissance|ne_|nee_|sexe|genre|mail|e_mail|email|courriel|adresse|parent|responsable|login|tel|portable|identifiant|id_eleve|photo|regime|boursier)/;

/**
 * The file that schools fill in: the columns, and as an example, under UAIs that no school
 * has, classes of a primary school, divisions and groups of a collège.
 */
export const ROSTER_TEMPLATE = [
  'uai;classe;niveau;effectif;enseignants;enseignants_partages;groupe_de;serie',
  '0000001B;CP A;CP;24;prof-01;;;',
  '0000001B;CE1-CE2;CE1|CE2;26;prof-02|prof-03;;;',
  '0000002C;6A;6e;27;prof-11|prof-12;prof-90;;',
  '0000002C;6B;6e;26;prof-12|prof-13;;;',
  '0000002C;6AB ALL1;6e;18;prof-14;;6A|6B;LV6',
  '0000002C;6AB ESP1;6e;20;prof-15;;6A|6B;LV6',
  '',
].join('\r\n');

/** What becomes of each column: read, dropped because it is about pupils, or dropped because nobody knows it. */
export function rosterColumns(headers: readonly string[]): { missing: string[]; pupil: number[]; unknown: number[] } {
  const names = headers.map(fieldName);
  const columnsWhere = (test: (name: string) => boolean): number[] =>
    names.flatMap((name, at) => (name !== '' && test(name) ? [at + 1] : []));
  const isKnown = (name: string): boolean => KNOWN_COLUMNS.has(name);
  const missing = ROSTER_COLUMNS.slice(0, 4).filter(
    (column) => !names.includes(column) && !names.includes(`${column}s`) && !names.includes(`${column}x`),
  );
  return {
    missing,
    pupil: columnsWhere((name) => !isKnown(name) && PUPIL_COLUMN.test(name)),
    unknown: columnsWhere((name) => !isKnown(name) && !PUPIL_COLUMN.test(name)),
  };
}

const listOf = (text: string): string[] => [
  ...new Set(
    text
      .split('|')
      .map((part) => part.trim().replace(/\s+/g, ' '))
      .filter((part) => part !== ''),
  ),
];

/** A class name as it is compared: single spaces, composed accents. */
export const classCodeOf = (text: string): string => text.normalize('NFC').trim().replace(/\s+/g, ' ');

/** The UAI of a line that is otherwise refused, where it can be read: its establishment keeps what the line may have meant. */
export function uaiOfRefused(record: FileRecord): string | undefined {
  try {
    return uaiField(record, 'uai');
  } catch {
    return undefined;
  }
}

/** Reads one line. Throws LineRefusal, whose message repeats nothing of the line. */
export function readRosterLine(record: FileRecord): RosterLine {
  const uai = uaiField(record, 'uai');
  if (record.fields.has(EXTRA_VALUES))
    throw new LineRefusal(null, 'value_count', 'The line has more values than there are columns.');
  const rawCode = classCodeOf(textField(record, 'classe'));
  if (rawCode === '') throw new LineRefusal('classe', 'class_missing', 'The class has no name.');
  const levels = parseLevels(textField(record, 'niveau', 'niveaux'));
  if (!levels)
    throw new LineRefusal(
      'niveau',
      'level_unknown',
      'The level is missing or unknown: write PS MS GS CP CE1 CE2 CM1 CM2 6e 5e 4e 3e 2nde 1re Tle CAP1 CAP2 2PRO 1PRO TPRO BTS ULIS, several separated by |.',
    );
  if (textField(record, 'effectif', 'effectifs') === '')
    throw new LineRefusal('effectif', 'headcount_missing', 'The headcount is missing.');
  const headcount = countField(record, CLASS_PUPILS, 'effectif', 'effectifs');
  const groupSources = listOf(textField(record, 'groupe_de')).map(classCodeOf);
  const serie = textField(record, 'serie');
  if (serie !== '' && groupSources.length === 0)
    throw new LineRefusal('serie', 'option_set_without_group', 'Only a group (groupe_de) can be in a set of options.');
  const isSecondDegree = !['pre_elementary', 'elementary'].includes(levelGroupOf(levels));
  const needsAlias = mayNamePerson(rawCode, isSecondDegree);
  if (!needsAlias && rawCode.length > CODE_CHARACTERS)
    throw new LineRefusal('classe', 'class_too_long', `A class name has at most ${CODE_CHARACTERS} characters.`);
  const teachers = listOf(textField(record, 'enseignants', 'enseignant'));
  const sharedTeachers = listOf(textField(record, 'enseignants_partages'));
  if (teachers.length + sharedTeachers.length > TEACHER_COUNT)
    throw new LineRefusal('enseignants', 'teacher_count', `A class has at most ${TEACHER_COUNT} teachers.`);
  return {
    uai,
    rawCode,
    needsAlias,
    label: `${groupSources.length > 0 ? 'GR ' : ''}${levelsLabel(levels)}`,
    levels,
    headcount,
    groupSources,
    optionSet: serie === '' ? null : optionSetOf(uai, serie),
    teachers,
    sharedTeachers,
  };
}

/** A set of options only has to equal itself: one that may name a person is kept as a hash. */
function optionSetOf(uai: string, serie: string): string {
  if (!mayNamePerson(serie, true) && serie.length <= CODE_CHARACTERS) return serie;
  return createHash('sha256').update(`${uai}\0${serie}`).digest('hex').slice(0, 12);
}
