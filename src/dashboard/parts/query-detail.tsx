import type { ReactNode } from 'react';
import type { Row } from '../../analytics/cache/duck.js';
import type { QueryDetail as Detail } from '../../analytics/view/query-detail.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, usePlace, viewQuery } from '../web/url.js';
import { ago, bytes, count, duration, shortTable, time, usd } from './format.js';
import { CopyButton } from './menus.js';
import { Confidence, Empty, Go, KindTag, Skeleton, StateTag } from './parts.js';
import { HowWeKnow } from './query-evidence.js';
import { list, number, text } from './query-row.js';
import { Runs } from './query-runs.js';
import { SqlText } from './sql-text.js';

/** Everything about one query: who and how that is known, what it did, what it cost and why. */
export function QueryDetail({
  id,
  head,
}: {
  readonly id: string;
  readonly head: (title: string) => ReactNode;
}): ReactNode {
  const { params } = usePlace();
  const { data, isStale, error, retry } = useApi('/query', viewQuery(params, { id }));
  if (error) {
    return (
      <>
        {head('Query')}
        <Empty title={error.status === 404 ? 'There is no such query in the collected reports' : error.message}>
          {error.status === 404 ? (
            <p>It may lie in an hour that is not collected yet. The id is {id}.</p>
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

function Facts({ row, cost, hour }: Detail): ReactNode {
  const { zone } = useZone();
  const person = text(row.person);
  const start = number(row.start_ms);
  return (
    <dl className="facts">
      <dt>Person</dt>
      <dd className="who">
        <span className="who-name">
          <Confidence level={String(row.identity_confidence)} />
          {person ? (
            <Go to={addressOf(`/people/${person}`)}>{person}</Go>
          ) : (
            <em>not known; recorded as {text(row.username) ?? 'nobody'}</em>
          )}
          <KindTag kind={text(row.person_kind)} />
          {text(row.team) && <span className="tag">{text(row.team)}</span>}
        </span>
        <HowWeKnow row={row} />
      </dd>
      <dt>When</dt>
      <dd>
        {time(start, zone, 'second')} <span className="soft">{zone}</span>
        {start !== null && <span className="soft"> · {ago(start, Date.now())}</span>}
      </dd>
      <dt>State</dt>
      <dd>
        <StateTag state={String(row.state)} />
        {text(row.error_code) && <span className="soft"> {text(row.error_code)}</span>}
        {(text(row.error_message) ?? text(row.state_reason)) && (
          <p className="message">{text(row.error_message) ?? text(row.state_reason)}</p>
        )}
      </dd>
      <dt>Cost</dt>
      <dd>
        <b>{usd(number(row.cost_usd))}</b> <span className="soft">{text(row.cost_basis)}</span>
        <ol className="steps">
          {cost.steps.map((step) => (
            <li key={step}>{withUnits(step)}</li>
          ))}
        </ol>
        {cost.note && <p className="message">{cost.note}</p>}
      </dd>
      <dt>Scanned</dt>
      <dd>
        {bytes(number(row.data_scanned_bytes))}
        {number(row.data_scanned_bytes) !== null && (
          <span className="soft"> {count(number(row.data_scanned_bytes) ?? 0)} bytes</span>
        )}
        {row.result_reused === true && <span className="tag">result reused</span>}
      </dd>
      <dt>Took</dt>
      <dd>
        {duration(number(row.total_ms))}
        {number(row.total_ms) !== null && (
          <span className="soft">
            {' '}
            · engine {duration(number(row.execution_ms))}, of it planning {duration(number(row.planning_ms))}; queued{' '}
            {duration(number(row.queue_ms))}
          </span>
        )}
      </dd>
      <dt>Tables</dt>
      <dd className="tags">
        {list(row.tables_read).map((table) => (
          <Go key={`r ${table}`} className="tag link" to={addressOf(`/tables/${table}`)}>
            read {shortTable(table)}
          </Go>
        ))}
        {list(row.tables_written).map((table) => (
          <Go key={`w ${table}`} className="tag link write" to={addressOf(`/tables/${table}`)}>
            wrote {shortTable(table)}
          </Go>
        ))}
        {list(row.tables_read).length + list(row.tables_written).length === 0 && (
          <span className="soft">{row.tables_read === null ? 'not known: the text is missing' : 'none'}</span>
        )}
      </dd>
      <dt>Where</dt>
      <dd>
        <Go to={addressOf(`/workgroups/${text(row.workgroup) ?? ''}`)}>{text(row.workgroup) ?? '–'}</Go>
        <span className="soft">
          {' '}
          · {[text(row.catalog), text(row.database)].filter(Boolean).join('.')} · {text(row.region)} · account{' '}
          {text(row.account_id)}
        </span>
      </dd>
      <dt>From</dt>
      <dd>
        {text(row.client) ?? 'unknown program'}
        <span className="soft">
          {' '}
          · {text(row.source_ip) ?? 'no address'} · MFA{' '}
          {row.mfa === true ? 'yes' : row.mfa === false ? 'no' : 'not recorded'}
          {row.console === true ? ' · console sign-in' : ''}
        </span>
        {text(row.user_agent) && <p className="mono soft">{text(row.user_agent)}</p>}
        {text(row.app) && (
          <p>
            Tool {text(row.app)}
            {text(row.app_user) ? `, which names ${text(row.app_user)}` : ''}{' '}
            <span className="soft">{text(row.app_context)}</span>
          </p>
        )}
      </dd>
      <dt>Result</dt>
      <dd className="mono">{text(row.output_location) ?? <span className="soft">none</span>}</dd>
      <dt>Recorded</dt>
      <dd>
        <span className="mono">{text(hour?.report_key)}</span>
        <span className="soft">
          {' '}
          · hour {text(hour?.status)}, version {number(hour?.version)}
        </span>
        {text(hour?.problem) && <p className="message">{text(hour?.problem)}</p>}
        <p className="row">
          <ConsoleLinks row={row} />
        </p>
      </dd>
    </dl>
  );
}

/** Long numbers are set in groups of three. */
function withUnits(step: string): string {
  return step.replace(/(?<![\d.])\d{5,}\b/g, (digits) => count(Number(digits)));
}

function ConsoleLinks({ row }: { readonly row: Row }): ReactNode {
  const region = encodeURIComponent(text(row.region) ?? '');
  const id = text(row.query_execution_id);
  const event = text(row.event_id);
  return (
    <>
      {id && (
        <a
          href={`https://${region}.console.aws.amazon.com/athena/home?region=${region}#/query-editor/history/${encodeURIComponent(id)}`}
          target="_blank"
          rel="noreferrer"
        >
          Athena console
        </a>
      )}
      {event && (
        <a
          href={`https://${region}.console.aws.amazon.com/cloudtrailv2/home?region=${region}#/events/${encodeURIComponent(event)}`}
          target="_blank"
          rel="noreferrer"
        >
          CloudTrail event
        </a>
      )}
      {id && <CopyButton text={id}>Copy id</CopyButton>}
      <CopyButton text={`${window.location.origin}/q/${id ?? event ?? ''}`}>Copy link</CopyButton>
    </>
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
