import { type ReactNode, useState } from 'react';
import { type Coverage, useApi } from './api.js';
import { count, time } from './format.js';
import { PageHead } from './page-head.js';
import { Go, Panel } from './parts.js';
import { useZone } from './settings.js';
import { addressOf } from './url.js';

interface Hour {
  readonly tree: string;
  readonly reportDate: string;
  readonly hour: number;
  readonly state: 'complete' | 'open' | 'faulty' | 'gap';
  readonly start: number;
  readonly end: number;
  readonly rows: number | null;
  readonly starts: number | null;
  readonly unattributed: number | null;
  readonly pending: number | null;
  readonly version: number | null;
  readonly collectedAt: number | null;
  readonly problem: string | null;
}

type Numbers = Readonly<Record<string, number>>;

interface Audit {
  readonly hours: readonly Hour[];
  readonly coverage: Coverage;
  readonly findings: readonly {
    readonly severity: string;
    readonly title: string;
    readonly explanation: string;
    readonly count: number;
    readonly link: string | null;
  }[];
  readonly chains: Readonly<
    Record<string, { readonly length: number; readonly head: string | null; readonly faults: readonly string[] }>
  >;
  readonly ledger: Numbers;
  readonly chain: Numbers;
  readonly runs: readonly Readonly<Record<string, string | number>>[];
  readonly sources: readonly Readonly<Record<string, string | number | null>>[];
}

