import { csvText } from '../common/csv.rules';
import type { FairnessRow } from './plan-evidence';
import type { FairnessGroupDto } from './plan-evidence.dto';

const hundredths = (value: number): number => Math.round(value * 100) / 100;
const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1e4) / 1e4;

/** A row of the sheet as callers read it. */
export function fairnessGroupOf({ atWishCount, badHourCount, meanMinutes, ...row }: FairnessRow): FairnessGroupDto {
  return {
    ...row,
    meanMinutes: meanMinutes === null ? null : hundredths(meanMinutes),
    atWishRatio: share(atWishCount, row.wishedCount),
    badHourRatio: share(badHourCount, row.windowCount) ?? 0,
  };
}

const CSV_COLUMNS: readonly [name: string, field: keyof FairnessGroupDto][] = [
  ['critere', 'dimension'],
  ['valeur', 'value'],
  ['creneaux', 'windowCount'],
  ['avec_souhait', 'wishedCount'],
  ['part_a_l_heure_souhaitee', 'atWishRatio'],
  ['decalage_moyen_minutes', 'meanMinutes'],
  ['decalage_median_minutes', 'medianMinutes'],
  ['decalage_p90_minutes', 'p90Minutes'],
  ['decalage_p95_minutes', 'p95Minutes'],
  ['decalage_maximal_minutes', 'worstMinutes'],
  ['part_heures_defavorables', 'badHourRatio'],
  ['autre_jour', 'otherDayCount'],
];

const FRENCH: Record<string, string> = {
  all: 'ensemble',
  kind: 'type',
  level: 'niveau',
  department: 'département',
  academy: 'académie',
  region: 'région',
  sector: 'secteur',
  priority_education: 'éducation prioritaire',
  private: 'privé',
  none: 'hors éducation prioritaire',
  rep: 'REP',
  rep_plus: 'REP+',
  unknown: 'inconnu',
};

/** The sheet as CSV for French spreadsheets: byte order mark, `;`, decimal comma, CRLF. */
export function fairnessCsv(groups: readonly FairnessGroupDto[]): string {
  const field = (value: string | number | null): string | number | null =>
    typeof value === 'string' ? (FRENCH[value] ?? value) : value;
  const rows = groups.map((group) => CSV_COLUMNS.map(([, name]) => field(group[name])));
  return csvText([CSV_COLUMNS.map(([name]) => name), ...rows], { hasMark: true, hasDecimalComma: true });
}
