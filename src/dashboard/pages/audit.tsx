import type { ReactNode } from 'preact/compat';
import type { Row } from '../../analytics/cache/duck.js';
import { LATE_EVENT_BOUND_MS } from '../../cloudtrail/limits.js';
import type { Api } from '../answers/answers.js';
import { useShown } from '../lists/use-shown.js';
import { count, plural, time } from '../parts/format.js';
import { PageHead } from '../parts/page-head.js';
import { Panel } from '../parts/parts.js';
import { useApi, useStatus } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { Calendar } from './audit-calendar.js';
import { AuditFindings } from './audit-findings.js';
import { UnnamedTables } from './audit-unnamed.js';
import { Places } from './places.js';

type Audit = Api['/audit'];

/** The proof: every hour there should be, what the ledger says, what is wrong, what collected it. It always shows all of the time. */
export function PageAudit(): ReactNode {
  const answer = useApi('/audit');
  return (
    <div className="page-audit">
      <PageHead title="Audit" hasRange={false} />
      <Panel answer={answer} skeleton={18}>
        {(data) => (
          <>
            <Checked data={data} />
            <Places />
            <div className="audit-grid">
              <div>
                {data.coverage.trees.map((tree) => (
                  <Calendar key={tree} tree={tree} hours={data.hours.filter((hour) => hour.tree === tree)} />
                ))}
              </div>
              <div>
                <AuditFindings findings={data.findings} accept={data.accept} />
                <LedgerTable ledger={data.ledger} />
                <UnnamedTables unnamed={data.unnamed} />
                <Chains chains={data.chains} chain={data.chain} />
                <Runs runs={data.runs} sources={data.sources} />
              </div>
            </div>
          </>
        )}
      </Panel>
    </div>
  );
}

function Checked({ data }: { readonly data: Audit }): ReactNode {
  const { gaps, faulty, hours, complete, open } = data.coverage;
  const status = useStatus();
  const places = status?.places;
  const { zone } = useZone();
  const unread = places?.unread ?? [];
  const lastOpen = data.hours.reduce((last, hour) => (hour.state === 'open' ? Math.max(last, hour.end) : last), 0);
  const faults = Object.values(data.chains).flatMap((chain) => chain.faults);
  const bad = gaps + faulty + faults.length + unread.length;
  const missing = [
    ...(gaps > 0 ? [`${count(gaps)} of ${count(hours)} hours ${gaps === 1 ? 'has' : 'have'} no report`] : []),
    ...(faulty > 0 ? [`${count(faulty)} of ${count(hours)} hours ${faulty === 1 ? 'is' : 'are'} faulty`] : []),
    ...(unread.length > 0
      ? [
          places?.count === 1
            ? 'the account and Region was not read in every hour'
            : `${count(unread.length)} of ${count(places?.count ?? 0)} accounts and Regions ${unread.length === 1 ? 'was' : 'were'} not read in every hour`,
        ]
      : []),
    ...(faults.length > 0 ? ['the chain of seals is broken'] : []),
  ];
  const tone = bad > 0 ? 'bad' : open > 0 ? 'open' : 'good';
  return (
    <p className={`checked ${tone}`}>
      <b>
        {bad > 0
          ? 'Something is missing.'
          : complete === 0
            ? 'Nothing is final yet.'
            : data.left
              ? `Nothing is missing from ${data.rows_from} on.`
              : 'Nothing is missing.'}
      </b>{' '}
      {bad > 0
        ? `${missing.join(', ').replace(/^t/, 'T')}.`
        : `Each of the ${count(hours)} hours has a report that is byte for byte what its manifest vouches for, and every ledger adds up.${complete === 0 ? '' : open === 0 ? ' All of them are final.' : ` ${count(complete)} of them are final.`}`}{' '}
      {open > 0 && openText(open, lastOpen, zone)}{' '}
      {data.left && (
        <b>
          This is of the hours that are here alone: {plural(data.left.hours, 'hour')} from {data.left.from} to{' '}
          {data.left.to} are collected and in none of it.
        </b>
      )}{' '}
      <span className="soft">
        This page compares reports with their manifests; <code>{status?.program ?? 'aqt'} verify</code> weighs the
        evidence and the seals, too.
      </span>
    </p>
  );
}

/** What the open hours are still waiting for, and how long. */
function openText(open: number, lastEnd: number, zone: string): string {
  const until = time(lastEnd + LATE_EVENT_BOUND_MS, zone, 'day');
  return (
    `${count(open)} may still change: CloudTrail delivers events up to 31 days late, and queries that run have no end yet. ` +
    `The last of them can be final on ${until}.`
  );
}

