import { ACTIVITIES, AUDIENCES, ORIGINS } from '../campaign/window-kind';
import { LEAD_CELLS } from '../kernel/cell-grid';
import { displacementOf } from './displacement.rules';
import type { WindowDto } from './window.dto';
import type { ZonedInstants } from './zoned-instants';

/** A window as it is read from the table, with the names that belong to it. */
export interface WindowRow {
  id: number;
  planId: number;
  /** 0 where the window has not changed since its plan was published. */
  revision: number;
  seriesId: number | null;
  uai: string;
  departmentCode: string;
  classId: number | null;
  classCode: string | null;
  /** Indices into AUDIENCES, ACTIVITIES and ORIGINS. */
  audience: number;
  activity: number;
  origin: number;
  date: string;
  startCell: number;
  cellCount: number;
  timeZone: string;
  wishCell: number | null;
  headcount: number;
  profileId: number;
  establishmentId: number;
  teacherKeyId: number | null;
}

/**
 * A row as callers read it; `publishedRevision` is that of its plan, null for a draft. Whether two live windows have the same
 * teacher is told to who checks a whole plan, and to nobody else.
 */
export function windowOf(
  row: WindowRow,
  publishedRevision: number | null,
  instants: ZonedInstants,
  isForChecking = false,
): WindowDto {
  const { startCell, wishCell, timeZone } = row;
  const startsAt = instants.of(startCell, timeZone);
  const wishedAt = wishCell === null ? null : instants.of(wishCell, timeZone);
  return {
    id: row.id,
    planId: row.planId,
    revision: publishedRevision === null ? null : Math.max(row.revision, publishedRevision),
    seriesId: row.seriesId,
    uai: row.uai,
    departmentCode: row.departmentCode,
    classId: row.classId,
    classCode: row.classCode,
    audience: AUDIENCES[row.audience]!,
    activity: ACTIVITIES[row.activity]!,
    origin: ORIGINS[row.origin]!,
    date: row.date,
    startsAt,
    endsAt: instants.of(startCell + row.cellCount, timeZone),
    entryOpensAt: instants.of(startCell - LEAD_CELLS, timeZone),
    timeZone,
    wishedAt,
    ...displacementOf(startsAt, startCell, wishedAt, wishCell),
    headcount: row.headcount,
    profileId: row.profileId,
    startCell,
    cellCount: row.cellCount,
    teacherKeyId: isForChecking && ACTIVITIES[row.activity] === 'live' ? row.teacherKeyId : null,
  };
}

/** The columns of the CSV export, in French: name and the field that it shows. */
const CSV_COLUMNS: readonly [name: string, field: keyof WindowDto][] = [
  ['creneau', 'id'],
  ['plan', 'planId'],
  ['revision', 'revision'],
  ['serie', 'seriesId'],
  ['uai', 'uai'],
  ['departement', 'departmentCode'],
  ['id_classe', 'classId'],
  ['classe', 'classCode'],
  ['public', 'audience'],
  ['activite', 'activity'],
  ['origine', 'origin'],
  ['date', 'date'],
  ['debut', 'startsAt'],
  ['fin', 'endsAt'],
  ['ouverture_entree', 'entryOpensAt'],
  ['fuseau', 'timeZone'],
  ['debut_souhaite', 'wishedAt'],
  ['decalage_jours', 'displacementDays'],
  ['decalage_minutes', 'displacementMinutes'],
  ['effectif', 'headcount'],
  ['profil', 'profileId'],
  ['pas_debut', 'startCell'],
  ['nombre_pas', 'cellCount'],
  ['enseignant', 'teacherKeyId'],
];

const FRENCH: Record<string, string> = {
  pupils: 'élèves',
  relatives: 'parents',
  staff: 'personnels',
  open: 'accès libre',
  live: 'classe en direct',
  allocated: 'attribué',
  fixed: 'imposé',
  booked: 'réservé',
};
const TRANSLATED = new Set<keyof WindowDto>(['audience', 'activity', 'origin']);

/** With the byte order mark by which spreadsheets know UTF-8. */
export const CSV_HEADER = `\uFEFF${CSV_COLUMNS.map(([name]) => name).join(';')}\r\n`;

/** A window as a line of CSV: `;` between fields, CRLF at the end, as RFC 4180 quotes. */
export function csvLineOf(window: WindowDto): string {
  let line = '';
  for (const [, field] of CSV_COLUMNS) {
    const value = window[field];
    const text = value === null ? '' : String(value);
    if (line !== '') line += ';';
    line += TRANSLATED.has(field) ? FRENCH[text] : field === 'classCode' ? quoted(text) : text;
  }
  return `${line}\r\n`;
}

/** A class code is text of others: a spreadsheet must neither split it nor take it for a formula. By hand, as a plan has some hundred thousand lines. */
function quoted(text: string): string {
  const harmless = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[;"\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
