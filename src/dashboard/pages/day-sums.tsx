import { type ReactNode, useEffect } from 'preact/compat';
import type { Api } from '../answers/answers.js';
import { bytes, count, plural, time, usd } from '../parts/format.js';
import { Panel } from '../parts/parts.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';

/** A view by its whole report days, from the sums of closed days, where its rows are not here. `show` draws tiles and lists. */
export function DaySums({
  query,
  show,
}: {
  readonly query: string;
  readonly show: (sums: Api['/sums']) => ReactNode;
}): ReactNode {
  const answer = useApi('/sums', query);
  const { retry } = answer;
  // Reports of these days may be written anew without a new generation of the rows.
  useEffect(() => {
    const timer = window.setInterval(retry, LOOK_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [retry]);
  return (
    <Panel answer={answer} skeleton={12}>
      {(data) => (
        <>
          <FromSums sums={data} />
          {data.days.length > 0 && show(data)}
          {data.days.length > 0 && <Days days={data.days} />}
        </>
      )}
    </Panel>
  );
}

function FromSums({ sums }: { readonly sums: Api['/sums'] }): ReactNode {
  const { zone } = useZone();
  const missing = new Set(sums.without.map(({ date }) => date)).size;
  return (
    <>
      <p className="notice">
        <b>From the sums of days.</b> {plural(sums.days.length, 'whole report day')} of {sums.from} to {sums.to}, added
        up when they were closed, compared with their manifests at {time(sums.read, zone)}. Patterns, single queries and
        what is worth a look need the rows.
      </p>
      {missing > 0 && (
        <details className="notice" open={missing < MOST_OPEN}>
          <summary>
            <b>{plural(missing, 'day')} not known</b>, and in no number below
          </summary>
          <ul>
            {sums.without.map(({ date, tree, why }) => (
              <li key={tree + date}>
                {tree}
                {date}: {why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

const MOST_OPEN = 10;
const LOOK_AGAIN_MS = 60_000;

function Days({ days }: { readonly days: Api['/sums']['days'] }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with keys
    <section className="panel table-scroll" tabIndex={0} aria-label="By day">
      <table className="plain">
        <thead>
          <tr>
            <th>Report day</th>
            <th className="n">Queries</th>
            <th className="n">Refused</th>
            <th className="n">Failed</th>
            <th className="n">Scanned</th>
            <th className="n">Cost</th>
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.date}>
              <td>{day.date}</td>
              <td className="n">{count(day.queries)}</td>
              <td className="n">{count(day.refused)}</td>
              <td className="n">{count(day.failed)}</td>
              <td className="n">{bytes(day.scannedBytes)}</td>
              <td className="n">{usd(day.costUsd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
