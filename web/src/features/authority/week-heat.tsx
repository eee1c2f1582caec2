import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../shared/chart';
import { civilDateOf, formatHour, formatPercent, formatShortDay, labelled } from '../../shared/format';
import { LOAD_STEPS } from '../../shared/load-scale';
import type { DayPoint } from './day-load';

interface WeekHeatProps {
  points: DayPoint[];
  days: string[];
  timeZone: string;
  onPick: (date: string) => void;
}

/** Days by half hours: how much of what may be used is used; a click shows the day. */
export function WeekHeat({ points, days, timeZone, onPick }: WeekHeatProps) {
  const { t } = useTranslation('authority');
  const { t: common } = useTranslation();
  const cells = useMemo(() => cellsOf(points, days, timeZone), [points, days, timeZone]);
  const option = useCallback(
    (isDark: boolean) => {
      const ink = isDark ? '#dfe6f1' : '#222b3a';
      return {
        grid: { left: 90, right: 8, top: 8, bottom: 76 },
        tooltip: {
          formatter: ({ value }: { value: [number, number, number] }) =>
            labelled(
              `${formatShortDay(days[value[1]]!)} ${formatHour(cells.hours[value[0]]!)}`,
              formatPercent(value[2]),
            ),
        },
        xAxis: { type: 'category', data: cells.hours.map(formatHour), axisLabel: { color: ink } },
        yAxis: { type: 'category', data: days.map(formatShortDay), inverse: true, axisLabel: { color: ink } },
        visualMap: {
          type: 'piecewise',
          orient: 'horizontal',
          bottom: 0,
          left: 0,
          itemWidth: 14,
          itemGap: 6,
          textGap: 4,
          textStyle: { color: ink, fontSize: 11 },
          pieces: LOAD_STEPS.map((step, i) => ({
            gte: step.from,
            ...(LOAD_STEPS[i + 1] && { lt: LOAD_STEPS[i + 1]!.from }),
            color: isDark ? step.dark : step.light,
            label: common(`load.${step.word}`),
          })),
        },
        series: [
          {
            type: 'heatmap',
            data: cells.values,
            itemStyle: { borderWidth: 1, borderColor: isDark ? '#242424' : '#fff' },
          },
        ],
      };
    },
    [cells, days, common],
  );
  return (
    <Chart
      title={t('heat.title')}
      fileName="etale-semaine"
      height={300}
      option={option}
      onPick={({ value }) => {
        const day = Array.isArray(value) ? days[(value as number[])[1]!] : undefined;
        if (day) onPick(day);
      }}
      table={() => ({
        columns: [t('day.hour'), ...days.map(formatShortDay)],
        rows: cells.hours.map((hour, column) => [
          hour,
          ...days.map((_, row) => formatPercent(cells.values.find(([x, y]) => x === column && y === row)?.[2] ?? 0)),
        ]),
      })}
    />
  );
}

function cellsOf(points: readonly DayPoint[], days: readonly string[], timeZone: string) {
  const largest = new Map<string, number>();
  const hours = new Set<string>();
  for (const point of points) {
    const ratio = point.limit > 0 ? point.planned / point.limit : 0;
    const hour = `${point.hour.slice(0, 2)}:${Number(point.hour.slice(3)) < 30 ? '00' : '30'}`;
    const day = days.indexOf(civilDateOf(new Date(point.at), timeZone));
    if (day < 0) continue;
    const key = `${day} ${hour}`;
    largest.set(key, Math.max(largest.get(key) ?? 0, ratio));
    if (ratio > 0.1) hours.add(hour);
  }
  const shown = [...hours].sort();
  const values = [...largest].flatMap(([key, ratio]): [number, number, number][] => {
    const [day = '', hour = ''] = key.split(' ');
    const column = shown.indexOf(hour);
    return column < 0 ? [] : [[column, Number(day), Math.round(ratio * 1000) / 1000]];
  });
  return { hours: shown, values };
}
