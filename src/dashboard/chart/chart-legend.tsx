import type { ReactNode } from 'preact/compat';
import type { Stack, StackName, StackSeries } from '../../analytics/time/stack.js';
import type { OverTime } from '../answers/over-time.js';
import { bytes, count, shortTable, shortUsd, time as timeText } from '../parts/format.js';
import { Go } from '../parts/parts.js';
import { addressOf } from '../web/url.js';
import { seriesClass } from './chart-bars.js';
import { METRICS, type Metric } from './chart-scale.js';

/** What the colours of the bars mean, and the line of the other period. */
export function ChartLegend({
  time,
  metric,
  zone,
}: {
  readonly time: OverTime;
  readonly metric: Metric;
  readonly zone: string;
}): ReactNode {
  const stack = METRICS[metric].isSum ? time.stack : null;
  return (
    <ul className="legend chart-legend">
      {stack ? <StackEntries stack={stack} /> : metric === 'queries' && <StateEntries />}
      {time.compared && metric !== 'concurrency' && (
        <li>
          <i className="line" aria-hidden="true" />
          {timeText(time.compared.window.start, zone)} to {timeText(time.compared.window.end, zone)}
          {!time.compared.isWhole && ', not all of it collected'}
        </li>
      )}
    </ul>
  );
}

function StateEntries(): ReactNode {
  return (
    <>
      <li>
        <i className="ran" aria-hidden="true" />
        succeeded, cancelled or running
      </li>
      <li>
        <i className="bad" aria-hidden="true" />
        failed
      </li>
      <li>
        <i className="refused" aria-hidden="true" />
        refused, nothing ran
      </li>
    </>
  );
}

function StackEntries({ stack }: { readonly stack: Stack }): ReactNode {
  return stack.series.map((series, number) => (
    <li key={series.isRest ? 'rest' : `${series.key}`}>
      <i className={seriesClass(number, series.isRest)} aria-hidden="true" />
      <span className="cut">
        <SeriesName by={stack.by} series={series} />
      </span>{' '}
      <span className="soft">{amountText(series.total, stack)}</span>
    </li>
  ));
}

const PATHS: Readonly<Record<StackName, string>> = {
  person: 'people',
  workgroup: 'workgroups',
  table: 'tables',
  app: 'tools',
};
const NOBODY: Readonly<Record<StackName, string>> = {
  person: 'unresolved',
  workgroup: 'no workgroup',
  table: 'no table',
  app: 'no tool',
};

export function seriesText(by: StackName, { key, isRest, names }: StackSeries): string {
  if (isRest) return `${count(names)} others`;
  if (key === null) return NOBODY[by];
  return by === 'table' ? shortTable(key) : key;
}

function SeriesName({ by, series }: { readonly by: StackName; readonly series: StackSeries }): ReactNode {
  const text = seriesText(by, series);
  if (series.isRest) return <Go to={addressOf('/groups', { by })}>{text}</Go>;
  if (series.key === null) return text;
  return (
    <Go to={addressOf(`/${PATHS[by]}/${series.key}`)} title={series.key}>
      {text}
    </Go>
  );
}

/** By table queries are split over what they read: they are no whole numbers. */
export function amountText(amount: number, { measure }: Stack): string {
  if (measure === 'cost') return shortUsd(amount);
  return measure === 'bytes' ? bytes(Math.round(amount)) : count(Math.round(amount));
}
