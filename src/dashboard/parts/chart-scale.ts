import type { HistogramBar } from '../../analytics/time/histogram.js';
import { bytes, shortCount, shortUsd, time } from './format.js';

export type Metric = 'queries' | 'cost' | 'bytes';

export const METRICS: Readonly<
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

export const LEFT = 46;
export const BOTTOM = 20;
export const TOP = 8;

/** Where things stand in a chart, in pixels. */
export interface Scale {
  readonly width: number;
  readonly height: number;
  /** Of the bars, without the axes. */
  readonly plot: { readonly width: number; readonly height: number };
  readonly ticks: readonly number[];
  x(instant: number): number;
  y(amount: number): number;
  /** The bar below a place on the screen, that far from the left edge. */
  barAt(left: number): number;
}

export function scaleOf(
  bars: readonly HistogramBar[],
  { metric, width, height }: { readonly metric: Metric; readonly width: number; readonly height: number },
): Scale {
  const first = bars[0]?.start ?? 0;
  const last = bars.at(-1)?.end ?? 1;
  const plot = { width: Math.max(width - LEFT, 10), height: height - BOTTOM - TOP };
  const ticks = ticksFor(highestOf(bars, metric), metric);
  const top = ticks.at(-1) ?? 1;
  return {
    width,
    height,
    plot,
    ticks,
    x: (instant) => LEFT + ((instant - first) / (last - first)) * plot.width,
    y: (amount) => TOP + plot.height - (amount / top) * plot.height,
    barAt: (left) => {
      const instant = first + ((left - LEFT) / plot.width) * (last - first);
      const index = bars.findIndex((bar) => instant < bar.end);
      return Math.max(0, index < 0 ? bars.length - 1 : index);
    },
  };
}

export function highestOf(bars: readonly HistogramBar[], metric: Metric): number {
  return bars.reduce((most, bar) => Math.max(most, METRICS[metric].value(bar)), 0);
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
export function labelsFor(
  bars: readonly HistogramBar[],
  zone: string,
  width: number,
): { instant: number; text: string }[] {
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
