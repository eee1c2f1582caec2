import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../shared/api';
import { Chart } from '../../shared/chart';
import { markedBars } from '../../shared/chart-bars';
import { civilDateOf, civilHourOf, formatCount, formatHour, formatPercent } from '../../shared/format';
import { LINES } from '../../shared/load-scale';
import type { CapacityCurve, MeasuredDay, Step } from './data';
import { said } from './said';

interface DayLineProps {
  measured: MeasuredDay;
  capacity: CapacityCurve;
  planned: Schema<'LoadCurveDto'> | undefined;
  steps: readonly Step[];
}

interface Point {
  hour: string;
  planned: number | null;
  observed: number | null;
  limit: number;
  capacity: number;
}

const SHOWN = ['planned', 'observed', 'limit', 'capacity'] as const;
const MINUTES = 60_000;

/** The day of the platform with now as a line: what was planned, what is observed, what it bears, and the steps as bars. */
export function DayLine({ measured, capacity, planned, steps }: DayLineProps) {
  const { t } = useTranslation('crisis');
  const points = useMemo(() => pointsOf(measured, capacity, planned), [measured, capacity, planned]);
  const series = SHOWN.filter((name) => points.some((point) => point[name] !== null));
  const option = useCallback(
    (isDark: boolean) => {
      const ink = isDark ? '#dfe6f1' : '#222b3a';
      const axis = points.map(({ hour }) => hour);
      const now = hourOn(new Date(), measured, axis);
      const bars = steps.flatMap((step) => {
        if (step.enforcedAt === null) return [];
        const [from, to] = [step.startsAt, step.endsAt].map((at) => hourOn(new Date(at), measured, axis));
        const fromRatio = axis.findIndex((hour) => formatHour(hour) === from) / axis.length;
        return from === to ? [] : [{ name: said(step.name), from: from!, to: to!, fromRatio }];
      });
      return {
        grid: { left: 64, right: 16, top: 48, bottom: 72 },
        legend: { top: 0, type: 'scroll', textStyle: { color: ink } },
        tooltip: {
          trigger: 'axis',
          valueFormatter: (value: number | null) => (value === null ? '–' : formatCount(value)),
        },
        dataZoom: [{ type: 'inside' }, { type: 'slider', bottom: 8, height: 24 }],
        xAxis: {
          type: 'category',
          data: points.map(({ hour }) => formatHour(hour)),
          axisLabel: { color: ink },
          boundaryGap: false,
        },
        yAxis: { type: 'value', axisLabel: { color: ink, formatter: (value: number) => formatCount(value) } },
        series: series.map((name) => {
          const line = LINES[name];
          const color = isDark ? line.dark : line.light;
          return {
            type: 'line',
            name: t(`line.${name}`),
            data: points.map((point) => point[name]),
            showSymbol: false,
            color,
            lineStyle: { color, type: line.type, width: line.width },
            ...(name === 'capacity' && {
              markLine: {
                symbol: 'none',
                label: { formatter: t('day.now'), color: ink, position: 'end', distance: 8 },
                lineStyle: { color: ink },
                data: isOnAxis(now, axis) ? [{ xAxis: now }] : [],
              },
              markArea: markedBars(bars, ink),
            }),
          };
        }),
      };
    },
    [points, series, steps, measured, t],
  );
  const peak = points.reduce<Point | undefined>(
    (best, point) => (point.observed !== null && point.observed > (best?.observed ?? -1) ? point : best),
    undefined,
  );
  return (
    <Chart
      title={t('day.title')}
      fileName={`etale-observe-${measured.date}`}
      height={360}
      option={option}
      summary={
        peak
          ? t('day.summary', {
              time: formatHour(peak.hour),
              sessions: formatCount(peak.observed ?? 0),
              ratio: formatPercent((peak.observed ?? 0) / Math.max(1, peak.capacity)),
            })
          : t('day.nothing')
      }
      table={() => ({
        columns: [t('day.hour'), ...series.map((name) => t(`line.${name}`))],
        rows: points.map((point) => [point.hour, ...series.map((name) => point[name] ?? '')]),
      })}
    />
  );
}

/** Cells of the day from 6 to 22 h, or from the first one that was measured where that is earlier. */
function pointsOf(measured: MeasuredDay, capacity: CapacityCurve, planned: DayLineProps['planned']): Point[] {
  const start = Date.parse(measured.startsAt);
  const at = (curve: { startsAt: string }, i: number): number =>
    i + Math.round((start - Date.parse(curve.startsAt)) / (measured.stepMinutes * MINUTES));
  const points = measured.sessions.map((observed, i): Point => {
    const bounds = at(capacity, i);
    const load = planned && at(planned, i);
    const figures = planned?.sessions;
    return {
      hour: civilHourOf(new Date(start + i * measured.stepMinutes * MINUTES), measured.timeZone),
      planned:
        load === undefined || figures?.planned[load] === undefined
          ? null
          : Math.round(figures.planned[load] + (figures.background?.[load] ?? 0) + (figures.otherPlans?.[load] ?? 0)),
      observed,
      limit: Math.round(
        ((capacity.sessions.effectiveThousandths[bounds] ?? 0) - (capacity.sessions.headroomThousandths[bounds] ?? 0)) /
          1000,
      ),
      capacity: Math.round((capacity.sessions.effectiveThousandths[bounds] ?? 0) / 1000),
    };
  });
  const from = points.find(({ observed }) => observed !== null)?.hour ?? '06:00';
  return points.filter(({ hour }) => hour >= (from < '06:00' ? from : '06:00') && hour < '22:00');
}

/** The label of an instant on an axis of hours (HH:MM) of the measured day; of its first or last one where it lies outside. */
function hourOn(instant: Date, { date, timeZone, stepMinutes }: MeasuredDay, axis: readonly string[]): string {
  const [first = '', last = ''] = [axis[0], axis.at(-1)];
  const step = stepMinutes * MINUTES;
  const at = new Date(Math.floor(instant.getTime() / step) * step);
  const on = civilDateOf(at, timeZone);
  const hour = on < date ? first : on > date ? last : civilHourOf(at, timeZone);
  return formatHour(hour < first ? first : hour > last ? last : hour);
}

/** Whether a label is of an hour between the ends, at which what lies outside is gathered. */
const isOnAxis = (label: string, axis: readonly string[]): boolean =>
  axis.length > 0 && label !== formatHour(axis[0]!) && label !== formatHour(axis.at(-1)!);
