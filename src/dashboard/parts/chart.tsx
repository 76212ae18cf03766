import { type PointerEvent, type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { Histogram, HistogramBar } from '../../analytics/time/histogram.js';
import { highestOf, LEFT, labelsFor, METRICS, type Metric, type Scale, scaleOf, TOP } from './chart-scale.js';
import { bytes, count, time, usd } from './format.js';

export type { Metric } from './chart-scale.js';

interface ChartProps {
  readonly histogram: Histogram;
  readonly metric: Metric;
  readonly zone: string;
  readonly height?: number;
  /** Takes the span that was marked with the pointer. */
  readonly onBrush?: (start: number, end: number) => void;
}

/** Bars over time. It is drawn as SVG, so the theme colours it, and its numbers can be shown as a table. */
export function Chart({ histogram: { bars }, metric, zone, height = 148, onBrush }: ChartProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const scale = scaleOf(bars, { metric, height, width: useWidth(frame) });
  const [isTable, setTable] = useState(false);
  const pointer = usePointer({ frame, bars, scale, onBrush });
  const shown = pointer.hovered === null ? undefined : bars[pointer.hovered];
  return (
    <div className="chart" ref={frame}>
      <button type="button" className="chart-switch quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
        {isTable ? 'View as chart' : 'View as table'}
      </button>
      {isTable ? (
        <ChartTable bars={bars} zone={zone} />
      ) : (
        <svg
          width={scale.width}
          height={height}
          role="img"
          aria-label={chartText(bars, metric, zone)}
          className={onBrush ? 'brushable' : ''}
          {...pointer.handlers}
        >
          <Grid scale={scale} metric={metric} />
          {bars.map((bar, index) => (
            <Bar
              key={bar.start}
              bar={bar}
              metric={metric}
              scale={scale}
              count={bars.length}
              isHovered={pointer.hovered === index}
            />
          ))}
          <TimeAxis bars={bars} scale={scale} zone={zone} />
          <Marked span={pointer.marked} scale={scale} />
        </svg>
      )}
      {!isTable && shown && <Tip bar={shown} scale={scale} zone={zone} />}
    </div>
  );
}

/** The chart for those who do not see it. */
function chartText(bars: readonly HistogramBar[], metric: Metric, zone: string): string {
  const { label, axis } = METRICS[metric];
  const span = `from ${time(bars[0]?.start ?? 0, zone)} to ${time(bars.at(-1)?.end ?? 1, zone)} ${zone}`;
  return `${label} over time, ${bars.length} bars ${span}. The highest is ${axis(highestOf(bars, metric))}.`;
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
  const indexAt = (event: PointerEvent): number =>
    scale.barAt(event.clientX - (frame.current?.getBoundingClientRect().left ?? 0));
  const marked = brush && spanOf(bars, brush);
  const handlers = {
    onPointerMove: (event: PointerEvent): void => {
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

/** One bar; that of queries is good, failed and refused, one above the other. */
function Bar({
  bar,
  metric,
  scale,
  count: bars,
  isHovered,
}: {
  readonly bar: HistogramBar;
  readonly metric: Metric;
  readonly scale: Scale;
  readonly count: number;
  readonly isHovered: boolean;
}): ReactNode {
  const whole = METRICS[metric].value(bar);
  if (whole === 0) return null;
  const { x, y, plot } = scale;
  const gap = plot.width / Math.max(bars, 1) > 4 ? 1 : 0;
  const left = x(bar.start);
  const place = { x: left, width: Math.max(x(bar.end) - left - gap, 0.6) };
  const [failed, refused] = metric === 'queries' ? [bar.failed, bar.refused] : [0, 0];
  const good = whole - failed - refused;
  return (
    <g className={isHovered ? 'hovered' : ''}>
      <rect className="good" {...place} y={y(good)} height={Math.max(y(0) - y(good), 0)} />
      {failed > 0 && <rect className="bad" {...place} y={y(good + failed)} height={y(good) - y(good + failed)} />}
      {refused > 0 && (
        <rect className="refused" {...place} y={y(whole)} height={Math.max(y(good + failed) - y(whole), 1)} />
      )}
    </g>
  );
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

function Tip({
  bar,
  scale,
  zone,
}: {
  readonly bar: HistogramBar;
  readonly scale: Scale;
  readonly zone: string;
}): ReactNode {
  const middle = scale.x((bar.start + bar.end) / 2);
  return (
    <div className="tip" style={{ left: Math.min(Math.max(middle - 90, 0), Math.max(scale.width - 190, 0)) }}>
      <b>
        {time(bar.start, zone)} {zone}
      </b>
      <span>{count(bar.queries)} queries</span>
      {bar.failed > 0 && <span className="bad-text">{count(bar.failed)} failed</span>}
      {bar.refused > 0 && <span className="warn-text">{count(bar.refused)} refused</span>}
      <span>
        {usd(bar.costUsd)} · {bytes(bar.scannedBytes)}
      </span>
    </div>
  );
}

function ChartTable({ bars, zone }: { readonly bars: readonly HistogramBar[]; readonly zone: string }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="chart-table" tabIndex={0} aria-label="The chart's numbers">
      <table className="plain">
        <thead>
          <tr>
            <th>From ({zone})</th>
            <th className="n">Queries</th>
            <th className="n">Failed</th>
            <th className="n">Refused</th>
            <th className="n">Cost</th>
            <th className="n">Scanned</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.start}>
              <td>{time(bar.start, zone)}</td>
              <td className="n">{count(bar.queries)}</td>
              <td className="n">{count(bar.failed)}</td>
              <td className="n">{count(bar.refused)}</td>
              <td className="n">{usd(bar.costUsd)}</td>
              <td className="n">{bytes(bar.scannedBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
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
