import type { ReactNode } from 'preact/compat';
import type { OverTime } from '../answers/over-time.js';
import { bytes, count, duration, time as timeText, usd } from '../parts/format.js';
import { amountText, seriesText } from './chart-legend.js';
import { comparedValues, METRICS, type Metric } from './chart-scale.js';

/** The chart's numbers: all that is known of each bar, its parts, and the other period. */
export function ChartTable({
  time,
  metric,
  zone,
}: {
  readonly time: OverTime;
  readonly metric: Metric;
  readonly zone: string;
}): ReactNode {
  const stack = METRICS[metric].isSum ? time.stack : null;
  const before = comparedValues(time, metric);
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
            <th className="n">Mean time</th>
            <th className="n">Longest</th>
            <th className="n">Mean queue</th>
            {time.concurrency && <th className="n">At once</th>}
            {before.length > 0 && <th className="n">{METRICS[metric].title} then</th>}
            {stack?.series.map((series) => (
              <th key={series.isRest ? 'rest' : `${series.key}`} className="n">
                {seriesText(stack.by, series)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {time.histogram.bars.map((bar, index) => (
            <tr key={bar.start}>
              <td>{timeText(bar.start, zone)}</td>
              <td className="n">{count(bar.queries)}</td>
              <td className="n">{count(bar.failed)}</td>
              <td className="n">{count(bar.refused)}</td>
              <td className="n">{usd(bar.costUsd)}</td>
              <td className="n">{bytes(bar.scannedBytes)}</td>
              <td className="n">{bar.timed === 0 ? '–' : duration(Math.round(bar.totalMs / bar.timed))}</td>
              <td className="n">{bar.timed === 0 ? '–' : duration(bar.longestMs)}</td>
              <td className="n">{bar.timed === 0 ? '–' : duration(Math.round(bar.queueMs / bar.timed))}</td>
              {time.concurrency && <td className="n">{count(time.concurrency[index] ?? 0)}</td>}
              {before.length > 0 && <td className="n">{METRICS[metric].axis(before[index] ?? 0)}</td>}
              {stack?.series.map((series) => (
                <td key={series.isRest ? 'rest' : `${series.key}`} className="n">
                  {amountText(series.amounts[index] ?? 0, stack)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
