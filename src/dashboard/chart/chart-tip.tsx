import type { ReactNode } from 'preact/compat';
import type { HistogramBar } from '../../analytics/time/histogram.js';
import type { OverTime } from '../answers/over-time.js';
import { bytes, count, duration, time as timeText, usd } from '../parts/format.js';
import { seriesClass } from './chart-bars.js';
import { amountText, seriesText } from './chart-legend.js';
import { comparedValues, METRICS, type Metric, type Scale } from './chart-scale.js';

/** What a bar says, beside the pointer. */
export function Tip({
  time,
  metric,
  index,
  scale,
  zone,
}: {
  readonly time: OverTime;
  readonly metric: Metric;
  readonly index: number;
  readonly scale: Scale;
  readonly zone: string;
}): ReactNode {
  const bar = time.histogram.bars[index];
  if (!bar) return null;
  const middle = scale.x((bar.start + bar.end) / 2);
  const stack = METRICS[metric].isSum ? time.stack : null;
  const before = comparedValues(time, metric)[index];
  return (
    <div className="tip" style={{ left: Math.min(Math.max(middle - 110, 0), Math.max(scale.width - 230, 0)) }}>
      <b>
        {timeText(bar.start, zone)} {zone}
      </b>
      <span>{count(bar.queries)} queries</span>
      {bar.failed > 0 && <span className="bad-text">{count(bar.failed)} failed</span>}
      {bar.refused > 0 && <span className="warn-text">{count(bar.refused)} refused</span>}
      <span>
        {usd(bar.costUsd)} · {bytes(bar.scannedBytes)}
      </span>
      <Times bar={bar} metric={metric} atOnce={time.concurrency?.[index] ?? 0} />
      {stack?.series
        .filter(({ amounts }) => (amounts[index] ?? 0) > 0)
        .map((series) => (
          <span key={series.isRest ? 'rest' : `${series.key}`} className="tip-series">
            <i className={seriesClass(stack.series.indexOf(series), series.isRest)} aria-hidden="true" />
            <span className="cut">{seriesText(stack.by, series)}</span>
            {amountText(series.amounts[index] ?? 0, stack)}
          </span>
        ))}
      {before !== undefined && <span className="soft">then {METRICS[metric].axis(before)}</span>}
    </div>
  );
}

function Times({
  bar,
  metric,
  atOnce,
}: {
  readonly bar: HistogramBar;
  readonly metric: Metric;
  readonly atOnce: number;
}): ReactNode {
  if (metric === 'concurrency') return <span>{count(atOnce)} at once, at most</span>;
  if (bar.timed === 0 || (metric !== 'duration' && metric !== 'queue')) return null;
  const [whole, longest] = metric === 'duration' ? [bar.totalMs, bar.longestMs] : [bar.queueMs, bar.longestQueueMs];
  return (
    <span>
      {metric === 'queue' ? 'waited ' : ''}
      {duration(Math.round(whole / bar.timed))} on average, {duration(longest)} at most
    </span>
  );
}
