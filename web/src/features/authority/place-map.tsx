import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../shared/chart';
import { formatPercent, labelled } from '../../shared/format';
import { LOAD_STEPS } from '../../shared/load-scale';

/** What lies somewhere: a territory or a school. */
export interface Place {
  code: string;
  name: string;
  latitude: number | null;
  longitude: number | null;
  /** How large it is drawn, against the others. */
  weight: number;
  /** What colours it; undefined where nothing is known: then it is hollow. */
  ratio: number | undefined;
}

interface PlaceMapProps {
  places: readonly Place[];
  title: string;
  /** The answer in a sentence. */
  summary?: string | undefined;
  /** What the colour says. */
  measure: string;
  /** Whether each has its name beside it; many only have it when they are pointed at. */
  isNamed: boolean;
  fileName: string;
  onPick: (code: string) => void;
}

/** Territories or schools where they lie, the larger the more they weigh, coloured by what is asked; those far overseas are in the table only. */
export function PlaceMap({ places, title, summary, measure, isNamed, fileName, onPick }: PlaceMapProps) {
  const { t } = useTranslation('authority');
  const option = useCallback(
    (isDark: boolean) => {
      const ink = isDark ? '#dfe6f1' : '#222b3a';
      const largest = Math.max(1, ...places.map(({ weight }) => weight));
      const [least, most] = isNamed ? [18, 34] : [7, 13];
      const drawn = (isKnown: boolean) => ({
        type: 'scatter',
        data: places
          .filter((place) => isNear(place, places) && (place.ratio !== undefined) === isKnown)
          .map(({ name, longitude, latitude, ratio, weight }) => ({
            name,
            value: [longitude, latitude, ratio ?? 0],
            symbolSize: least + most * Math.sqrt(weight / largest),
          })),
        itemStyle: { borderColor: ink, borderWidth: 1, ...(!isKnown && { color: 'transparent' }) },
        label: { show: isNamed, position: 'bottom', color: ink, formatter: '{b}', width: 130, overflow: 'truncate' },
        labelLayout: { hideOverlap: true },
      });
      return {
        grid: { left: isNamed ? 80 : 16, right: isNamed ? 80 : 16, top: 28, bottom: isNamed ? 80 : 48 },
        tooltip: {
          formatter: ({ name, value, seriesIndex }: { name: string; value: number[]; seriesIndex: number }) =>
            labelled(name, seriesIndex === 0 ? formatPercent(value[2] ?? 0) : '–'),
        },
        xAxis: { type: 'value', scale: true, show: false },
        yAxis: { type: 'value', scale: true, show: false },
        visualMap: {
          type: 'piecewise',
          seriesIndex: 0,
          dimension: 2,
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
            label: i === 0 ? `< ${formatPercent(LOAD_STEPS[1].from)}` : `≥ ${formatPercent(step.from)}`,
          })),
        },
        series: [drawn(true), drawn(false)],
      };
    },
    [places, isNamed],
  );
  return (
    <Chart
      title={title}
      summary={summary}
      fileName={fileName}
      height={320}
      option={option}
      onPick={({ name }) => {
        const place = places.find((one) => one.name === name);
        if (place) onPick(place.code);
      }}
      table={() => ({
        columns: [t('map.place'), measure],
        rows: places.map(({ name, ratio }) => [name, ratio === undefined ? '–' : formatPercent(ratio)]),
      })}
    />
  );
}

/** Within some ten degrees of where most lie. */
function isNear({ latitude, longitude }: Place, places: readonly Place[]): boolean {
  if (latitude === null || longitude === null) return false;
  const middle = (values: (number | null)[]): number => {
    const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
    return known[Math.floor(known.length / 2)] ?? 0;
  };
  return (
    Math.abs(latitude - middle(places.map((place) => place.latitude))) < 10 &&
    Math.abs(longitude - middle(places.map((place) => place.longitude))) < 10
  );
}
