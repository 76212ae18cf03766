import type { ReactNode } from 'preact/compat';
import type { Row } from '../../analytics/cache/duck.js';
import { Empty, LoadingDays, Skeleton } from '../parts/parts.js';
import { SqlText } from '../parts/sql-text.js';
import { useApi, useStatus } from '../web/api.js';
import { usePlace, viewQuery } from '../web/url.js';
import { Facts } from './query-facts.js';
import { Runs } from './query-runs.js';

/** Everything about one query: who and how that is known, what it did, what it cost and why. */
export function QueryDetail({
  id,
  head,
}: {
  readonly id: string;
  readonly head: (title: string) => ReactNode;
}): ReactNode {
  const { params } = usePlace();
  const held = useStatus()?.rows ?? null;
  const { data, isStale, error, loading, retry } = useApi('/query', viewQuery(params, { id }));
  if (error) {
    return (
      <>
        {head('Query')}
        <Empty
          title={
            error.status === 404 && held === null ? 'There is no such query in the collected reports' : error.message
          }
        >
          {error.status === 404 ? (
            <p>
              {held === null
                ? 'It may lie in an hour that is not collected yet.'
                : 'Choose the days in which it ran: they are loaded.'}{' '}
              The id is {id}.
            </p>
          ) : (
            <button type="button" onClick={retry}>
              Try again
            </button>
          )}
        </Empty>
      </>
    );
  }
  if (!data) {
    return (
      <>
        {head('Query')}
        {loading && <LoadingDays loading={loading} />}
        <Skeleton lines={14} />
      </>
    );
  }
  return (
    <div className={isStale ? 'stale detail' : 'detail'}>
      {head(`Query ${String(data.row.query_execution_id ?? data.row.event_id ?? '').slice(0, 8)}`)}
      {typeof data.row.query === 'string' ? <SqlText sql={data.row.query} /> : <NoText row={data.row} />}
      <Facts {...data} />
      <Runs {...data} />
      <AllColumns row={data.row} />
    </div>
  );
}

function NoText({ row }: { readonly row: Row }): ReactNode {
  const reasons: Readonly<Record<string, string>> = {
    masked: 'CloudTrail masks the text; Athena has not been asked yet.',
    expired: 'Athena keeps the text for 45 days; it was asked too late.',
    not_found: 'Athena does not know this execution.',
    denied: 'Reading it was denied: allow athena:GetQueryExecution on the workgroup.',
    pending: 'Athena has not answered yet; it is asked again.',
    refused: 'AWS refused the start, so nothing ran, and CloudTrail masks what was asked for.',
  };
  const status = String(row.query_status);
  return (
    <Empty title="There is no SQL text">
      <p>{reasons[status] ?? status}</p>
    </Empty>
  );
}

function AllColumns({ row }: { readonly row: Row }): ReactNode {
  const hidden = new Set(['query', 'start_ms', 'end_ms', 'hour_id']);
  return (
    <details className="columns">
      <summary>All columns of the report</summary>
      <table className="plain small">
        <tbody>
          {Object.entries(row)
            .filter(([name]) => !hidden.has(name))
            .map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="mono">
                  {value === null ? (
                    <span className="soft">null</span>
                  ) : Array.isArray(value) ? (
                    value.join(', ')
                  ) : (
                    String(value)
                  )}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </details>
  );
}
