import { type PointerEvent, type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'preact/compat';
import type { HistogramBar } from '../../analytics/time/histogram.js';
import type { OverTime } from '../answers/over-time.js';
import { time as timeText } from '../parts/format.js';
import { usePrinting } from '../parts/printing.js';
import { Bars, ComparedLine } from './chart-bars.js';
import { ChartLegend } from './chart-legend.js';
import { highestOf, LEFT, labelsFor, METRICS, type Metric, type Scale, scaleOf, TOP, valuesOf } from './chart-scale.js';
import { ChartTable } from './chart-table.js';
import { Tip } from './chart-tip.js';

interface ChartProps {
  readonly time: OverTime;
  readonly metric: Metric;
  readonly zone: string;
  readonly height?: number;
  /** Takes the span that was marked with the pointer. */
  readonly onBrush?: (start: number, end: number) => void;
}

/** Pixels between the margins of a sheet, upright. */
const PAPER_WIDTH = 660;

/** Bars over time. It is drawn as SVG, so the theme colours it, and its numbers can be shown as a table. */
export function Chart({ time, metric, zone, height = 148, onBrush }: ChartProps): ReactNode {
  const { bars } = time.histogram;
  const frame = useRef<HTMLDivElement>(null);
  const measured = useWidth(frame);
  const width = usePrinting() ? PAPER_WIDTH : measured;
  const scale = scaleOf(time, { metric, height, width });
  const [isTable, setTable] = useState(false);
  const pointer = usePointer({ frame, bars, scale, onBrush });
  return (
    <div className="chart" ref={frame}>
      {isTable ? (
        <ChartTable time={time} metric={metric} zone={zone} />
      ) : (
        <svg
          width={scale.width}
          height={height}
          viewBox={`0 0 ${scale.width} ${height}`}
          role="img"
          aria-label={chartText(time, metric, zone)}
          className={onBrush ? 'brushable' : ''}
          {...pointer.handlers}
        >
          <Grid scale={scale} metric={metric} />
          <Bars time={time} metric={metric} scale={scale} hovered={pointer.hovered} />
          <ComparedLine time={time} metric={metric} scale={scale} />
          <TimeAxis bars={bars} scale={scale} zone={zone} />
          <Marked span={pointer.marked} scale={scale} />
        </svg>
      )}
      {!isTable && pointer.hovered !== null && (
        <Tip time={time} metric={metric} index={pointer.hovered} scale={scale} zone={zone} />
      )}
      <div className="chart-foot">
        <ChartLegend time={time} metric={metric} zone={zone} />
        <button type="button" className="chart-switch quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {isTable ? 'View as chart' : 'View as table'}
        </button>
      </div>
    </div>
  );
}

/** The chart for those who do not see it. */
function chartText(time: OverTime, metric: Metric, zone: string): string {
  const { label, axis } = METRICS[metric];
  const { bars } = time.histogram;
  const span = `from ${timeText(bars[0]?.start ?? 0, zone)} to ${timeText(bars.at(-1)?.end ?? 1, zone)} ${zone}`;
  return `${label} over time, ${bars.length} bars ${span}. The highest is ${axis(highestOf(valuesOf(time, metric)))}.`;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Which bar the pointer is over, and the span that it marks while it is held down. */
function usePointer({
  frame,
  bars,
  scale,
  onBrush,
}: {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly bars: readonly HistogramBar[];
  readonly scale: Scale;
  readonly onBrush: ChartProps['onBrush'];
}) {
  const [hovered, setHovered] = useState<number | null>(null);
  const [brush, setBrush] = useState<{ from: number; to: number } | null>(null);
  const indexAt = (event: PointerEvent<SVGSVGElement>): number =>
    scale.barAt(event.clientX - (frame.current?.getBoundingClientRect().left ?? 0));
  const marked = brush && spanOf(bars, brush);
  const handlers = {
    onPointerMove: (event: PointerEvent<SVGSVGElement>): void => {
      const index = indexAt(event);
      setHovered(index);
      if (brush) setBrush({ ...brush, to: index });
    },
    onPointerLeave: (): void => setHovered(null),
    onPointerDown: (event: PointerEvent<SVGSVGElement>): void => {
      if (!onBrush || event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const index = indexAt(event);
      setBrush({ from: index, to: index });
    },
    onPointerUp: (): void => {
      if (marked && onBrush) onBrush(marked.start, marked.end);
      setBrush(null);
    },
    onPointerCancel: (): void => setBrush(null),
  };
  return { hovered, marked, handlers };
}

function spanOf(
  bars: readonly HistogramBar[],
  { from, to }: { readonly from: number; readonly to: number },
): Span | null {
  const start = bars[Math.min(from, to)]?.start;
  const end = bars[Math.max(from, to)]?.end;
  return start === undefined || end === undefined ? null : { start, end };
}

function Grid({ scale, metric }: { readonly scale: Scale; readonly metric: Metric }): ReactNode {
  return scale.ticks.map((tick) => {
    const y = scale.y(tick);
    return (
      <g key={tick}>
        <line className="grid" x1={LEFT} x2={scale.width} y1={Math.round(y) + 0.5} y2={Math.round(y) + 0.5} />
        <text className="axis" x={LEFT - 8} y={y + 3.5} textAnchor="end">
          {METRICS[metric].axis(tick)}
        </text>
      </g>
    );
  });
}

function TimeAxis({
  bars,
  scale,
  zone,
}: {
  readonly bars: readonly HistogramBar[];
  readonly scale: Scale;
  readonly zone: string;
}): ReactNode {
  const { x, y, width, height, plot } = scale;
  const anchor = (at: number): 'start' | 'middle' | 'end' =>
    at - LEFT < 22 ? 'start' : width - at < 22 ? 'end' : 'middle';
  return (
    <>
      <line className="base" x1={LEFT} x2={width} y1={y(0) + 0.5} y2={y(0) + 0.5} />
      {labelsFor(bars, zone, plot.width).map(({ instant, text }) => (
        <text key={instant} className="axis" x={x(instant)} y={height - 5} textAnchor={anchor(x(instant))}>
          {text}
        </text>
      ))}
    </>
  );
}

function Marked({ span, scale }: { readonly span: Span | null; readonly scale: Scale }): ReactNode {
  if (!span) return null;
  const left = scale.x(span.start);
  return <rect className="brush" x={left} width={scale.x(span.end) - left} y={TOP} height={scale.plot.height} />;
}

function useWidth(frame: RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(800);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}
