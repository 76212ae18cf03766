import type { ReactNode } from 'preact/compat';
import type { QueryDetail } from '../../analytics/view/query-detail.js';
import { bytes, count, duration, nanosUsd, plural, time, usd } from '../parts/format.js';
import { Go, StateTag } from '../parts/parts.js';
import { useZone } from '../web/settings.js';
import { addressOf } from '../web/url.js';
import { number, text } from './query-row.js';

/** How the same pattern did before. */
export function Runs({ row, pattern, recentRuns }: QueryDetail): ReactNode {
  const { zone } = useZone();
  if (!pattern || number(pattern.runs) === null) return null;
  const runs = number(pattern.runs) ?? 0;
  const link = addressOf('/queries', { fingerprint: String(row.fingerprint), range: 'all', from: null, to: null });
  return (
    <section className="runs">
      <h2>Runs of the same pattern</h2>
      <p>
        <Go to={link}>{plural(runs, 'run')}</Go> by{' '}
        {plural(number(pattern.people) ?? 0, 'person or workload', 'people and workloads')} since{' '}
        {time(number(pattern.first), zone, 'day')}: {usd(nanosUsd(number(pattern.nanos)))} in all,{' '}
        {count(number(pattern.failed) ?? 0)} failed, in the middle {bytes(number(pattern.median_bytes))} and{' '}
        {duration(number(pattern.median_ms))}.
      </p>
      <table className="plain stacking">
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>State</th>
            <th className="n">Scanned</th>
            <th className="n">Cost</th>
            <th className="n">Took</th>
          </tr>
        </thead>
        <tbody>
          {recentRuns.map((run) => (
            <tr key={String(run.id)}>
              <td data-head="When">
                <Go to={addressOf(`/q/${run.id}`)}>{time(number(run.at), zone, 'short-minute')}</Go>
              </td>
              <td data-head="Who">
                <span className="clamped" title={text(run.person) ?? undefined}>
                  {text(run.person) ?? '–'}
                </span>
              </td>
              <td data-head="State">
                <StateTag state={String(run.state)} />
              </td>
              <td data-head="Scanned" className="n">
                {bytes(number(run.bytes))}
              </td>
              <td data-head="Cost" className="n">
                {usd(number(run.cost_usd))}
              </td>
              <td data-head="Took" className="n">
                {duration(number(run.total_ms))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
