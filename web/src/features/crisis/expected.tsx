import { Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../shared/api';
import { formatCount, formatWait } from '../../shared/format';

type Effect = Schema<'ExpectedEffectDto'>;

/** What a step costs those whom it concerns, as a sentence says it: who is told to come back; in a waiting room how long one waits. */
export function effectWords(effect: Effect, t: TFunction<'crisis'>): string {
  return effect.hasWaitingRoom
    ? t('enforce.expectedWait', {
        before: formatWait(effect.meanWaitSecondsBefore),
        after: formatWait(effect.meanWaitSeconds),
        waitingBefore: formatCount(effect.peakWaitingCountBefore),
        waiting: formatCount(effect.peakWaitingCount),
      })
    : t('enforce.expected', {
        before: formatCount(effect.refusedCountBefore),
        after: formatCount(effect.refusedCount),
      });
}

interface ExpectedProps {
  expected: Effect;
  step: { scope: Schema<'StepScopeDto'>; measures: Schema<'StepMeasuresDto'> };
}

/**
 * What is expected without and with a step: the day's peak, who is told to come back, how long those wait who get in, and who goes away.
 * Where a waiting room is open a step makes people wait and refuses hardly anybody: the room stands there instead of the refusals.
 */
export function Expected({ expected, step }: ExpectedProps) {
  const { t } = useTranslation('crisis');
  const { featuresOff = [], capacityPerMille = 1000 } = step.measures;
  return (
    <div className="expected">
      <Bars title={t('expected.peak')} before={expected.peakSessionsBefore} after={expected.peakSessions} />
      {expected.hasWaitingRoom ? (
        <Bars title={t('expected.room')} before={expected.peakWaitingCountBefore} after={expected.peakWaitingCount} />
      ) : (
        <Bars title={t('expected.refused')} before={expected.refusedCountBefore} after={expected.refusedCount} />
      )}
      <Bars
        title={t('expected.wait')}
        before={expected.meanWaitSecondsBefore}
        after={expected.meanWaitSeconds}
        format={formatWait}
      />
      <Bars title={t('expected.gaveUp')} before={expected.gaveUpCountBefore} after={expected.gaveUpCount} />
      {featuresOff.length > 0 && <Text size="sm">{t('expected.notReckoned')}</Text>}
      {capacityPerMille < 1000 && <Text size="sm">{t('expected.beforeReplan')}</Text>}
    </div>
  );
}

interface BarsProps {
  title: string;
  before: number;
  after: number;
  format?: (value: number) => string;
}

function Bars({ title, before, after, format = formatCount }: BarsProps) {
  const { t } = useTranslation('crisis');
  const most = Math.max(1, before, after);
  return (
    <>
      <Text size="sm">{title}</Text>
      {(
        [
          ['before', before],
          ['after', after],
        ] as const
      ).map(([name, value]) => (
        <div key={name} className={name}>
          <span>{t(`expected.${name}`)}</span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect width={(100 * value) / most} height="10" />
          </svg>
          <span>{format(value)}</span>
        </div>
      ))}
    </>
  );
}
