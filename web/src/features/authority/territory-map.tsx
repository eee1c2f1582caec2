import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../shared/chart';
import { formatPercent } from '../../shared/format';
import { LOAD_STEPS } from '../../shared/load-scale';
import type { TerritoryRow } from './territory-rows';

interface TerritoryMapProps {
  rows: TerritoryRow[];
  measure: Measure;
  onPick: (code: string) => void;
}

export const MEASURES = ['load', 'answers', 'adherence'] as const;
export type Measure = (typeof MEASURES)[number];

export const measureOf = (row: TerritoryRow, measure: Measure): number | undefined =>
  measure === 'load' ? row.loadRatio : measure === 'answers' ? row.answeredRatio : row.adherenceRatio;

/** Territories where their schools lie, the larger the more load, coloured by what is asked; those far overseas are in the table only. */
export function TerritoryMap({ rows, measure, onPick }: TerritoryMapProps) {
  const { t } = useTranslation('authority');
  const placed = rows.filter(({ latitude, longitude }) => latitude !== null && longitude !== null && isNear(latitude, longitude, rows)); // prettier-ignore
  const option = useCallback(
    (isDark: boolean) => {
      const ink = isDark ? '#dfe6f1' : '#222b3a';
      const largest = Math.max(1, ...placed.map(({ peakLoad }) => peakLoad));
      return {
        grid: { left: 80, right: 80, top: 36, bottom: 48 },
        tooltip: {
          formatter: ({ name, value }: { name: string; value: number[] }) =>
            `${name} : ${formatPercent(value[2] ?? 0)}`,
        },
        xAxis: { type: 'value', scale: true, show: false },
        yAxis: { type: 'value', scale: true, show: false },
        series: [
          {
            type: 'scatter',
            data: placed.map((row) => {
              const value = measureOf(row, measure) ?? 0;
              const step = LOAD_STEPS.findLast(({ from }) => value >= from) ?? LOAD_STEPS[0];
              return {
                name: row.name,
                value: [row.longitude, row.latitude, value],
                symbolSize: 18 + 34 * Math.sqrt(row.peakLoad / largest),
                itemStyle: { color: isDark ? step.dark : step.light, borderColor: ink, borderWidth: 1 },
              };
            }),
            label: { show: true, position: 'bottom', color: ink, formatter: '{b}', width: 130, overflow: 'truncate' },
          },
        ],
      };
    },
    [placed, measure],
  );
  return (
    <Chart
      title={t('map.title', { measure: t(`measure.${measure}`) })}
      fileName={`etale-carte-${measure}`}
      height={300}
      option={option}
      onPick={({ name }) => {
        const row = placed.find((one) => one.name === name);
        if (row) onPick(row.code);
      }}
      table={() => ({
        columns: [t('table.territory'), t(`measure.${measure}`)],
        rows: rows.map((row) => [
          row.name,
          measureOf(row, measure) === undefined ? '–' : formatPercent(measureOf(row, measure)!),
        ]),
      })}
    />
  );
}

/** Within some ten degrees of where most territories are. */
function isNear(latitude: number, longitude: number, rows: readonly TerritoryRow[]): boolean {
  const middle = (values: (number | null)[]): number => {
    const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
    return known[Math.floor(known.length / 2)] ?? 0;
  };
  return (
    Math.abs(latitude - middle(rows.map((row) => row.latitude))) < 10 &&
    Math.abs(longitude - middle(rows.map((row) => row.longitude))) < 10
  );
}
