import type { TFunction } from 'i18next';
import type { Schema } from '../../shared/api';
import { formatCount, formatPercent } from '../../shared/format';

/**
 * What is proven of a plan, in few words: how near it is to the best one; of a replan how many windows it moves and how many have to
 * move, for it minimises these and not the distance from the wishes.
 */
export function provenOf(
  { replan, gapRatio }: Pick<Schema<'CertificateDto'>, 'replan' | 'gapRatio'>,
  t: TFunction<'operator'>,
): string {
  if (replan)
    return t('work.moved', {
      moved: formatCount(replan.movedWindowCount),
      least: formatCount(replan.movedWindowBound),
    });
  return gapRatio === null ? '–' : t('work.atBest', { gap: formatPercent(gapRatio, 1) });
}
