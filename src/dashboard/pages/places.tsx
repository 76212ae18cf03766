import type { ReactNode } from 'preact/compat';
import type { Api } from '../answers/answers.js';
import { count, plural } from '../parts/format.js';
import { Accepted, Command } from '../parts/next-step.js';
import { Go, Panel } from '../parts/parts.js';
import { useApi } from '../web/api.js';
import { addressOf } from '../web/url.js';
import { PlaceStrip, STATES, spansText } from './place-strip.js';

/** One account and Region, with the command that would make it complete. */
type Place = Api['/places']['places'][number];

/** Every account and Region that was read or was to be read: on which days, how much, and what it lacks. */
export function Places(): ReactNode {
  const answer = useApi('/places');
  return (
    <section className="panel places" aria-label="Accounts and Regions">
      <div className="panel-head">
        <h2>Accounts and Regions</h2>
        <ul className="legend">
          {[...new Set(answer.data?.places.flatMap(({ spans }) => spans.map(({ state }) => state)))].map((state) => (
            <li key={state}>
              <i className={`day ${state}`} aria-hidden="true" />
              {STATES[state]}
            </li>
          ))}
        </ul>
      </div>
      <Panel answer={answer} skeleton={3}>
        {({ places }) =>
          places.length === 0 ? (
            <p className="soft pad">
              The manifests name none, and there are no rows: a trail without queries, or nothing was collected yet.
            </p>
          ) : (
            <PlaceTable places={places} />
          )
        }
      </Panel>
    </section>
  );
}

function PlaceTable({ places }: { readonly places: readonly Place[] }): ReactNode {
  const hasTables = places.some(({ systemTable }) => systemTable !== null);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="table-scroll" tabIndex={0} aria-label="Completeness by account and Region">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Account, Region</th>
            <th scope="col" className="strip-cell">
              Day by day
            </th>
            <th scope="col" className="n">
              Days read
            </th>
            <th scope="col" className="n">
              Hours read
            </th>
            <th scope="col" className="n">
              Starts
            </th>
            <th scope="col" className="n">
              Rows
            </th>
            <th scope="col" className="n" title="Athena's own list, compared when a day is closed">
              Workgroups listed
            </th>
            {hasTables && (
              <th scope="col" title="Athena's system table of finished queries">
                System table
              </th>
            )}
          </tr>
        </thead>
        {places.map((place) => (
          <PlaceRows key={`${place.tree} ${place.accountId} ${place.region}`} place={place} hasTables={hasTables} />
        ))}
      </table>
    </section>
  );
}

function PlaceRows({ place, hasTables }: { readonly place: Place; readonly hasTables: boolean }): ReactNode {
  const { tree, accountId, region, days, daysRead, hoursRead, hoursLacking, accepted, listing } = place;
  const isBad = hoursLacking > 0 && accepted === null;
  return (
    <tbody>
      <tr>
        <th scope="row">
          <Go to={addressOf('/queries', { range: 'all', from: null, to: null, account: accountId, region })}>
            {accountId} <b>{region}</b>
          </Go>
          {tree !== '' && <small className="soft">{tree}</small>}
        </th>
        <td className="strip-cell">
          <PlaceStrip name={`${accountId} ${region}`} days={days} spans={place.spans} />
        </td>
        <td className={`n ${isBad ? 'bad-text' : ''}`} data-name="Days read">
          {count(daysRead)} of {count(days)}
        </td>
        <td className={`n ${isBad ? 'bad-text' : ''}`} data-name="Hours read">
          {hoursRead === null ? 'from log files' : `${count(hoursRead)} of ${count(hoursRead + hoursLacking)}`}
        </td>
        <td className="n" data-name="Starts">
          {count(place.starts)}
        </td>
        <td className="n" data-name="Rows">
          {count(place.rows)}
        </td>
        <td className="n" data-name="Workgroups listed">
          {listed(listing)}
        </td>
        {hasTables && <td data-name="System table">{tableText(place.systemTable)}</td>}
      </tr>
      <PlaceDetails place={place} columns={hasTables ? 8 : 7} />
    </tbody>
  );
}

