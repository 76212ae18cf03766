import type { ReactNode } from 'preact/compat';
import type { Row } from '../../analytics/cache/duck.js';
import type { QueryDetail } from '../../analytics/view/query-detail.js';
import { CopyButton } from '../parts/menus.js';
import { number, text } from './query-row.js';

/** From where a query came: program, address, sign-in, and what a tool says of itself. */
export function Origin({ row }: { readonly row: Row }): ReactNode {
  return (
    <>
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
    </>
  );
}

/** In which report the query stands, and the ways to AWS's own pages of it. */
export function Recorded({ row, hour }: Pick<QueryDetail, 'row' | 'hour'>): ReactNode {
  return (
    <>
      <span className="mono">{text(hour?.report_key)}</span>
      <span className="soft">
        {' '}
        · hour {text(hour?.status)}, version {number(hour?.version)}
      </span>
      {text(hour?.problem) && <p className="message">{text(hour?.problem)}</p>}
      <p className="row">
        <ConsoleLinks row={row} />
      </p>
    </>
  );
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