/** The equations that the manifests prove, over all hours. */
function LedgerTable({ ledger }: { readonly ledger: Row }): ReactNode {
  const n = (name: string): number => Number(ledger[name] ?? 0);
  const lines: readonly (readonly [string, number, readonly (readonly [string, number])[]])[] = [
    [
      'Starts read from CloudTrail',
      n('starts_read'),
      [
        ['duplicates', n('duplicates')],
        ['malformed', n('malformed')],
        ['starts', n('starts')],
      ],
    ],
    [
      'Starts',
      n('starts'),
      [
        ['of an execution', n('execution_starts')],
        ['refused', n('refused')],
      ],
    ],
    [
      'Starts of an execution',
      n('execution_starts'),
      [
        ['executions', n('executions')],
        ['repeated', n('repeated_starts')],
      ],
    ],
    [
      'Executions',
      n('executions'),
      [
        ['attributed', n('attributed')],
        ['in conflict', n('conflict')],
      ],
    ],
    [
      'Rows of the reports',
      n('rows'),
      [
        ['executions', n('executions')],
        ['unattributed', n('unattributed')],
        ['refused', n('refused')],
      ],
    ],
  ];
  return (
    <section className="panel" aria-label="Ledger">
      <div className="panel-head">
        <h2>Ledger</h2>
        <span className="soft">every start is explained</span>
      </div>
      <table className="plain ledger">
        <tbody>
          {lines.map(([name, whole, parts]) => {
            const holds = parts.reduce((sum, [, value]) => sum + value, 0) === whole;
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="n">{count(whole)}</td>
                <td className="soft">= {parts.map(([part, value]) => `${count(value)} ${part}`).join(' + ')}</td>
                <td className={holds ? 'good-text' : 'bad-text'}>{holds ? 'holds' : 'does not hold'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Chains({ chains, chain }: { readonly chains: Audit['chains']; readonly chain: Row }): ReactNode {
  return (
    <section className="panel" aria-label="Chain">
      <div className="panel-head">
        <h2>Chain</h2>
        <span className="soft">nothing was removed or replaced unseen</span>
      </div>
      <div className="pad">
        {Object.entries(chains).map(([tree, { length, head, faults }]) => (
          <p key={tree}>
            {tree !== '' && <b>{tree} </b>}
            {length === 0 ? (
              'No seals yet: a day is sealed when all of it is collected.'
            ) : faults.length > 0 ? (
              <span className="bad-text">{faults.join('; ')}</span>
            ) : (
              <>
                <span className="good-text">{count(length)} seals hold.</span> Keep the head elsewhere, and anybody can
                prove later that nothing before it was changed:
                <br />
                <span className="mono">{head}</span>
              </>
            )}
          </p>
        ))}
        <p className="soft">
          Manifests: {count(Number(chain.first ?? 0))} of the first version, {count(Number(chain.linked ?? 0))}{' '}
          rewritten and linked to the one before, {count(Number(chain.broken ?? 0))} without a link.
        </p>
      </div>
    </section>
  );
}

function Runs({ runs, sources }: { readonly runs: Audit['runs']; readonly sources: Audit['sources'] }): ReactNode {
  const { shown, more } = useShown(runs, { page: 100 });
  return (
    <section className="panel" aria-label="Collection runs">
      <div className="panel-head">
        <h2>Collection runs</h2>
        <span className="soft">{sourcesText(sources)}</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="table-scroll short" tabIndex={0} aria-label="Runs">
        <table className="plain runs-table">
          <thead>
            <tr>
              <th>Collected (UTC)</th>
              <th>Days</th>
              <th className="n">Hours</th>
              <th className="n">Rewritten</th>
              <th className="n">Rows</th>
              <th>By</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((run) => (
              <tr key={`${run.day} ${run.generator}`}>
                <td>{run.day}</td>
                <td className="soft">
                  {run.from_day === run.to_day ? run.from_day : `${run.from_day} to ${run.to_day}`}
                </td>
                <td className="n">{count(Number(run.hours))}</td>
                <td className="n">{count(Number(run.rewritten))}</td>
                <td className="n">{count(Number(run.rows))}</td>
                <td className="soft">{run.generator}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {more}
      </section>
    </section>
  );
}

/** What was read, by kind: the Region of a single place, else how many there were. */
function sourcesText(sources: Audit['sources']): string {
  const kinds = [...new Set(sources.map(({ kind }) => String(kind)))];
  return kinds
    .map((kind) => {
      const placed = sources.filter((source) => source.kind === kind && source.region !== null);
      if (placed.length > 1) return `${kind} of ${count(placed.length)} accounts and Regions`;
      return placed[0] ? `${kind} in ${placed[0].region}` : kind;
    })
    .join(', ');
}
