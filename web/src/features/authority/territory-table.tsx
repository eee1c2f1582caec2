import { Button, Group, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { saveAs } from '../../shared/api';
import { csvOf } from '../../shared/chart-table';
import { formatCount, formatDecimal, formatPercent } from '../../shared/format';
import type { TerritoryRow } from './territory-rows';

const COLUMNS = [
  'peakLoad',
  'establishmentCount',
  'answeredRatio',
  'unansweredCount',
  'meanMinutes',
  'worstMinutes',
  'adherenceRatio',
] as const;
type Column = (typeof COLUMNS)[number];

const FORMAT: Record<Column, (value: number) => string> = {
  peakLoad: formatCount,
  establishmentCount: formatCount,
  answeredRatio: (value) => formatPercent(value),
  unansweredCount: formatCount,
  meanMinutes: (value) => `${formatDecimal(value)} min`,
  worstMinutes: (value) => `${formatCount(value)} min`,
  adherenceRatio: (value) => formatPercent(value),
};

/** Territories, sortable by each figure, with the day's curve in the row; a click goes down. */
export function TerritoryTable({
  rows,
  title,
  onPick,
}: {
  rows: TerritoryRow[];
  title: string;
  onPick: (code: string) => void;
}) {
  const { t } = useTranslation('authority');
  const [sorted, setSorted] = useState<{ by: Column | 'name'; isDown: boolean }>({ by: 'peakLoad', isDown: true });
  const shown = rows.toSorted((a, b) => {
    const order =
      sorted.by === 'name' ? a.name.localeCompare(b.name, 'fr') : (a[sorted.by] ?? -1) - (b[sorted.by] ?? -1);
    return sorted.isDown ? -order : order;
  });
  const used = COLUMNS.filter((column) => rows.some((row) => row[column] !== undefined));
  const cell = (row: TerritoryRow, column: Column): string =>
    row[column] === undefined ? '–' : FORMAT[column](row[column]);
  const header = (by: Column | 'name', label: string) => (
    <Table.Th
      key={by}
      aria-sort={sorted.by === by ? (sorted.isDown ? 'descending' : 'ascending') : 'none'}
      ta={by === 'name' ? 'left' : 'right'}
    >
      <button
        type="button"
        className="sort"
        onClick={() => setSorted({ by, isDown: sorted.by === by ? !sorted.isDown : by !== 'name' })}
      >
        {label}
        <span aria-hidden="true">{sorted.by === by ? (sorted.isDown ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </Table.Th>
  );
  return (
    <section>
      <Group justify="space-between" mb={4}>
        <Text component="h2" fw={600} size="md">
          {title}
        </Text>
        <Button
          className="no-print"
          variant="subtle"
          size="compact-sm"
          onClick={() =>
            saveAs(
              new Blob(
                [
                  csvOf({
                    columns: [t('table.code'), t('table.territory'), ...used.map((column) => t(`table.${column}`))],
                    rows: shown.map((row) => [row.code, row.name, ...used.map((column) => row[column] ?? '')]),
                  }),
                ],
                { type: 'text/csv' },
              ),
              'etale-territoires.csv',
            )
          }
        >
          {t('table.csv')}
        </Button>
      </Group>
      <div className="scroll-x" role="region" aria-label={title} tabIndex={0}>
        <Table withTableBorder striped stickyHeader className="figures">
          <Table.Thead>
            <Table.Tr>
              {header('name', t('table.territory'))}
              <Table.Th>{t('table.curve')}</Table.Th>
              {used.map((column) => header(column, t(`table.${column}`)))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((row) => (
              <Table.Tr key={row.code}>
                <Table.Th scope="row" fw={500}>
                  <button type="button" className="link" onClick={() => onPick(row.code)}>
                    {row.name}
                  </button>
                </Table.Th>
                <Table.Td>
                  <SmallCurve values={row.curve} />
                </Table.Td>
                {used.map((column) => (
                  <Table.Td key={column} ta="right">
                    {cell(row, column)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

/** A day's load without axes: its shape. */
function SmallCurve({ values }: { values: readonly number[] }) {
  if (values.length === 0) return null;
  const top = Math.max(1, ...values);
  const points = values.map(
    (value, i) => `${((i * 120) / Math.max(1, values.length - 1)).toFixed(1)},${(23 - (21 * value) / top).toFixed(1)}`,
  );
  return (
    <svg width="120" height="24" viewBox="0 0 120 24" aria-hidden="true" className="small-curve">
      <polyline points={points.join(' ')} fill="none" strokeWidth="1.5" />
    </svg>
  );
}