/** The proof: every hour there should be, what the ledger says, what is wrong, what collected it. It always shows all of the time. */
export function PageAudit(): ReactNode {
  const answer = useApi<Audit>('/api/audit');
  return (
    <div className="page-audit">
      <PageHead title="Audit" hasRange={false} />
      <Panel answer={answer} skeleton={18}>
        {(data) => (
          <>
            <Verdict data={data} />
            <div className="audit-grid">
              <div>
                {data.coverage.trees.map((tree) => (
                  <Calendar key={tree} tree={tree} hours={data.hours.filter((hour) => hour.tree === tree)} />
                ))}
              </div>
              <div>
                <Findings findings={data.findings} />
                <LedgerTable ledger={data.ledger} />
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

function Verdict({ data }: { readonly data: Audit }): ReactNode {
  const { gaps, faulty, hours, complete, open } = data.coverage;
  const faults = Object.values(data.chains).flatMap((chain) => chain.faults);
  const bad = gaps + faulty + faults.length;
  return (
    <p className={`verdict ${bad === 0 ? 'good' : 'bad'}`}>
      <b>{bad === 0 ? 'Nothing is missing.' : 'Something is missing.'}</b>{' '}
      {bad === 0
        ? `All ${count(hours)} hours have a report that is byte for byte what its manifest vouches for, and every ledger adds up. ${count(complete)} are final${open > 0 ? `, ${count(open)} may still change` : ''}.`
        : `${count(gaps)} of ${count(hours)} hours have no report, ${count(faulty)} are faulty${faults.length > 0 ? ', the chain of seals is broken' : ''}.`}
    </p>
  );
}

const STATES: Readonly<Record<Hour['state'], string>> = {
  complete: 'complete and final',
  open: 'may still change',
  faulty: 'faulty',
  gap: 'no report',
};
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Days down, hours across, the newest first. A label that the clock skips is no cell. */
function Calendar({ tree, hours }: { readonly tree: string; readonly hours: readonly Hour[] }): ReactNode {
  const [chosen, setChosen] = useState<Hour | null>(null);
  const byDay = new Map<string, Hour[]>();
  for (const hour of hours) {
    const day = byDay.get(hour.reportDate);
    if (day) day.push(hour);
    else byDay.set(hour.reportDate, [hour]);
  }
  const days = [...byDay].reverse();
  return (
    <section className="panel" aria-label={`Hours${tree ? ` of ${tree}` : ''}`}>
      <div className="panel-head">
        <h2>{tree === '' ? 'Hours' : tree}</h2>
        <ul className="legend">
          {(Object.keys(STATES) as Hour['state'][]).map((state) => (
            <li key={state}>
              <i className={state} aria-hidden="true" />
              {STATES[state]}
            </li>
          ))}
        </ul>
      </div>
      {chosen && <HourFacts hour={chosen} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="table-scroll calendar-scroll" tabIndex={0} aria-label="Calendar">
        <table className="calendar">
          <thead>
            <tr>
              <th scope="col">Day</th>
              {HOURS.map((hour) => (
                <th key={hour} scope="col">
                  {hour % 3 === 0 ? String(hour).padStart(2, '0') : <span className="sr">{hour}</span>}
                </th>
              ))}
              <th scope="col" className="n">
                Queries
              </th>
            </tr>
          </thead>
          <tbody>
            {days.map(([date, list]) => (
              <tr key={date}>
                <th scope="row">
                  <Go to={addressOf('/queries', { range: null, from: date, to: date })}>{date}</Go>
                </th>
                {HOURS.map((number) => {
                  const hour = list.find((one) => one.hour === number);
                  return (
                    <td key={number}>
                      {hour && (
                        <button
                          type="button"
                          className={`${hour.state} ${hour === chosen ? 'chosen' : ''} ${hour.rows === 0 ? 'none' : ''}`}
                          aria-label={`${date} ${String(number).padStart(2, '0')}h: ${STATES[hour.state]}${hour.rows === null ? '' : `, ${hour.rows} queries`}`}
                          title={`${date} ${String(number).padStart(2, '0')}h · ${STATES[hour.state]}${hour.rows === null ? '' : ` · ${count(hour.rows)} queries`}`}
                          tabIndex={-1}
                          onClick={() => setChosen(hour === chosen ? null : hour)}
                        />
                      )}
                    </td>
                  );
                })}
                <td className="n soft">{count(list.reduce((sum, hour) => sum + (hour.rows ?? 0), 0))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function HourFacts({ hour }: { readonly hour: Hour }): ReactNode {
  const { zone } = useZone();
  const number = (value: number | null): string => (value === null ? '–' : count(value));
  return (
    <div className={`hour-facts ${hour.state}`} role="status">
      <b>
        {hour.reportDate} {String(hour.hour).padStart(2, '0')}h
      </b>{' '}
      {STATES[hour.state]} · {time(hour.start, zone)} to {time(hour.end, zone)} {zone}
      {hour.problem ? (
        <p className="message">{hour.problem}</p>
      ) : (
        <p>
          CloudTrail starts {number(hour.starts)} · rows {number(hour.rows)} · without an event{' '}
          {number(hour.unattributed)} · to settle {number(hour.pending)} · version {number(hour.version)} · collected{' '}
          {time(hour.collectedAt, zone)}{' '}
          <Go
            to={addressOf('/queries', {
              range: null,
              from: new Date(hour.start).toISOString(),
              to: new Date(hour.end).toISOString(),
            })}
          >
            Show its queries
          </Go>
        </p>
      )}
    </div>
  );
}

function Findings({ findings }: { readonly findings: Audit['findings'] }): ReactNode {
  return (
    <section className="panel" aria-label="Findings">
      <div className="panel-head">
        <h2>Findings</h2>
      </div>
      {findings.length === 0 ? (
        <p className="soft pad">None.</p>
      ) : (
        <ul className="findings">
          {findings.map((finding) => (
            <li key={finding.title} className={finding.severity}>
              <span className="n">{count(finding.count)}</span>
              <div>
                {finding.link ? (
                  <Go to={`${addressOf('/queries', { range: 'all', from: null, to: null })}&${finding.link}`}>
                    {finding.title}
                  </Go>
                ) : (
                  <b>{finding.title}</b>
                )}
                <span className="soft">{finding.explanation}</span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The equations that the manifests prove, over all hours. */
function LedgerTable({ ledger }: { readonly ledger: Numbers }): ReactNode {
  const n = (name: string): number => ledger[name] ?? 0;
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

function Chains({ chains, chain }: { readonly chains: Audit['chains']; readonly chain: Numbers }): ReactNode {
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
          Manifests: {count(chain.first ?? 0)} of the first version, {count(chain.linked ?? 0)} rewritten and linked to
          the one before, {count(chain.broken ?? 0)} without a link.
        </p>
      </div>
    </section>
  );
}

function Runs({ runs, sources }: { readonly runs: Audit['runs']; readonly sources: Audit['sources'] }): ReactNode {
  return (
    <section className="panel" aria-label="Collection runs">
      <div className="panel-head">
        <h2>Collection runs</h2>
        <span className="soft">
          {sources.map((source) => `${source.kind}${source.region ? ` in ${source.region}` : ''}`).join(', ')}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="table-scroll short" tabIndex={0} aria-label="Runs">
        <table className="plain">
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
            {runs.map((run) => (
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
      </section>
    </section>
  );
}
