import type { Schema } from '../../shared/api';
import type { ChartTable } from '../../shared/chart-table';
import type { Certificate } from './data';

type Translate = (key: string, values?: Record<string, unknown>) => string;

const percent = (ratio: number): number => Math.round(ratio * 1000) / 10;

/** The figures that matter as rows for a spreadsheet: what, how much, in what. */
export function keyFigures(
  certificate: Certificate,
  answers: Schema<'AnswersByTerritoryDto'> | undefined,
  t: Translate,
): ChartTable {
  const { sessions, logins, displacement, baselinePeakRatios: without } = certificate;
  const rows: [string, string | number, string][] = [
    ['peakSessions', percent(sessions.capacityRatio), '%'],
    ['peakSessionsAt', sessions.peakAt, ''],
    ['peakLogins', percent(logins.capacityRatio), '%'],
    ['peakLoginsAt', logins.peakAt, ''],
    ['utilisationSessions', percent(sessions.meanLimitRatio), '%'],
    ['utilisationLogins', percent(logins.meanLimitRatio), '%'],
    ['windows', certificate.windowCount, ''],
    ['unplaced', certificate.unplacedCount, ''],
    ['atWish', percent(displacement.atWishRatio), '%'],
    ['mean', Math.round(displacement.meanMinutes * 10) / 10, 'min'],
    ['worst', displacement.worstMinutes, 'min'],
    ['gap', certificate.gapRatio === null ? '' : percent(certificate.gapRatio), '%'],
    ['schools', answers?.total.establishmentCount ?? '', ''],
    ['unanswered', answers?.total.unansweredCount ?? '', ''],
    ['withoutSessions', percent(without.everybodyAtWish.sessionsRatio), '%'],
    ['withoutLogins', percent(without.everybodyAtWish.loginsRatio), '%'],
    ['letterSessions', percent(without.letterByLevel.sessionsRatio), '%'],
    ['letterLogins', percent(without.letterByLevel.loginsRatio), '%'],
  ];
  return {
    columns: [t('figures.figure'), t('figures.value'), t('figures.unit')],
    rows: rows.map(([key, value, unit]) => [t(`figures.${key}`), value, unit]),
  };
}
