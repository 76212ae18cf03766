import type { ReactNode } from 'preact/compat';
import { count, time } from '../parts/format.js';
import { Empty, Go, Panel } from '../parts/parts.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, usePlace, viewQuery } from '../web/url.js';

/** The columns of a table that were read: for certain or perhaps, directly or through views. */
export function TableColumns({ table }: { readonly table: string }): ReactNode {
  const { params } = usePlace();
  const { zone } = useZone();
  const answer = useApi('/columns', viewQuery(params, { of: table, reads: table }));
  return (
    <section className="panel wide" aria-label="Columns">
      <div className="panel-head">
        <h2>Columns</h2>
        <span className="soft">read directly and through views</span>
      </div>
      <Panel answer={answer}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title="No column was read in this time" />
          ) : (
            <table className="plain">
              <thead>
                <tr>
                  <th>Column</th>
                  <th className="n">Queries</th>
                  <th className="n">For certain</th>
                  <th className="n">Directly</th>
                  <th className="n">Through views</th>
                  <th className="n">People</th>
                  <th>Last</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.column}>
                    <td className="mono">
                      {row.column === '*' ? (
                        '* (which ones is not known)'
                      ) : (
                        <Go to={addressOf('/queries', { column: `${table}.${row.column}` })}>{row.column}</Go>
                      )}
                    </td>
                    <td className="n">{count(row.queries)}</td>
                    <td className="n">{count(row.exact)}</td>
                    <td className="n">{count(row.direct)}</td>
                    <td className="n">{count(row.queries - row.direct)}</td>
                    <td className="n">{count(row.people)}</td>
                    <td>{time(row.last, zone, 'short')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Panel>
    </section>
  );
}
