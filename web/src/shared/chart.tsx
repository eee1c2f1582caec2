import { Button, Group, Table, Text, useComputedColorScheme } from '@mantine/core';
import { HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import { init, use as register, type EChartsCoreOption, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useId, useRef, useState, type PointerEvent, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { saveAs } from './api';
import { csvOf, type ChartTable } from './chart-table';

register([
  LineChart,
  HeatmapChart,
  ScatterChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  DataZoomComponent,
  MarkAreaComponent,
  MarkLineComponent,
  VisualMapComponent,
  SVGRenderer,
]);

interface ChartProps {
  title: string;
  /** The answer in a sentence, read before the picture. */
  summary?: ReactNode;
  fileName: string;
  height: number;
  /** What ECharts draws; made for light or dark. */
  option: (isDark: boolean) => EChartsCoreOption;
  /** The same as a table, and as CSV. */
  table: () => ChartTable;
  onPick?: (event: { seriesName?: string; name?: string; value?: unknown; dataIndex: number }) => void;
  controls?: ReactNode;
  /** A stretch of the time axis, as it was drawn with the pointer; while it is given, the picture neither zooms nor pans. */
  onDraw?: (from: number, to: number) => void;
}

/** A picture of figures, always with its table behind a button, and its export as CSV, SVG and PNG. */
export function Chart({ title, summary, fileName, height, option, table, onPick, controls, onDraw }: ChartProps) {
  const { t } = useTranslation();
  const isDark = useComputedColorScheme('light') === 'dark';
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const picked = useRef(onPick);
  const [isTable, setTable] = useState(false);
  const titleId = useId();

  useEffect(() => {
    picked.current = onPick;
  }, [onPick]);
  useEffect(() => {
    if (isTable || !element.current) return undefined;
    const made = init(element.current, undefined, { renderer: 'svg' });
    chart.current = made;
    made.on('click', (event) => picked.current?.(event as Parameters<NonNullable<typeof onPick>>[0]));
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, [isTable]);
  useEffect(() => {
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    chart.current?.setOption(
      { animation: !calm, animationDuration: 200, ...withQuietGrid(option(isDark), isDark) },
      { notMerge: true },
    );
  }, [option, isDark, isTable]);

  const svg = (): string => chart.current?.renderToSVGString() ?? '';
  return (
    <section aria-labelledby={titleId} className="chart">
      <Group justify="space-between" gap="xs" mb={4}>
        <Text component="h2" id={titleId} fw={600} size="md">
          {title}
        </Text>
        <Group gap={4} className="no-print">
          {controls}
          <Button variant="subtle" size="compact-sm" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
            {t(isTable ? 'chart.asPicture' : 'chart.asTable')}
          </Button>
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => saveAs(new Blob([csvOf(table())], { type: 'text/csv' }), `${fileName}.csv`)}
          >
            CSV
          </Button>
          {!isTable && (
            <>
              <Button
                variant="subtle"
                size="compact-sm"
                onClick={() => saveAs(new Blob([svg()], { type: 'image/svg+xml' }), `${fileName}.svg`)}
              >
                SVG
              </Button>
              <Button
                variant="subtle"
                size="compact-sm"
                onClick={() => void pngOf(svg(), isDark).then((png) => saveAs(png, `${fileName}.png`))}
              >
                PNG
              </Button>
            </>
          )}
        </Group>
      </Group>
      {summary && (
        <Text size="sm" mb={4}>
          {summary}
        </Text>
      )}
      {isTable ? (
        <TableOf title={title} table={table()} height={height} />
      ) : (
        <div style={{ position: 'relative' }}>
          <div ref={element} role="img" aria-labelledby={titleId} style={{ height, width: '100%' }} />
          {onDraw && <DrawingLayer chart={chart} onDraw={onDraw} />}
        </div>
      )}
    </section>
  );
}

/** The lines behind the curves stay behind them: the library's own are as bright as a curve in the dark. */
function withQuietGrid(option: EChartsCoreOption, isDark: boolean): EChartsCoreOption {
  const axis = option.yAxis as { type?: string; show?: boolean } | undefined;
  if (axis?.type !== 'value' || axis.show === false) return option;
  return { ...option, yAxis: { ...axis, splitLine: { lineStyle: { color: isDark ? '#3a4252' : '#e3e7ee' } } } };
}

/** Over a chart with a time axis: a drag marks a stretch of it. Who has no pointer says the same in a form. */
function DrawingLayer({
  chart,
  onDraw,
}: {
  chart: RefObject<EChartsType | null>;
  onDraw: NonNullable<ChartProps['onDraw']>;
}) {
  const [drawn, setDrawn] = useState<{ from: number; to: number }>();
  const at = (event: PointerEvent<HTMLDivElement>): number =>
    event.clientX - event.currentTarget.getBoundingClientRect().left;
  return (
    <div
      aria-hidden="true"
      className="drawing"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrawn({ from: at(event), to: at(event) });
      }}
      onPointerMove={(event) => drawn && setDrawn({ ...drawn, to: at(event) })}
      onPointerCancel={() => setDrawn(undefined)}
      onPointerUp={(event) => {
        if (!drawn) return;
        setDrawn(undefined);
        const [from, to] = [drawn.from, at(event)]
          .toSorted((a, b) => a - b)
          .map((x) => Number(chart.current?.convertFromPixel({ xAxisIndex: 0 }, x)));
        if (from !== undefined && to !== undefined) onDraw(from, to);
      }}
    >
      {drawn && (
        <div
          style={{ left: Math.min(drawn.from, drawn.to), width: Math.abs(drawn.to - drawn.from) }}
          className="drawn"
        />
      )}
    </div>
  );
}

function TableOf({ title, table, height }: { title: string; table: ChartTable; height: number }) {
  return (
    <div style={{ maxHeight: height, overflow: 'auto' }} role="region" aria-label={title} tabIndex={0}>
      <Table stickyHeader withRowBorders striped className="figures">
        <Table.Thead>
          <Table.Tr>
            {table.columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.rows.map((row, index) => (
            <Table.Tr key={index}>
              {row.map((cell, column) =>
                column === 0 ? (
                  <Table.Th key={column} scope="row" fw={500}>
                    {cell}
                  </Table.Th>
                ) : (
                  <Table.Td key={column}>{cell}</Table.Td>
                ),
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

/** A drawing as PNG, twice as dense as the screen's points. */
async function pngOf(svg: string, isDark: boolean): Promise<Blob> {
  const image = new Image();
  await new Promise((done, failed) => {
    image.onload = done;
    image.onerror = failed;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
  const canvas = document.createElement('canvas');
  canvas.width = image.width * 2;
  canvas.height = image.height * 2;
  const context = canvas.getContext('2d')!;
  context.fillStyle = isDark ? '#141b28' : '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return await new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png'),
  );
}
