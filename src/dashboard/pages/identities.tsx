import { type ReactNode, useMemo, useState } from 'preact/compat';
import type { Value } from '../../analytics/cache/duck.js';
import type { WeakIdentity } from '../../analytics/view/identities.js';
import { FilterTokens } from '../lists/facets.js';
import { SearchBox } from '../lists/search-box.js';
import { count, nanosUsd, time, usd } from '../parts/format.js';
import { PageHead } from '../parts/page-head.js';
import { Confidence, Empty, Go, Panel } from '../parts/parts.js';
import { MOST_PRINTED, usePrinting } from '../parts/printing.js';
import { saveCsv } from '../parts/save-csv.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, usePlace, viewQuery } from '../web/url.js';

/** Users whose person is unknown or not vouched for, with the reason and what would settle it. */
export function PageIdentities(): ReactNode {
  const { params } = usePlace();
  const answer = useApi('/identities', viewQuery(params));
  return (
    <div className="page-identities">
      <PageHead title="Identities" />
      <FilterTokens />
      <Panel answer={answer} skeleton={12}>
        {({ rows }) => {
          const unresolved = rows.filter((row) => row.person === null);
          const weak = rows.filter((row) => row.person !== null);
          if (rows.length === 0) {
            return (
              <Empty title="Every person is verified">
                <p>AWS vouches for whoever ran each query of this time.</p>
              </Empty>
            );
          }
          return (
            <>
              <WeakList title="Unresolved" note="Nobody knows who stands behind these sessions." rows={unresolved} />
              <WeakList title="Not vouched for" note="There is a name, and a reason to doubt it." rows={weak} />
            </>
          );
        }}
      </Panel>
    </div>
  );
}

function WeakList({
  title,
  note,
  rows,
}: {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly WeakIdentity[];
}): ReactNode {
  const { zone } = useZone();
  const [search, setSearch] = useState('');
  const [most, setMost] = useState(PAGE);
  const isPrinting = usePrinting();
  const texts = useMemo(() => rows.map(textOf), [rows]);
  if (rows.length === 0) return null;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((_, index) => words.every((word) => texts[index]?.includes(word)));
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>
          {title} <span className="soft">{count(rows.length)}</span>
        </h2>
        <span className="soft">{note}</span>
      </div>
      <div className="list-tools">
        <SearchBox
          label={`Find in ${title.toLowerCase()}`}
          value={search}
          onChange={(text) => {
            setSearch(text);
            setMost(PAGE);
          }}
        />
        <button type="button" className="quiet" onClick={() => saveCsv('identities.csv', csvRows(found))}>
          Save as CSV
        </button>
        {found.length < rows.length && (
          <span className="soft" role="status">
            {count(found.length)} of {count(rows.length)}
          </span>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="table-scroll" tabIndex={0} aria-label={`${title}, list`}>
        <table className="groups-table identities stacking">
          <thead>
            <tr>
              <th>Recorded as</th>
              <th>Person</th>
              <th>Why, and what would settle it</th>
              <th className="n">Queries</th>
              <th className="n">Cost</th>
              <th>Last</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, isPrinting ? MOST_PRINTED : most).map((row) => (
              <tr key={`${row.username} ${row.person} ${row.method} ${row.role}`}>
                <td data-head="Recorded as" className="whole">
                  <Go to={addressOf('/queries', whichQueries(row))}>{row.username ?? 'nobody'}</Go>
                  {row.names > 1 && <small className="soft">and {count(row.names - 1)} names like it</small>}
                  {row.role && <small className="soft mono">{row.role.replace(/^.*:role\//, '')}</small>}
                </td>
                <td data-head="Person" className="whole">
                  <span className="who-line">
                    <Confidence level={row.confidence} />
                    {row.person ? (
                      <Go className="clamped" to={addressOf(`/people/${row.person}`)} title={row.person}>
                        {row.person}
                      </Go>
                    ) : (
                      <em>unknown</em>
                    )}
                  </span>
                  <small className="soft">{row.method}</small>
                </td>
                <td data-head="Why" className="advice whole">
                  {row.reason}
                  <small className="soft">{row.fix}</small>
                </td>
                <td data-head="Queries" className="n">
                  {count(row.queries)}
                </td>
                <td data-head="Cost" className="n">
                  {usd(nanosUsd(row.nanos))}
                </td>
                <td data-head="Last">
                  <Go to={addressOf(`/q/${row.lastId}`)}>{time(row.last, zone, 'short-minute')}</Go>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {found.length > most && (
          <p className="note">
            <button type="button" onClick={() => setMost(most + PAGE)}>
              Show {count(Math.min(PAGE, found.length - most))} more of {count(found.length)}
            </button>
          </p>
        )}
      </section>
    </section>
  );
}

/** Rows that are shown at once, and added by each click: a row is too tall and too uneven for a list that scrolls by itself. */
const PAGE = 100;

/** What a row is found by, in any case. */
function textOf({ username, person, role, method }: WeakIdentity): string {
  return [username, person, role, method].join(' ').toLowerCase();
}

/** All rows of a list, not only those in sight. */
function csvRows(rows: readonly WeakIdentity[]): readonly (readonly Value[])[] {
  const lines = rows.map((row) => [
    ...[row.username, row.role, row.names, row.person, row.method, row.confidence, row.reason, row.fix],
    ...[row.queries, nanosUsd(row.nanos), new Date(row.last).toISOString()],
  ]);
  return [
    ['username', 'role', 'names', 'person', 'method', 'confidence', 'why', 'fix', 'queries', 'cost_usd', 'last_seen'],
    ...lines,
  ];
}

/** One name is asked for by itself; names made up by the hundred are asked for by their role. */
function whichQueries(row: WeakIdentity): Readonly<Record<string, string>> {
  if (row.names === 1 || row.role === null) return { username: row.username ?? '(none)' };
  return { role: row.role, person: row.person ?? '(none)' };
}
