import { SegmentedControl } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../shared/chart';
import { formatCount, formatDay, formatHour, formatPercent, formatTime } from '../../shared/format';
import { LINES, type LineName } from '../../shared/load-scale';
import type { Resource } from './data';
import { peakOf, type DayPoint } from './day-load';

interface DayChartProps {
  points: DayPoint[];
  date: string;
  timeZone: string;
  resource: Resource;
  onResource: (resource: Resource) => void;
  /** What the territory and the other plan are called, where their curves are among the points. */
  names: { ofTerritory: string; compared: string };
}

const SERIES: readonly LineName[] = [
  'everybodyAtWish',
  'letterByLevel',
  'compared',
  'planned',
  'ofTerritory',
  'observed',
  'simulated',
  'background',
  'limit',
  'capacity',
];

/** The day's load as a curve under its bounds, beside the curves without a plan; a brush zooms. */
export function DayChart({ points, date, timeZone, resource, onResource, names }: DayChartProps) {
  const { t } = useTranslation('authority');
  const valueOf = (name: LineName, point: DayPoint): number | undefined =>
    point[name as keyof DayPoint] as number | undefined;
  const shown = SERIES.filter((name) => points.some((point) => valueOf(name, point) !== undefined));
  const nameOf = useCallback(
    (name: LineName): string => (name === 'ofTerritory' || name === 'compared' ? names[name] : t(`line.${name}`)),
    [names, t],
  );
  const option = useCallback(
    (isDark: boolean) => {
      const ink = isDark ? '#dfe6f1' : '#222b3a';
      return {
        grid: { left: 64, right: 16, top: 48, bottom: 72 },
        legend: { top: 0, type: 'scroll', textStyle: { color: ink } },
        tooltip: { trigger: 'axis', valueFormatter: (value: number) => formatCount(value) },
        dataZoom: [{ type: 'inside' }, { type: 'slider', bottom: 8, height: 24 }],
        xAxis: {
          type: 'category',
          data: points.map(({ hour }) => formatHour(hour)),
          axisLabel: { color: ink },
          boundaryGap: false,
        },
        yAxis: { type: 'value', axisLabel: { color: ink, formatter: (value: number) => formatCount(value) } },
        series: shown.map((name) => {
          const line = LINES[name];
          const color = isDark ? line.dark : line.light;
          return {
            type: 'line',
            name: nameOf(name),
            data: points.map((point) => valueOf(name, point) ?? null),
            showSymbol: false,
            sampling: 'max',
            color,
            lineStyle: { color, type: line.type, width: line.width },
            ...(name === 'planned' && { areaStyle: { color, opacity: 0.12 } }),
          };
        }),
      };
    },

    [points, nameOf],
  );
  const peak = peakOf(
    points,
    ({ planned }) => planned,
    ({ capacity }) => capacity,
  );
  const without = peakOf(
    points,
    (point) => point.everybodyAtWish ?? 0,
    ({ capacity }) => capacity,
  );
  return (
    <Chart
      title={t('day.title', { day: formatDay(date) })}
      fileName={`etale-charge-${date}-${resource}`}
      height={380}
      option={option}
      summary={
        peak &&
        t(without && without.ratio > 0 ? 'day.summary' : 'day.summaryAlone', {
          ratio: formatPercent(peak.ratio),
          time: formatTime(new Date(peak.at), timeZone),
          without: formatPercent(without?.ratio ?? 0),
        })
      }
      controls={
        <SegmentedControl
          size="xs"
          aria-label={t('resource.choose')}
          data={(['sessions', 'logins'] as const).map((value) => ({ value, label: t(`resource.${value}`) }))}
          value={resource}
          onChange={(value) => onResource(value)}
        />
      }
      table={() => ({
        columns: [t('day.hour'), ...shown.map(nameOf)],
        rows: points.map((point) => [point.hour, ...shown.map((name) => Math.round(valueOf(name, point) ?? 0))]),
      })}
    />
  );
}