function listed(listing: Place['listing']): ReactNode {
  if (listing === null) return <span className="soft">not compared</span>;
  const { workGroups, listed, isWhole } = listing;
  if (isWhole && listed === workGroups) return count(workGroups);
  const text = isWhole
    ? `${count(listed)} of ${count(workGroups)}`
    : listed === 0
      ? 'none'
      : `${count(listed)}, not all`;
  return <span className="warn-text">{text}</span>;
}

function tableText(table: Place['systemTable']): ReactNode {
  if (table === null) return <span className="soft">not asked</span>;
  const { seen, absent, disagreements } = table;
  return (
    <>
      {count(seen)} seen
      <span className="soft">, lacks {count(absent)}</span>
      {disagreements > 0 && <span className="bad-text">, {count(disagreements)} by another</span>}
    </>
  );
}

/** What a place lacks, in words, with the command that mends it; no row when it lacks nothing. */
function PlaceDetails({ place, columns }: { readonly place: Place; readonly columns: number }): ReactNode {
  const { spans, failure, accepted, unlisted, listing, systemTable, hoursLacking, command, note } = place;
  const lacking = spans.filter((span) => span.hoursLacking > 0);
  const unasked = spans.filter(({ state }) => state === 'unasked');
  const isDropped = unasked.length > 0 && spans.at(-1) === unasked.at(-1) && unasked.length < spans.length;
  const witnesses = [
    ...unlisted.map((one) => ({
      what:
        one.workGroup === '*'
          ? 'Athena’s list of executions could not be read'
          : `Athena’s list of workgroup ${one.workGroup} could not be read`,
      reportDate: one.reportDate,
      text: one.failure,
      by: one.accepted,
    })),
    ...(systemTable?.failure
      ? [{ what: 'The system table could not be read', ...systemTable.failure, by: systemTable.accepted }]
      : []),
  ];
  const facts = [
    lacking.length > 0 && (
      <div key="lacking">
        <p>
          <b className={accepted ? '' : 'bad-text'}>Not read</b> in {plural(hoursLacking, 'hour')}: {spansText(lacking)}
          . <Accepted by={accepted} />
        </p>
        {failure && <p className={accepted ? 'soft' : 'message'}>{failure.text}</p>}
        {command && !accepted && <Command text={command} note={note} />}
      </div>
    ),
    unasked.length > 0 && (
      <p key="unasked">
        <b className={isDropped ? 'warn-text' : ''}>Not asked for</b> {spansText(unasked)}: the runs of{' '}
        {unasked.length === 1 && unasked[0]?.days === 1 ? 'that day' : 'those days'} did not name this account or
        Region.
      </p>
    ),
    listing?.events && (
      <p key="events" className="soft">
        Of {listing.reportDate} Athena’s events told of {count(listing.events.seen)} executions
        {listing.events.absent > 0 && `, and not of ${count(listing.events.absent)} that CloudTrail shows`}.{' '}
        {listing.narrowed > 0
          ? `So the lists of ${plural(listing.narrowed, 'workgroup')} were read only as far as that day, by samples: what is older was not listed again.`
          : 'Athena’s lists were read to their end.'}
      </p>
    ),
    ...witnesses.map(({ what, reportDate, text, by }) => (
      <div key={what} className="witness">
        <b className={by ? '' : 'warn-text'}>{what}</b>, last for {reportDate}
        {text === failure?.text ? ', for the same reason.' : '.'} <Accepted by={by} />
        {text !== failure?.text && (
          <details>
            <summary>Why</summary>
            <p className="message">{text}</p>
          </details>
        )}
      </div>
    )),
  ].filter(Boolean);
  if (facts.length === 0) return null;
  return (
    <tr className="place-details">
      <td colSpan={columns}>{facts}</td>
    </tr>
  );
}
