import { csvText } from '../common/csv.rules';
import type { AnswerCountsDto, EstablishmentAnswerDto } from './answer-progress.dto';
import type { EstablishmentProgress } from './answer-progress.store';

type Counts = Omit<AnswerCountsDto, 'answeredRatio' | 'acceptedBySilenceCount'>;

/** Counts with the share of those who answered for all of their classes, and with what silence says once it accepts. */
export function countsOf(counts: Counts, isClosed: boolean): AnswerCountsDto {
  const {
    establishmentCount,
    acceptedCount,
    partlyAcceptedCount,
    changeAskedCount,
    unansweredCount,
    wishesStatedCount,
  } = counts;
  const answeredRatio =
    establishmentCount === 0 ? null : Math.round(((acceptedCount + changeAskedCount) / establishmentCount) * 1e4) / 1e4;
  return {
    establishmentCount,
    acceptedCount,
    partlyAcceptedCount,
    changeAskedCount,
    unansweredCount,
    acceptedBySilenceCount: isClosed ? unansweredCount + partlyAcceptedCount : 0,
    answeredRatio,
    wishesStatedCount,
  };
}

export function sumOf(rows: readonly Counts[]): Counts {
  const sum = (field: keyof Counts): number => rows.reduce((total, row) => total + row[field], 0);
  return {
    establishmentCount: sum('establishmentCount'),
    acceptedCount: sum('acceptedCount'),
    partlyAcceptedCount: sum('partlyAcceptedCount'),
    changeAskedCount: sum('changeAskedCount'),
    unansweredCount: sum('unansweredCount'),
    wishesStatedCount: sum('wishesStatedCount'),
  };
}

export function establishmentAnswerOf(
  { answeredAt, ...row }: EstablishmentProgress,
  isClosed: boolean,
): EstablishmentAnswerDto {
  const hasAcceptedBySilence = isClosed && (row.answer === 'none' || row.answer === 'partly_accepted');
  return { ...row, hasAcceptedBySilence, answeredAt: answeredAt?.toISOString() ?? null };
}

const CSV_COLUMNS: readonly [name: string, field: keyof EstablishmentAnswerDto][] = [
  ['uai', 'uai'],
  ['nom', 'name'],
  ['type', 'kind'],
  ['departement', 'departmentCode'],
  ['classes', 'classCount'],
  ['reponse', 'answer'],
  ['accepte_par_silence', 'hasAcceptedBySilence'],
  ['qualite', 'quality'],
  ['repondu_le', 'answeredAt'],
  ['souhaits_exprimes', 'hasStatedWishes'],
];

const FRENCH: Record<string, string> = {
  accepted: 'accepté',
  partly_accepted: 'accepté en partie',
  change_asked: 'modification demandée',
  none: 'sans réponse',
  head: 'direction',
  deputy: 'suppléance',
  inspector: 'inspection',
  authority: 'autorité',
  operator: 'exploitant',
  true: 'oui',
  false: 'non',
};
const TRANSLATED = new Set<keyof EstablishmentAnswerDto>([
  'answer',
  'hasAcceptedBySilence',
  'quality',
  'hasStatedWishes',
]);

/** With the byte order mark by which spreadsheets know UTF-8. */
export const progressCsvHeader = (): string => csvText([CSV_COLUMNS.map(([name]) => name)], { hasMark: true });

/** A line for French spreadsheets; a name that looks like a formula stays a text. */
export function progressCsvLine(row: EstablishmentAnswerDto): string {
  const fields = CSV_COLUMNS.map(([, field]) => {
    const value = row[field];
    const text = value === null ? '' : String(value);
    return TRANSLATED.has(field) ? (FRENCH[text] ?? text) : text;
  });
  return csvText([fields]);
}
