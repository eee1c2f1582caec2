import { Button, Group, NativeSelect, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { download } from '../../shared/api';
import { formatCount, formatDecimal, formatPercent } from '../../shared/format';
import { Failure, Loading } from '../../shared/states';
import { sayRefused } from '../../shared/undo';
import { useFairness } from './data';

const DIMENSIONS = ['kind', 'level', 'department', 'sector', 'priority_education'] as const;

/** Who bears how much of the spreading: by kind, level, department, sector, priority education. */
export function FairnessSheet({ planId, names }: { planId: number; names: ReadonlyMap<string, string> }) {
  const { t } = useTranslation('authority');
  const sheet = useFairness(planId);
  const [dimension, setDimension] = useState<(typeof DIMENSIONS)[number]>('kind');
  if (sheet.isPending) return <Loading what={t('loading.fairness')} height={120} />;
  if (sheet.isLoadingError) return <Failure error={sheet.error} onRetry={() => void sheet.refetch()} />;
  const rows = sheet.data.groups.filter((group) => group.dimension === dimension || group.dimension === 'all');
  const minutes = (value: number | null): string => (value === null ? '–' : `${formatDecimal(value)} min`);
  return (
    <section>
      <Group justify="space-between" mb={4}>
        <Text component="h2" fw={600} size="md">
          {t('fairness.title')}
        </Text>
        <Group gap={4} className="no-print">
          <NativeSelect
            aria-label={t('fairness.by')}
            data={DIMENSIONS.map((value) => ({ value, label: t(`fairness.${value}`) }))}
            value={dimension}
            onChange={({ currentTarget: { value } }) => setDimension(value as (typeof DIMENSIONS)[number])}
          />
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() =>
              void download(`/v1/plans/${planId}/fairness`, `etale-equite-${planId}.csv`, 'text/csv').catch(sayRefused)
            }
          >
            CSV
          </Button>
        </Group>
      </Group>
      <div className="scroll-x" role="region" aria-label={t('fairness.title')} tabIndex={0}>
        <Table withTableBorder striped className="figures">
          <Table.Thead>
            <Table.Tr>
              {['group', 'windows', 'atWish', 'mean', 'median', 'p95', 'worst', 'otherDay', 'badHours'].map(
                (column) => (
                  <Table.Th key={column} ta={column === 'group' ? 'left' : 'right'}>
                    {t(`fairness.${column}`)}
                  </Table.Th>
                ),
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={`${row.dimension} ${row.value}`}>
                <Table.Th scope="row" fw={row.dimension === 'all' ? 700 : 500}>
                  {row.dimension === 'all'
                    ? t('fairness.all')
                    : (names.get(row.value) ?? t(`value.${row.value}`, { defaultValue: row.value }))}
                </Table.Th>
                <Table.Td ta="right">{formatCount(row.windowCount)}</Table.Td>
                <Table.Td ta="right">{row.atWishRatio === null ? '–' : formatPercent(row.atWishRatio)}</Table.Td>
                <Table.Td ta="right">{minutes(row.meanMinutes)}</Table.Td>
                <Table.Td ta="right">{minutes(row.medianMinutes)}</Table.Td>
                <Table.Td ta="right">{minutes(row.p95Minutes)}</Table.Td>
                <Table.Td ta="right">{minutes(row.worstMinutes)}</Table.Td>
                <Table.Td ta="right">{formatCount(row.otherDayCount)}</Table.Td>
                <Table.Td ta="right">{formatPercent(row.badHourRatio)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}
