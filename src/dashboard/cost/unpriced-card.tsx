import type { ReactNode } from 'preact/compat';
import { count } from '../parts/format.js';
import { useApi } from '../web/api.js';
import { usePlace, viewQuery } from '../web/url.js';

/** Queries that have ended and are in no amount, by the reason; nothing where there are none. */
export function UnpricedCard(): ReactNode {
  const { params } = usePlace();
  const { data } = useApi('/reservations', viewQuery(params));
  if (!data || data.unpriced.length === 0) return null;
  return (
    <section className="panel" aria-label="Queries without a known cost">
      <div className="panel-head">
        <h2>Queries without a known cost</h2>
        <span className="soft">they have ended and are in no amount here</span>
      </div>
      <table className="plain">
        <thead>
          <tr>
            <th>Why</th>
            <th className="n">Queries</th>
          </tr>
        </thead>
        <tbody>
          {data.unpriced.map((row) => (
            <tr key={row.reason}>
              <td>
                {row.why} <span className="soft mono">{row.reason}</span>
              </td>
              <td className="n">{count(row.queries)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
