import { type PointerEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { Histogram, HistogramBar } from '../../analytics/view/histogram.js';
import { bytes, count, shortCount, shortUsd, time, usd } from './format.js';

export type Metric = 'queries' | 'cost' | 'bytes';

const METRICS: Readonly<
  Record<
    Metric,
    { readonly label: string; readonly value: (bar: HistogramBar) => number; readonly axis: (value: number) => string }
  >
> = {
  queries: { label: 'Queries', value: (bar) => bar.queries + bar.refused, axis: shortCount },
  cost: { label: 'Cost', value: (bar) => bar.costUsd, axis: axisUsd },
  bytes: { label: 'Scanned', value: (bar) => bar.scannedBytes, axis: bytes },
};

/** Ticks are round: cents only where dollars are too coarse. */
function axisUsd(value: number): string {
  return value === 0 || (value >= 1 && Number.isInteger(value)) ? `$${shortCount(value)}` : shortUsd(value);
}

interface ChartProps {
  readonly histogram: Histogram;
  readonly metric: Metric;
  readonly zone: string;
  readonly height?: number;
  /** Takes the span that was marked with the pointer. */
  readonly onBrush?: (start: number, end: number) => void;
}

const LEFT = 46;
const BOTTOM = 20;
const TOP = 8;

/** Bars over time. It is drawn as SVG, so the theme colours it, and its numbers can be shown as a table. */
export function Chart({ histogram, metric, zone, height = 148, onBrush }: ChartProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [hovered, setHovered] = useState<number | null>(null);
  const [brush, setBrush] = useState<{ from: number; to: number } | null>(null);
  const [isTable, setTable] = useState(false);
  const { bars } = histogram;
  const { label, value, axis } = METRICS[metric];
  const first = bars[0]?.start ?? 0;
  const last = bars.at(-1)?.end ?? 1;
  const plot = { width: Math.max(width - LEFT, 10), height: height - BOTTOM - TOP };
  const ticks = ticksFor(Math.max(...bars.map(value), 0), metric);
  const top = ticks.at(-1) ?? 1;
  const x = (instant: number): number => LEFT + ((instant - first) / (last - first)) * plot.width;
  const y = (amount: number): number => TOP + plot.height - (amount / top) * plot.height;
  const indexAt = (event: PointerEvent): number => {
    const box = frame.current?.getBoundingClientRect();
    const instant = first + ((event.clientX - (box?.left ?? 0) - LEFT) / plot.width) * (last - first);
    const index = bars.findIndex((bar) => instant < bar.end);
    return Math.max(0, index < 0 ? bars.length - 1 : index);
  };
  const finish = (): void => {
    if (brush && onBrush) {
      const start = bars[Math.min(brush.from, brush.to)]?.start;
      const end = bars[Math.max(brush.from, brush.to)]?.end;
      if (start !== undefined && end !== undefined) onBrush(start, end);
    }
    setBrush(null);
  };
  const marked = brush
    ? { start: bars[Math.min(brush.from, brush.to)]?.start ?? 0, end: bars[Math.max(brush.from, brush.to)]?.end ?? 0 }
    : null;
  const shown = hovered === null ? null : bars[hovered];
  const gap = plot.width / Math.max(bars.length, 1) > 4 ? 1 : 0;
  return (
    <div className="chart" ref={frame}>
      <button type="button" className="chart-switch quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
        {isTable ? 'View as chart' : 'View as table'}
      </button>
      {isTable ? (
        <ChartTable bars={bars} zone={zone} />
      ) : (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${label} over time, ${bars.length} bars from ${time(first, zone)} to ${time(last, zone)} ${zone}. The highest is ${axis(Math.max(...bars.map(value), 0))}.`}
          className={onBrush ? 'brushable' : ''}
          onPointerMove={(event) => {
            const index = indexAt(event);
            setHovered(index);
            if (brush) setBrush({ ...brush, to: index });
          }}
          onPointerLeave={() => setHovered(null)}
          onPointerDown={(event) => {
            if (!onBrush || event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            const index = indexAt(event);
            setBrush({ from: index, to: index });
          }}
          onPointerUp={finish}
          onPointerCancel={() => setBrush(null)}
        >
          {ticks.map((tick) => (
            <g key={tick}>
              <line
                className="grid"
                x1={LEFT}
                x2={width}
                y1={Math.round(y(tick)) + 0.5}
                y2={Math.round(y(tick)) + 0.5}
              />
              <text className="axis" x={LEFT - 8} y={y(tick) + 3.5} textAnchor="end">
                {axis(tick)}
              </text>
            </g>
          ))}
          {bars.map((bar, index) => {
            const left = x(bar.start);
            const size = Math.max(x(bar.end) - left - gap, 0.6);
            const whole = value(bar);
            if (whole === 0) return null;
            const failed = metric === 'queries' ? bar.failed : 0;
            const refused = metric === 'queries' ? bar.refused : 0;
            const good = whole - failed - refused;
            return (
              <g key={bar.start} className={hovered === index ? 'hovered' : ''}>
                <rect className="good" x={left} width={size} y={y(good)} height={Math.max(y(0) - y(good), 0)} />
                {failed > 0 && (
                  <rect
                    className="bad"
                    x={left}
                    width={size}
                    y={y(good + failed)}
                    height={y(good) - y(good + failed)}
                  />
                )}
                {refused > 0 && (
                  <rect
                    className="refused"
                    x={left}
                    width={size}
                    y={y(whole)}
                    height={Math.max(y(good + failed) - y(whole), 1)}
                  />
                )}
              </g>
            );
          })}
          <line className="base" x1={LEFT} x2={width} y1={y(0) + 0.5} y2={y(0) + 0.5} />
          {labelsFor(bars, zone, plot.width).map(({ instant, text }) => (
            <text
              key={instant}
              className="axis"
              x={x(instant)}
              y={height - 5}
              textAnchor={x(instant) - LEFT < 22 ? 'start' : width - x(instant) < 22 ? 'end' : 'middle'}
            >
              {text}
            </text>
          ))}
          {marked && (
            <rect
              className="brush"
              x={x(marked.start)}
              width={x(marked.end) - x(marked.start)}
              y={TOP}
              height={plot.height}
            />
          )}
        </svg>
      )}
      {!isTable && shown && (
        <div
          className="tip"
          style={{ left: Math.min(Math.max(x((shown.start + shown.end) / 2) - 90, 0), Math.max(width - 190, 0)) }}
        >
          <b>{time(shown.start, zone)}</b>
          <span>{count(shown.queries)} queries</span>
          {shown.failed > 0 && <span className="bad-text">{count(shown.failed)} failed</span>}
          {shown.refused > 0 && <span className="warn-text">{count(shown.refused)} refused</span>}
          <span>
            {usd(shown.costUsd)} · {bytes(shown.scannedBytes)}
          </span>
        </div>
      )}
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

/** A little line of bars inside a table cell; the numbers stand beside it. */
export function Spark({ values }: { readonly values: readonly number[] | null | undefined }): ReactNode {
  if (!values || values.length === 0) return null;
  const highest = Math.max(...values, 1e-9);
  const step = 90 / values.length;
  return (
    <svg className="spark" viewBox="0 0 90 20" width="90" height="20" aria-hidden="true" preserveAspectRatio="none">
      {values.map((value, index) => {
        const height = value > 0 ? Math.max((value / highest) * 18, 1.5) : 0;
        // biome-ignore lint/suspicious/noArrayIndexKey: places in time have no other key
        return <rect key={index} x={index * step} width={Math.max(step - 0.7, 0.5)} y={20 - height} height={height} />;
      })}
    </svg>
  );
}

function useWidth(frame: React.RefObject<HTMLDivElement | null>): number {
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

/** Round numbers from zero to at least the highest. */
function ticksFor(highest: number, metric: Metric): number[] {
  const least = metric === 'queries' ? 4 : metric === 'cost' ? 0.04 : 4;
  const raw = Math.max(highest, least) / 3;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step =
    [1, 2, 2.5, 5, 10]
      .map((factor) => factor * power)
      .find((size) => size >= raw && (metric !== 'queries' || Number.isInteger(size))) ?? raw;
  return [0, 1, 2, 3].map((part) => part * step).filter((_, index) => index < 3 || highest > 2 * step);
}

const HOUR = 3_600_000;

/** Dates (times, for a short span) at even distances, as many as there is space for. */
function labelsFor(bars: readonly HistogramBar[], zone: string, width: number): { instant: number; text: string }[] {
  const span = (bars.at(-1)?.end ?? 0) - (bars[0]?.start ?? 0);
  const isShort = span <= 26 * HOUR;
  const starts = bars.filter((bar, index) => {
    if (isShort) return new Date(bar.start).getTime() % HOUR === 0;
    return index === 0 || time(bar.start, zone, 'day') !== time(bars[index - 1]?.start ?? 0, zone, 'day');
  });
  const every = Math.max(1, Math.ceil(starts.length / Math.max(1, Math.floor(width / 64))));
  return starts
    .filter((_, index) => index % every === 0)
    .map(({ start }) => ({
      instant: start,
      text: isShort ? time(start, zone, 'short-minute').slice(6) : time(start, zone, 'day').slice(5),
    }));
}
