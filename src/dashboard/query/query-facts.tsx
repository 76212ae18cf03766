import type { ReactNode } from 'preact/compat';
import type { Row } from '../../analytics/cache/duck.js';
import type { QueryDetail } from '../../analytics/view/query-detail.js';
import { ago, bytes, count, duration, shortTable, time, usd } from '../parts/format.js';
import { Confidence, Go, KindTag, StateTag } from '../parts/parts.js';
import { useZone } from '../web/settings.js';
import { addressOf } from '../web/url.js';
import { HowWeKnow } from './query-evidence.js';
import { Origin, Recorded } from './query-origin.js';
import { list, number, text } from './query-row.js';

/** What is known about one query, a fact a line. */
export function Facts({ row, cost, hour }: QueryDetail): ReactNode {
  return (
    <dl className="facts">
      <dt>Person</dt>
      <dd className="who">
        <Person row={row} />
        <HowWeKnow row={row} />
      </dd>
      <dt>When</dt>
      <dd>
        <When at={number(row.start_ms)} />
      </dd>
      <dt>State</dt>
      <dd>
        <State row={row} />
      </dd>
      <dt>Cost</dt>
      <dd>
        <Cost row={row} cost={cost} />
      </dd>
      <dt>Scanned</dt>
      <dd>
        <Scanned row={row} />
      </dd>
      <dt>Took</dt>
      <dd>
        <Took row={row} />
      </dd>
      <dt>Tables</dt>
      <dd className="tags">
        <Tables row={row} />
      </dd>
      <dt>Where</dt>
      <dd>
        <Where row={row} />
      </dd>
      <dt>From</dt>
      <dd>
        <Origin row={row} />
      </dd>
      <dt>Result</dt>
      <dd className="mono">{text(row.output_location) ?? <span className="soft">none</span>}</dd>
      <dt>Recorded</dt>
      <dd>
        <Recorded row={row} hour={hour} />
      </dd>
    </dl>
  );
}

interface OfRow {
  readonly row: Row;
}

function Person({ row }: OfRow): ReactNode {
  const person = text(row.person);
  return (
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
  );
}

function When({ at }: { readonly at: number | null }): ReactNode {
  const { zone } = useZone();
  return (
    <>
      {time(at, zone, 'second')} <span className="soft">{zone}</span>
      {at !== null && <span className="soft"> · {ago(at, Date.now())}</span>}
    </>
  );
}

function State({ row }: OfRow): ReactNode {
  const message = text(row.error_message) ?? text(row.state_reason);
  return (
    <>
      <StateTag state={String(row.state)} />
      {text(row.error_code) && <span className="soft"> {text(row.error_code)}</span>}
      {message && <p className="message">{message}</p>}
    </>
  );
}

/** The sum, and its arithmetic. */
function Cost({ row, cost }: Pick<QueryDetail, 'row' | 'cost'>): ReactNode {
  return (
    <>
      <b>{usd(number(row.cost_usd))}</b> <span className="soft">{text(row.cost_basis)}</span>
      <ol className="steps">
        {cost.steps.map((step) => (
          <li key={step}>{withUnits(step)}</li>
        ))}
      </ol>
      {cost.note && <p className="message">{cost.note}</p>}
    </>
  );
}

/** Long numbers are set in groups of three. */
function withUnits(step: string): string {
  return step.replace(/(?<![\d.])\d{5,}\b/g, (digits) => count(Number(digits)));
}

function Scanned({ row }: OfRow): ReactNode {
  const scanned = number(row.data_scanned_bytes);
  return (
    <>
      {bytes(scanned)}
      {scanned !== null && <span className="soft"> {count(scanned)} bytes</span>}
      {row.result_reused === true && <span className="tag">result reused</span>}
    </>
  );
}

function Took({ row }: OfRow): ReactNode {
  return (
    <>
      {duration(number(row.total_ms))}
      {number(row.total_ms) !== null && (
        <span className="soft">
          {' '}
          · engine {duration(number(row.execution_ms))}, of it planning {duration(number(row.planning_ms))}; queued{' '}
          {duration(number(row.queue_ms))}
        </span>
      )}
    </>
  );
}

function Tables({ row }: OfRow): ReactNode {
  const [read, written] = [list(row.tables_read), list(row.tables_written)];
  if (read.length + written.length === 0)
    return <span className="soft">{row.tables_read === null ? 'not known: the text is missing' : 'none'}</span>;
  return (
    <>
      {read.map((table) => (
        <Go key={`r ${table}`} className="tag link" to={addressOf(`/tables/${table}`)}>
          read {shortTable(table)}
        </Go>
      ))}
      {written.map((table) => (
        <Go key={`w ${table}`} className="tag link write" to={addressOf(`/tables/${table}`)}>
          wrote {shortTable(table)}
        </Go>
      ))}
    </>
  );
}

function Where({ row }: OfRow): ReactNode {
  return (
    <>
      <Go to={addressOf(`/workgroups/${text(row.workgroup) ?? ''}`)}>{text(row.workgroup) ?? '–'}</Go>
      <span className="soft">
        {' '}
        · {[text(row.catalog), text(row.database)].filter(Boolean).join('.')} · {text(row.region)} · account{' '}
        {text(row.account_id)}
      </span>
    </>
  );
}
