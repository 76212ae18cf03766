import type { ReactNode } from 'preact/compat';
import type { HistogramBar } from '../../analytics/time/histogram.js';
import type { StackSeries } from '../../analytics/time/stack.js';
import type { OverTime } from '../answers/over-time.js';
import { comparedValues, METRICS, type Metric, type Scale } from './chart-scale.js';

interface Marks {
  readonly time: OverTime;
  readonly metric: Metric;
  readonly scale: Scale;
}

/** The bars: by what they are made of, where that is asked; those of queries as good, failed and refused. */
export function Bars({ time, metric, scale, hovered }: Marks & { readonly hovered: number | null }): ReactNode {
  const { bars } = time.histogram;
  const stack = METRICS[metric].isSum ? time.stack : null;
  return bars.map((bar, index) => {
    const place = placeOf(bar, scale, bars.length);
    return (
      <g key={bar.start} className={hovered === index ? 'hovered' : ''}>
        {stack ? (
          <Stacked series={stack.series} index={index} place={place} scale={scale} />
        ) : metric === 'queries' ? (
          <ByState bar={bar} place={place} scale={scale} />
        ) : (
          <Plain value={METRICS[metric].value(bar, time.concurrency?.[index] ?? 0)} place={place} scale={scale} />
        )}
      </g>
    );
  });
}

/** The other period, as a line of steps over the bars. */
export function ComparedLine({ time, metric, scale }: Marks): ReactNode {
  const values = comparedValues(time, metric);
  if (values.length === 0) return null;
  const steps = values.map((value, index) => {
    const bar = time.histogram.bars[index];
    const y = scale.y(value).toFixed(1);
    return bar ? `${index === 0 ? 'M' : 'L'}${scale.x(bar.start).toFixed(1)} ${y}H${scale.x(bar.end).toFixed(1)}` : '';
  });
  return <path className="compared" d={steps.join('')} />;
}

interface Place {
  readonly x: number;
  readonly width: number;
}

function placeOf(bar: HistogramBar, { x, plot }: Scale, count: number): Place {
  const gap = plot.width / Math.max(count, 1) > 4 ? 1 : 0;
  const left = x(bar.start);
  return { x: left, width: Math.max(x(bar.end) - left - gap, 0.6) };
}

function Plain({
  value,
  place,
  scale,
}: {
  readonly value: number;
  readonly place: Place;
  readonly scale: Scale;
}): ReactNode {
  const { y } = scale;
  return value > 0 && <rect className="good" {...place} y={y(value)} height={Math.max(y(0) - y(value), 0)} />;
}

function ByState({
  bar,
  place,
  scale: { y },
}: {
  readonly bar: HistogramBar;
  readonly place: Place;
  readonly scale: Scale;
}): ReactNode {
  const { failed, refused } = bar;
  const whole = bar.queries + refused;
  const good = whole - failed - refused;
  if (whole === 0) return null;
  return (
    <>
      <rect className="good" {...place} y={y(good)} height={Math.max(y(0) - y(good), 0)} />
      {failed > 0 && <rect className="bad" {...place} y={y(good + failed)} height={y(good) - y(good + failed)} />}
      {refused > 0 && (
        <rect className="refused" {...place} y={y(whole)} height={Math.max(y(good + failed) - y(whole), 1)} />
      )}
    </>
  );
}

function Stacked({
  series,
  index,
  place,
  scale: { y },
}: {
  readonly series: readonly StackSeries[];
  readonly index: number;
  readonly place: Place;
  readonly scale: Scale;
}): ReactNode {
  let below = 0;
  return series.map(({ key, isRest, amounts }, number) => {
    const amount = amounts[index] ?? 0;
    if (amount === 0) return null;
    const bottom = y(below);
    below += amount;
    return (
      <rect
        key={isRest ? 'rest' : `${key}`}
        className={seriesClass(number, isRest)}
        {...place}
        y={y(below)}
        height={Math.max(bottom - y(below), 0)}
      />
    );
  });
}

/** The colour of a series. */
export function seriesClass(number: number, isRest: boolean): string {
  return isRest ? 'series-rest' : `series-${number + 1}`;
}
