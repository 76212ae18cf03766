import type { ReactNode } from 'react';
import { useApi } from './api.js';
import { ago, bytes, count, duration, nanosUsd, plural, shortTable, time, usd } from './format.js';
import { Confidence, CopyButton, Empty, Go, KindTag, Skeleton, StateTag } from './parts.js';
import { useZone } from './settings.js';
import { SqlText } from './sql-text.js';
import { addressOf, usePlace } from './url.js';

type Row = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

interface Detail {
  readonly row: Row;
  readonly hour: Row | null;
  readonly cost: { readonly steps: readonly string[]; readonly note: string | null };
  readonly pattern: Row | null;
  readonly recentRuns: readonly Row[];
}

const METHODS: Readonly<Record<string, string>> = {
  'identity-center': 'IAM Identity Center named the user in the event itself.',
  'source-identity': 'The session carries a source identity, set when the role was assumed.',
  'sso-session': 'The role is reserved for IAM Identity Center, which names the session after the user.',
  'iam-user': 'The IAM user’s own access key signed the call.',
  'saml-subject': 'A SAML assertion, signed by the identity provider, named the subject when the role was assumed.',
  'oidc-subject': 'An OIDC token, signed by the identity provider, named the subject when the role was assumed.',
  'role-chain': 'The chain of AssumeRole events was followed back to whoever began it.',
  'sql-comment': 'A comment that the tool wrote into the SQL names the user.',
  'session-name': 'The role session is named so; the caller chose the name.',
  directory: 'A rule of the identity directory says so.',
  root: 'The root user of the account signed the call.',
  workload: 'The role belongs to a machine.',
  service: 'An AWS service made the call.',
  unresolved: 'Nothing ties these credentials to a person.',
};

/** Everything about one query: who and how that is known, what it did, what it cost and why. */
export function QueryDetail({
  id,
  head,
}: {
  readonly id: string;
  readonly head: (title: string) => ReactNode;
}): ReactNode {
  const { params } = usePlace();
  const mask = params.get('mask') === '1' ? '?mask=1' : '';
  const { data, isStale, error, retry } = useApi<Detail>(`/api/query/${encodeURIComponent(id)}${mask}`);
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
      <Facts {...data} />
      {typeof data.row.query === 'string' ? <SqlText sql={data.row.query} /> : <NoText row={data.row} />}
      <Runs {...data} />
      <AllColumns row={data.row} />
    </div>
  );
}

function text(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function number(value: Row[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function list(value: Row[string] | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
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

/** The evidence, first hop first: what ties the credentials to the person. */
function HowWeKnow({ row }: { readonly row: Row }): ReactNode {
  const method = String(row.identity_method);
  const chain: [string, string | null][] = [
    ['Principal', text(row.principal_arn)],
    ['Role', text(row.role_arn)],
    ['Session name', text(row.session_name)],
    ['Source identity', text(row.source_identity)],
    ['Identity Center user', text(row.on_behalf_of)],
    ['Invoked by', text(row.invoked_by)],
    ['Access key', text(row.access_key_id)],
  ];
  return (
    <details className="how" open>
      <summary>
        How we know: <b>{method}</b>, {String(row.identity_confidence)}
      </summary>
      <p>{METHODS[method] ?? ''}</p>
      <ol className="evidence">
        {list(row.identity_evidence).map((item) => (
          <li key={item} className="mono">
            {item}
          </li>
        ))}
      </ol>
      <table className="plain small">
        <tbody>
          {chain
            .filter(([, value]) => value !== null)
            .map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="mono">{value}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {row.attribution !== 'attributed' && <p className="message">Attribution: {String(row.attribution)}</p>}
    </details>
  );
}

/** Long numbers are set in groups of three. */
function withUnits(step: string): string {
  return step.replace(/\b\d{5,}\b/g, (digits) => count(Number(digits)));
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

function Runs({ row, pattern, recentRuns }: Detail): ReactNode {
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
      <table className="plain">
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
              <td>
                <Go to={addressOf(`/q/${run.id}`)}>{time(number(run.at), zone, 'short-minute')}</Go>
              </td>
              <td>{text(run.person) ?? '–'}</td>
              <td>
                <StateTag state={String(run.state)} />
              </td>
              <td className="n">{bytes(number(run.bytes))}</td>
              <td className="n">{usd(number(run.cost_usd))}</td>
              <td className="n">{duration(number(run.total_ms))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
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
