import type { ReactNode } from 'preact/compat';
import type { Totals } from '../../analytics/view/totals.js';
import type { Metric } from '../chart/chart-scale.js';
import { comparedName } from '../chart/compared.js';
import { bytes, changeText, count, percent, plural, shortUsd } from '../parts/format.js';
import { setParams, usePlace } from '../web/url.js';

/** `1,200 queries, 3 refused attempts`: a refused attempt is no query, and stands in the list all the same. */
export function countedText({ queries, refused }: Totals): string {
  return `${plural(queries, 'query', 'queries')}${refused === 0 ? '' : `, ${plural(refused, 'refused attempt')}`}`;
}

/** The sums of the view; each chooses what the chart shows. */
export function MetricSwitch({
  metric,
  totals,
  before,
}: {
  readonly metric: Metric;
  readonly totals: Totals | null;
  /** Of the period that this one is compared with. */
  readonly before: Totals | null;
}): ReactNode {
  const { params } = usePlace();
  const then = comparedName(params.get('compare'));
  const amounts: readonly (readonly [Metric, string, (totals: Totals) => number, (value: number) => string])[] = [
    ['queries', 'Queries', ({ queries }) => queries, count],
    ['cost', 'Cost', ({ costUsd }) => costUsd, shortUsd],
    ['bytes', 'Scanned', ({ scannedBytes }) => scannedBytes, bytes],
  ];
  const numbers = amounts.map(([name, title, of, format]) => ({
    name,
    title,
    value: totals ? format(of(totals)) : '–',
    change: totals && before ? changeText(of(totals), of(before)) : null,
  }));
  return (
    <div className="metrics">
      {numbers.map(({ name, title, value, change }) => (
        <button
          key={name}
          type="button"
          title={change === null || then === null ? undefined : `${change} against ${then}`}
          aria-pressed={metric === name}
          onClick={() => setParams({ metric: name === 'queries' ? null : name }, { replace: true })}
        >
          <span>
            {title}
            {change !== null && <small> {change}</small>}
          </span>
          <b>{value}</b>
        </button>
      ))}
      <div>
        <span>People</span>
        <b>{totals ? count(totals.people) : '–'}</b>
      </div>
      <div>
        <span>Failed</span>
        <b className={totals && totals.failed / Math.max(totals.queries, 1) > 0.1 ? 'bad' : ''}>
          {totals ? percent(totals.failed, totals.queries) : '–'}
        </b>
      </div>
      <div>
        <span>Refused</span>
        <b>{totals ? count(totals.refused) : '–'}</b>
      </div>
    </div>
  );
}
