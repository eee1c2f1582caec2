import { type ReactNode, useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../shared/api';
import { Chart } from '../../shared/chart';
import { markedBars } from '../../shared/chart-bars';
import { civilDateOf, formatCount, formatInstant, formatShortDay } from '../../shared/format';
import { LINES } from '../../shared/load-scale';

interface CapacityChartProps {
  curve: Schema<'CapacityCurveDto'>;
  regulations: readonly Schema<'RegulationDto'>[];
  controls?: ReactNode;
  onDraw: ((from: number, to: number) => void) | undefined;
}

/** Declared capacity as steps on a time line with now as a line and regulations as bars. */
export function CapacityChart({ curve, regulations, controls, onDraw }: CapacityChartProps) {
  const { t } = useTranslation('operator');
  const start = new Date(curve.startsAt).getTime();
  const at = useCallback((i: number) => new Date(start + i * curve.stepMinutes * 60_000).toISOString(), [start, curve]);
  const option = useCallback(
    (isDark: boolean) => {
      const ink = isDark ? '#dfe6f1' : '#222b3a';
      const last = start + curve.pointCount * curve.stepMinutes * 60_000;
      const bars = regulations
        .filter(({ startsAt, endsAt }) => Date.parse(endsAt) > start && Date.parse(startsAt) < last)
        .map(({ startsAt, endsAt, reason }) => ({
          name: reason,
          from: startsAt,
          to: endsAt,
          fromRatio: (Date.parse(startsAt) - start) / (last - start),
        }));
      const series = (['capacity', 'limit', 'background'] as const).map((name) => {
        const line = LINES[name];
        const color = isDark ? line.dark : line.light;
        const column =
          name === 'capacity'
            ? 'effectiveThousandths'
            : name === 'limit'
              ? 'limitThousandths'
              : 'backgroundThousandths';
        return {
          type: 'line',
          step: 'end',
          name: t(`capacity.line.${name}`),
          color,
          showSymbol: false,
          lineStyle: { color, type: line.type, width: line.width },
          data: curve.sessions[column].map((value, i) => [at(i), value / 1000]),
          ...(name === 'capacity' && {
            markLine: {
              symbol: 'none',
              label: { formatter: t('capacity.now'), color: ink, distance: 8 },
              lineStyle: { color: ink },
              data: [{ xAxis: new Date().toISOString() }],
            },
            markArea: markedBars(bars, ink),
          }),
        };
      });
      return {
        grid: { left: 64, right: 24, top: 40, bottom: 64 },
        legend: { top: 0, type: 'scroll', textStyle: { color: ink } },
        tooltip: { trigger: 'axis', valueFormatter: (value: number) => formatCount(value) },
        dataZoom: [{ type: 'inside' }, { type: 'slider', bottom: 4, height: 20 }],
        xAxis: {
          type: 'time',
          axisLabel: {
            color: ink,
            hideOverlap: true,
            formatter: (instant: number) => formatShortDay(civilDateOf(new Date(instant), curve.timeZone)),
          },
        },
        yAxis: { type: 'value', axisLabel: { color: ink, formatter: (value: number) => formatCount(value) } },
        series,
      };
    },
    [curve, regulations, start, at, t],
  );
  return (
    <Chart
      title={t('capacity.title')}
      fileName="etale-capacite"
      height={280}
      option={option}
      controls={controls}
      {...(onDraw && { onDraw })}
      table={() => ({
        columns: [
          t('capacity.from'),
          t('capacity.line.capacity'),
          t('capacity.line.limit'),
          t('capacity.line.background'),
        ],
        rows: Array.from({ length: curve.pointCount }, (_, i) => [
          formatInstant(at(i), curve.timeZone),
          ...[
            curve.sessions.effectiveThousandths,
            curve.sessions.limitThousandths,
            curve.sessions.backgroundThousandths,
          ].map((column) => Math.round((column[i] ?? 0) / 1000)),
        ]),
      })}
    />
  );
}
