import { type ReactNode, useCallback, useEffect, useRef, useState } from 'preact/compat';
import type { Value } from '../../analytics/cache/duck.js';
import type { ConsoleResult } from '../../analytics/view/console.js';
import { count } from '../parts/format.js';
import { PageHead } from '../parts/page-head.js';
import { LoadingDays } from '../parts/parts.js';
import { saveCsv } from '../parts/save-csv.js';
import type { ReportDays } from '../server/console-route.js';
import { ApiError, ask, type Loading, useStatus } from '../web/api.js';
import { setParams, usePlace } from '../web/url.js';
import { Editor } from './console-editor.js';

type Result = ConsoleResult & { readonly ms: number; readonly reports: ReportDays | null };

const EXAMPLES: readonly { readonly title: string; readonly sql: string }[] = [
  {
    title: 'Who read customers.pii last week',
    sql: "SELECT person, person_kind, count(*) AS queries, max(start_time) AS last\nFROM queries\nWHERE len(list_filter(tables_read, lambda t: ends_with(t, '.customers.pii'))) > 0\n  AND start_time > (SELECT max(start_time) FROM queries) - INTERVAL 7 DAY\nGROUP BY ALL\nORDER BY queries DESC",
  },
  {
    title: 'Who spent most',
    sql: 'SELECT person, count(*) AS queries, round(sum(cost_usd), 2) AS usd\nFROM queries\nGROUP BY person\nORDER BY usd DESC\nLIMIT 20',
  },
  {
    title: 'What the people behind a BI tool ran',
    sql: "SELECT app, person, count(*) AS queries, round(sum(cost_usd), 2) AS usd\nFROM queries\nWHERE workgroup = 'bi'\nGROUP BY ALL\nORDER BY usd DESC",
  },
  {
    title: 'Attempts that were refused',
    sql: "SELECT start_time, coalesce(person, username) AS who, workgroup, error_code, error_message\nFROM queries\nWHERE state = 'REFUSED'\nORDER BY start_time DESC",
  },
  {
    title: 'Hours that are not final',
    sql: "SELECT report_date, hour, status, rows, pending, problem\nFROM hours\nWHERE status <> 'final' OR problem IS NOT NULL\nORDER BY report_date, hour",
  },
  {
    title: 'Accounts and Regions that were not read',
    sql: 'SELECT account_id, region, report_date, hours_lacking, failure\nFROM place_days\nWHERE hours_lacking > 0\nORDER BY report_date, account_id, region',
  },
  { title: 'The columns', sql: 'DESCRIBE queries' },
];

/** SQL over the reports, on a database that cannot be changed and reaches nothing else. */
export function PageConsole(): ReactNode {
  const { params } = usePlace();
  const status = useStatus();
  const isAuditor = status?.isAuditor ?? false;
  const [loading, setLoading] = useState<Loading | null>(null);
  const [sql, setSql] = useState(params.get('sql') ?? EXAMPLES[0]?.sql ?? '');
  const [result, setResult] = useState<Result | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isRunning, setRunning] = useState(false);
  const abort = useRef<AbortController | null>(null);
  const [from, to] = [params.get('from'), params.get('to')];
  const run = useCallback(
    async (text: string) => {
      const days = { ...(from ? { from } : {}), ...(to ? { to } : {}) };
      abort.current?.abort();
      const control = new AbortController();
      abort.current = control;
      setRunning(true);
      setError(null);
      setResult(null);
      setParams({ sql: text }, { replace: true });
      try {
        setResult(
          await ask<Result>(
            '/api/console',
            {
              method: 'POST',
              body: JSON.stringify({ sql: text, ...days }),
              headers: { 'content-type': 'application/json' },
              signal: control.signal,
            },
            setLoading,
          ),
        );
      } catch (failure) {
        if (!control.signal.aborted) setError(failure instanceof ApiError ? failure.message : String(failure));
      } finally {
        setLoading(null);
        if (abort.current === control) setRunning(false);
      }
    },
    [from, to],
  );
  useEffect(() => () => abort.current?.abort(), []);
  return (
    <div className="page-console">
      <PageHead title="SQL console" hasRange={status?.rows != null} />
      {isAuditor && (
        <p className="soft">
          Literals are masked: texts, messages and comments come without them, and views are named alone.
        </p>
      )}
      <div className="panel editor">
        <Editor sql={sql} onChange={setSql} onRun={() => void run(sql)} />
        <div className="row">
          <button type="button" className="primary" onClick={() => void run(sql)} disabled={isRunning}>
            Run <kbd>Ctrl ⏎</kbd>
          </button>
          {isRunning && (
            <button type="button" onClick={() => abort.current?.abort()}>
              Stop
            </button>
          )}
          <label className="examples">
            <span className="sr">Examples</span>
            <select
              value=""
              onChange={(event) => {
                const example = EXAMPLES[Number(event.currentTarget.value)];
                if (!example) return;
                setSql(example.sql);
                void run(example.sql);
              }}
            >
              <option value="">Examples …</option>
              {EXAMPLES.map(({ title }, index) => (
                <option key={title} value={index}>
                  {title}
                </option>
              ))}
            </select>
          </label>
          <span className="soft">
            queries, hours, people, tables, table_access, place_days · read-only · at most 1,000 rows, 15 s, 512 MB
          </span>
        </div>
      </div>
      {error && (
        <div className="error" role="alert">
          <pre>{error}</pre>
        </div>
      )}
      {loading && <LoadingDays loading={loading} />}
      {result && <Results result={result} program={status?.program ?? 'aqt'} />}
    </div>
  );
}

const NUMERIC = /INT|DOUBLE|DECIMAL|FLOAT/;

function Results({ result, program }: { readonly result: Result; readonly program: string }): ReactNode {
  return (
    <section className="panel" aria-label="Result">
      <p className="soft pad" role="status">
        {count(result.rows.length)}
        {result.isTruncated ? ', the first ones,' : ''} rows · {result.ms} ms
        {result.isTruncated && ` · ${program} query gives all`}
        {result.reports && (
          <b>
            {' '}
            · of the reports of {result.reports.from} to {result.reports.to} alone
          </b>
        )}{' '}
        <button
          type="button"
          className="quiet"
          onClick={() => saveCsv('console.csv', [result.columns.map(({ name }) => name), ...result.rows])}
        >
          Save as CSV
        </button>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="table-scroll" tabIndex={0} aria-label="Rows">
        <table className="plain result">
          <thead>
            <tr>
              {result.columns.map(({ name, type }) => (
                <th key={name} className={NUMERIC.test(type) && !type.endsWith(']') ? 'n' : ''} title={type}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {result.rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a statement have no other key
              <tr key={index}>
                {row.map((cell, column) => {
                  const { name = '', type = '' } = result.columns[column] ?? {};
                  return (
                    <td key={name} className={NUMERIC.test(type) && !type.endsWith(']') ? 'n' : ''}>
                      <CellText cell={cell} />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function CellText({ cell }: { readonly cell: Value }): ReactNode {
  if (cell === null) return <span className="soft">null</span>;
  const text = typeof cell === 'object' ? cell.map((part) => String(part)).join(', ') : String(cell);
  return text.length > 400 ? `${text.slice(0, 400)} …` : text;
}
