import type { ReactNode } from 'preact/compat';
import type { PersonName } from '../../analytics/view/person.js';
import { count, time } from '../parts/format.js';
import { Confidence, Go, KindTag, Panel } from '../parts/parts.js';
import { METHODS } from '../query/query-evidence.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, usePlace, viewQuery } from '../web/url.js';

/** Who somebody is: kind, team, cost centre, every name AWS knows, how each is known, and what would settle the weak ones. */
export function WhoThatIs({ person }: { readonly person: string }): ReactNode {
  const { params } = usePlace();
  const answer = useApi('/person', viewQuery(params, { person }));
  if (answer.error?.status === 404) return null;
  return (
    <section className="panel wide" aria-label="Who that is">
      <div className="panel-head">
        <h2>Who that is</h2>
      </div>
      <Panel answer={answer} skeleton={4}>
        {({ kind, team, costCenter, names, more, rows_from, rows_to }) => (
          <>
            {rows_from && (
              <p className="note">
                Of rows from {rows_from} {rows_to ? `to ${rows_to}` : 'on'} alone: others are collected and not here.
              </p>
            )}
            <dl className="facts pad">
              <dt>Kind</dt>
              <dd>{kind === 'human' ? 'human' : <KindTag kind={kind} />}</dd>
              <dt>Team</dt>
              <dd>{team ?? <span className="soft">none in the directory</span>}</dd>
              <dt>Cost centre</dt>
              <dd>{costCenter ?? <span className="soft">none in the directory</span>}</dd>
            </dl>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
            <section className="table-scroll" tabIndex={0} aria-label="Names that AWS knows">
              <table className="plain stacking">
                <thead>
                  <tr>
                    <th>Recorded as</th>
                    <th>How we know</th>
                    <th className="n">Queries</th>
                    <th>First and last</th>
                  </tr>
                </thead>
                <tbody>
                  {names.map((name) => (
                    <Name key={`${name.username} ${name.method} ${name.role}`} name={name} />
                  ))}
                </tbody>
              </table>
              {more > 0 && (
                <p className="note">
                  <Go to={addressOf('/groups', { by: 'username', person })}>and {count(more)} more names</Go>
                </p>
              )}
            </section>
          </>
        )}
      </Panel>
    </section>
  );
}

function Name({ name }: { readonly name: PersonName }): ReactNode {
  const { zone } = useZone();
  const { username, role, method, confidence, weakness, evidence, id } = name;
  return (
    <tr>
      <td data-head="Recorded as" className="whole">
        {username ?? <em>nobody</em>}
        {role && <small className="soft mono">{role}</small>}
      </td>
      <td data-head="How we know" className="advice whole">
        <Confidence level={confidence} /> <b>{method}</b>, {confidence}. {METHODS[method] ?? ''}
        {evidence && evidence.length > 0 && <small className="soft mono">{evidence.join(' · ')}</small>}
        {weakness && (
          <small>
            {weakness.reason} {weakness.fix}
            {weakness.line && (
              <>
                {' '}
                Or add to the directory file: <code>{weakness.line}</code>
              </>
            )}
          </small>
        )}
      </td>
      <td data-head="Queries" className="n">
        {count(name.queries)}
      </td>
      <td data-head="First and last" className="span">
        {time(name.first, zone, 'day')} to <Go to={addressOf(`/q/${id}`)}>{time(name.last, zone)}</Go>{' '}
        <span className="soft">{zone}</span>
      </td>
    </tr>
  );
}
