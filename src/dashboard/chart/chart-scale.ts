import type { HistogramBar } from '../../analytics/time/histogram.js';
import type { OverTime } from '../answers/over-time.js';
import { bytes, duration, shortCount, shortUsd, time } from '../parts/format.js';

export type Metric = 'queries' | 'cost' | 'bytes' | 'duration' | 'queue' | 'concurrency';

interface MetricDefinition {
  readonly title: string;
  /** What a chart of it says of itself. */
  readonly label: string;
  readonly value: (bar: HistogramBar, atOnce: number) => number;
  readonly axis: (value: number) => string;
  /** The smallest highest value of an axis. */
  readonly least: number;
  /** Whether the bars of parts add up to those of the whole. */
  readonly isSum: boolean;
}

export const METRICS: Readonly<Record<Metric, MetricDefinition>> = {
  queries: {
    ...{ title: 'Queries', label: 'Queries', axis: shortCount, least: 4, isSum: true },
    value: (bar) => bar.queries + bar.refused,
  },
  cost: { title: 'Cost', label: 'Cost', value: (bar) => bar.costUsd, axis: axisUsd, least: 0.04, isSum: true },
  bytes: { title: 'Scanned', label: 'Scanned', value: (bar) => bar.scannedBytes, axis: bytes, least: 4, isSum: true },
  duration: {
    ...{ title: 'Duration, mean', label: 'Mean duration', axis: axisMs, least: 100, isSum: false },
    value: (bar) => (bar.timed === 0 ? 0 : bar.totalMs / bar.timed),
  },
  queue: {
    ...{ title: 'Time in queue, mean', label: 'Mean time in the queue', axis: axisMs, least: 100, isSum: false },
    value: (bar) => (bar.timed === 0 ? 0 : bar.queueMs / bar.timed),
  },
  concurrency: {
    ...{ title: 'At once, most', label: 'The most queries at once', axis: shortCount, least: 4, isSum: false },
    value: (_, atOnce) => atOnce,
  },
};

export function metricOf(text: string | null): Metric {
  return text !== null && Object.hasOwn(METRICS, text) ? (text as Metric) : 'queries';
}

/** Ticks are round: cents only where dollars are too coarse. */
function axisUsd(value: number): string {
  return value === 0 || (value >= 1 && Number.isInteger(value)) ? `$${shortCount(value)}` : shortUsd(value);
}

function axisMs(value: number): string {
  return value === 0
    ? '0'
    : duration(Math.round(value))
        .replace(/ 0 s$/, '')
        .replace(/\.0 s$/, ' s');
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
  time: OverTime,
  { metric, width, height }: { readonly metric: Metric; readonly width: number; readonly height: number },
): Scale {
  const { bars } = time.histogram;
  const first = bars[0]?.start ?? 0;
  const last = bars.at(-1)?.end ?? 1;
  const plot = { width: Math.max(width - LEFT, 10), height: height - BOTTOM - TOP };
  const highest = Math.max(highestOf(valuesOf(time, metric)), highestOf(comparedValues(time, metric)));
  const ticks = ticksFor(highest, metric);
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

/** Heights of the bars. */
export function valuesOf({ histogram, concurrency }: OverTime, metric: Metric): number[] {
  return histogram.bars.map((bar, index) => METRICS[metric].value(bar, concurrency?.[index] ?? 0));
}

/** Heights of the other period, bar by bar beside this one; how many ran at once then is not asked. */
export function comparedValues({ histogram, compared }: OverTime, metric: Metric): number[] {
  if (!compared || metric === 'concurrency') return [];
  return compared.bars.slice(0, histogram.bars.length).map((bar) => METRICS[metric].value(bar, 0));
}

export function highestOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

/** Round numbers from zero to at least the highest. */
function ticksFor(highest: number, metric: Metric): number[] {
  const { least } = METRICS[metric];
  const isWhole = metric === 'queries' || metric === 'concurrency';
  const raw = Math.max(highest, least) / 3;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step =
    [1, 2, 2.5, 5, 10]
      .map((factor) => factor * power)
      .find((size) => size >= raw && (!isWhole || Number.isInteger(size))) ?? raw;
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
