import type { ReactNode } from 'preact/compat';
import type { Api } from '../answers/answers.js';
import { bytes, count } from '../parts/format.js';

/** Why a query that scanned bytes names no table, by the reason in `tables_basis`. */
const MEANS: Readonly<Record<string, string>> = {
  'prepared-text-not-known':
    'EXECUTE of a statement whose PREPARE is not in the reports, and that Athena no longer tells',
  'prepared-deallocated': 'EXECUTE of a statement that had been deallocated',
  'prepared-runs-another': 'EXECUTE of a statement that runs another',
  'text-names-none': 'the text is known, and names no table that can be read out of it',
  masked: 'the text was not asked for',
  expired: 'the text was older than Athena’s 45 days when it was asked for',
  denied: 'Athena may not tell the text: permission is missing',
  pending: 'Athena was asked and has not answered yet',
  not_found: 'Athena does not know the query',
};

/** The ledger of rows that scanned bytes and name no table. */
export function UnnamedTables({ unnamed }: { readonly unnamed: Api['/audit']['unnamed'] }): ReactNode {
  return (
    <section className="panel" aria-label="Queries without tables">
      <div className="panel-head">
        <h2>Queries without tables</h2>
        <span className="soft">they scanned bytes, and what they read is not known</span>
      </div>
      {unnamed.length === 0 ? (
        <p className="pad">None: every query that scanned bytes names its tables.</p>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th>Why</th>
              <th className="n">Queries</th>
              <th className="n">Scanned</th>
            </tr>
          </thead>
          <tbody>
            {unnamed.map((row) => (
              <tr key={row.reason}>
                <td>
                  {MEANS[row.reason] ?? row.reason} <span className="soft mono">{row.reason}</span>
                </td>
                <td className="n">{count(row.queries)}</td>
                <td className="n">{bytes(row.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
