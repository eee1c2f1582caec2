import { csvText } from '../common/csv.rules';
import { DateTime } from 'luxon';
import writeExcelFile, { type SheetData } from 'write-excel-file/node';
import { ACTIVITIES, AUDIENCES } from '../campaign/window-kind';
import type { Language } from '../common/language.rules';
import { secondsOfCell } from '../kernel/cell-grid';
import type { WindowRow } from '../plan/window-wire.rules';

/** Where the clock times need no word about their zone. */
const USUAL_ZONE = 'Europe/Paris';

const WORDS = {
  fr: {
    sheet: 'Semaine',
    columns: ['jour', 'date', 'début', 'fin', 'classe', 'niveau', 'public', 'activité'],
    pupils: 'élèves',
    relatives: 'parents',
    staff: 'personnels',
    open: 'accès libre',
    live: 'classe en direct',
  },
  en: {
    sheet: 'Week',
    columns: ['day', 'date', 'start', 'end', 'class', 'level', 'audience', 'activity'],
    pupils: 'pupils',
    relatives: 'relatives',
    staff: 'staff',
    open: 'open window',
    live: 'live class',
  },
} as const;
/** Of the columns, in characters. */
const WIDTHS = [12, 12, 18, 18, 14, 12, 14, 20];

/** The columns of a week, named in a language; the zone of the times where it is another than that of Paris. */
export function weekHeader(zone: string, language: Language): string[] {
  const told = zone === USUAL_ZONE ? '' : ` (${zone})`;
  return WORDS[language].columns.map((name, column) => (column === 2 || column === 3 ? name + told : name));
}

/** A line for each window, by start: day, date, start and end on the clock of the school, class, level, audience, activity. */
export function weekLines(
  windows: readonly WindowRow[],
  levelsOfClass: ReadonlyMap<number, readonly string[]>,
  language: Language,
): string[][] {
  const words = WORDS[language];
  return windows.map(({ startCell, cellCount, timeZone, date, classId, classCode, audience, activity }) => {
    const at = (cell: number) => DateTime.fromSeconds(secondsOfCell(cell), { zone: timeZone }).setLocale(language);
    return [
      at(startCell).toFormat('cccc'),
      date,
      at(startCell).toFormat('HH:mm'),
      at(startCell + cellCount).toFormat('HH:mm'),
      classCode ?? '',
      classId === null ? '' : (levelsOfClass.get(classId) ?? []).join(', '),
      words[AUDIENCES[audience]!],
      words[ACTIVITIES[activity]!],
    ];
  });
}

/** As spreadsheets of French schools open it: UTF-8 with its mark, `;`, CRLF; what looks like a formula stays a text. */
export function weekCsv(header: readonly string[], lines: readonly string[][]): string {
  return csvText([header, ...lines], { hasMark: true });
}

/** As a workbook of one sheet, whose cells are all texts and none a formula, but the dates. */
export function weekXlsx(header: readonly string[], lines: readonly string[][], language: Language): Promise<Buffer> {
  const rows: SheetData = [
    header.map((value) => ({ value, type: String, fontWeight: 'bold' as const })),
    ...lines.map((line) =>
      line.map((value, column) =>
        column === 1
          ? { value: new Date(`${value}T00:00:00Z`), type: Date, format: 'dd/mm/yyyy' }
          : { value, type: String },
      ),
    ),
  ];
  const columns = WIDTHS.map((width) => ({ width }));
  return writeExcelFile(rows, { sheet: WORDS[language].sheet, columns, stickyRowsCount: 1 }).toBuffer();
}
