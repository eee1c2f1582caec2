/** Something that lasts, shown behind the lines of a chart. */
export interface ChartBar {
  name: string;
  /** On the axis: a category, or an instant. */
  from: string;
  to: string;
  /** Where it begins, 0 to 1 of the axis: names of late ones stand to the left of their end, so that they stay on the chart. */
  fromRatio: number;
}

const ROW_PIXELS = 16;
const MOST_ROWS = 5;

/** The bars as ECharts takes them, each name on a line of its own: steps that are taken together overlap. */
export const markedBars = (bars: readonly ChartBar[], ink: string) => ({
  itemStyle: { color: ink, opacity: 0.1 },
  data: bars.map(({ name, from, to, fromRatio }, k) => [
    {
      name,
      xAxis: from,
      label: {
        color: ink,
        position: fromRatio > 0.6 ? 'insideTopRight' : 'insideTopLeft',
        offset: [0, (k % MOST_ROWS) * ROW_PIXELS],
      },
    },
    { xAxis: to },
  ]),
});
