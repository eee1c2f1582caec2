import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { saveAs, type Schema } from '../../shared/api';
import { csvOf, type ChartTable } from '../../shared/chart-table';
import { formatCount, formatDecimal } from '../../shared/format';
import type { Plan } from '../../shared/plans';
import { Failure } from '../../shared/states';
import { useComparison, useOtherPlans } from './data';

interface PlanComparisonProps {
  plan: Plan;
  names: ReadonlyMap<string, string>;
  withId: number | undefined;
  onWith: (planId: number | undefined) => void;
}

/** This plan beside another one of its campaign: how much moved, who gains and who loses; its curve lies over the day's. */
export function PlanComparison({ plan, names, withId, onWith }: PlanComparisonProps) {
  const { t } = useTranslation('authority');
  const others = useOtherPlans(plan);
  const comparison = useComparison(plan.id, withId);
  if (!others.data || others.data.length === 0) return null;
  const all = comparison.data?.all;
  return (
    <section className="no-print">
      <Text component="h2" fw={600} size="md">
        {t('comparison.title')}
      </Text>
      <Stack gap="xs">
        <Group align="flex-end">
          <NativeSelect
            label={t('comparison.with')}
            maw={360}
            value={withId ?? ''}
            onChange={({ currentTarget: { value } }) => onWith(value ? Number(value) : undefined)}
            data={[
              { value: '', label: t('comparison.choose') },
              ...others.data.map(({ id, state }) => ({
                value: String(id),
                label: t('comparison.plan', { id, state: t(`planState.${state}`) }),
              })),
            ]}
          />
          {comparison.data && (
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() =>
                saveAs(
                  new Blob([csvOf(tableOf(comparison.data, names, t))], { type: 'text/csv' }),
                  `etale-comparaison-${plan.id}-${withId}.csv`,
                )
              }
            >
              CSV
            </Button>
          )}
        </Group>
        {comparison.isLoadingError && <Failure error={comparison.error} />}
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
            })}{' '}
            {t('comparison.curve')}
          </Text>
        )}
      </Stack>
    </section>
  );
}

const FIGURES = [
  'windowCount',
  'movedCount',
  'earlierCount',
  'laterCount',
  'addedCount',
  'removedCount',
  'changedEstablishmentCount',
  'gainingCount',
  'losingCount',
  'displacementMinutesChange',
  'otherDayCountBefore',
  'otherDayCountAfter',
] as const;

function tableOf(
  { all, byKind, byDepartment }: Schema<'ComparisonDto'>,
  names: ReadonlyMap<string, string>,
  t: (key: string, values?: Record<string, unknown>) => string,
): ChartTable {
  const row = (name: string, figures: Schema<'ComparisonFiguresDto'>) => [name, ...FIGURES.map((key) => figures[key])];
  return {
    columns: [t('fairness.group'), ...FIGURES.map((key) => t(`comparison.${key}`))],
    rows: [
      row(t('fairness.all'), all),
      ...byKind.map((one) => row(t(`value.${one.kind}`, { defaultValue: one.kind }), one)),
      ...byDepartment.map((one) => row(names.get(one.departmentCode) ?? one.departmentCode, one)),
    ],
  };
}
