import { NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount, formatDecimal } from '../../shared/format';
import type { Plan } from '../../shared/plans';
import { Failure } from '../../shared/states';
import { useComparison, useOtherPlans } from './data';

/** This plan beside another one of its campaign: how much moved, who gains and who loses. */
export function PlanComparison({ plan }: { plan: Plan }) {
  const { t } = useTranslation('authority');
  const others = useOtherPlans(plan);
  const [withId, setWith] = useState<number>();
  const comparison = useComparison(plan.id, withId);
  if (!others.data || others.data.length === 0) return null;
  const all = comparison.data?.all;
  return (
    <section className="no-print">
      <Text component="h2" fw={600} size="md">
        {t('comparison.title')}
      </Text>
      <Stack gap="xs">
        <NativeSelect
          label={t('comparison.with')}
          maw={360}
          value={withId ?? ''}
          onChange={({ currentTarget: { value } }) => setWith(value ? Number(value) : undefined)}
          data={[
            { value: '', label: t('comparison.choose') },
            ...others.data.map(({ id, state }) => ({ value: String(id), label: t('comparison.plan', { id, state: t(`planState.${state}`) }) })), // prettier-ignore
          ]}
        />
        {comparison.isError && <Failure error={comparison.error} />}
        {all && (
          <Text>
            {t('comparison.text', {
              moved: formatCount(all.movedCount),
              windows: formatCount(all.windowCount),
              earlier: formatCount(all.earlierCount),
              later: formatCount(all.laterCount),
              gaining: formatCount(all.gainingCount),
              losing: formatCount(all.losingCount),
              change: formatDecimal(all.displacementMinutesChange, 0),
            })}
          </Text>
        )}
      </Stack>
    </section>
  );
}
