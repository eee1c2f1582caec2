import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../shared/api';
import { formatCount } from '../../shared/format';

type Effect = Schema<'ExpectedEffectDto'>;

/** Who is told to come back without and with a step, as a sentence says it. */
export const effectWords = ({ refusedCountBefore, refusedCount }: Effect) => ({
  before: formatCount(refusedCountBefore),
  after: formatCount(refusedCount),
});

interface ExpectedProps {
  expected: Effect;
  step: { scope: Schema<'StepScopeDto'>; measures: Schema<'StepMeasuresDto'> };
}

/** What is expected without and with a step: the day's peak, and who is told to come back. */
export function Expected({ expected, step }: ExpectedProps) {
  const { t } = useTranslation('crisis');
  const { featuresOff = [], capacityPerMille = 1000 } = step.measures;
  return (
    <div className="expected">
      <Bars title={t('expected.peak')} before={expected.peakSessionsBefore} after={expected.peakSessions} />
      <Bars title={t('expected.refused')} before={expected.refusedCountBefore} after={expected.refusedCount} />
      {featuresOff.length > 0 && <Text size="sm">{t('expected.notReckoned')}</Text>}
      {capacityPerMille < 1000 && <Text size="sm">{t('expected.beforeReplan')}</Text>}
    </div>
  );
}

function Bars({ title, before, after }: { title: string; before: number; after: number }) {
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
          <span>{formatCount(value)}</span>
        </div>
      ))}
    </>
  );
}
