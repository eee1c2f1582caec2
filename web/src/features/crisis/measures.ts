import type { TFunction } from 'i18next';
import type { Schema } from '../../shared/api';
import { formatHour, formatPercent } from '../../shared/format';

const UNTOUCHED = 1000;

/** What a step does, a sentence each. */
export function measuresOf(measures: Schema<'StepMeasuresDto'>, t: TFunction<'crisis'>): string[] {
  const { defersRelatives, relativesHours, isLiveOnly, walkInPerMille = UNTOUCHED, idleMinutes = null } = measures;
  const { featuresOff = [], capacityPerMille = UNTOUCHED } = measures;
  const sentences = [
    defersRelatives &&
      (relativesHours
        ? t('does.relativesHours', { from: formatHour(relativesHours.from), to: formatHour(relativesHours.to) })
        : t('does.defersRelatives')),
    isLiveOnly && t('does.isLiveOnly'),
    walkInPerMille < UNTOUCHED && t('does.walkIn', { ratio: formatPercent(walkInPerMille / UNTOUCHED) }),
    idleMinutes !== null && t('does.idle', { minutes: idleMinutes }),
    featuresOff.length > 0 && t('does.features', { names: featuresOff.join(', ') }),
    capacityPerMille < UNTOUCHED && t('does.capacity', { ratio: formatPercent(capacityPerMille / UNTOUCHED) }),
  ].filter((sentence) => typeof sentence === 'string');
  return sentences.length > 0 ? sentences : [t('does.byHand')];
}
