import type { ReactNode } from 'react';
import { Chart } from '../parts/chart.js';
import { bytes, count, percent, shortTable, time, usd } from '../parts/format.js';
import { type GroupBy, GroupTable } from '../parts/group-table.js';
import { PageHead } from '../parts/page-head.js';
import { Empty, Go, Panel, StateTag, Tile } from '../parts/parts.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, usePlace, viewQuery } from '../web/url.js';
import { brush, metricOf } from './queries.js';

/** What is known about one thing: sums, time, groups, the latest queries. */
function OnePage({
  title,
  crumb,
  filters,
  groups,
  children,
}: {
  readonly title: string;
  readonly crumb: { readonly name: string; readonly path: string };
  readonly filters: Readonly<Record<string, string>>;
  readonly groups: readonly {
    readonly by: GroupBy;
    readonly title: string;
    readonly filters?: Readonly<Record<string, string>>;
  }[];
  readonly children?: ReactNode;
}): ReactNode {
  const { params } = usePlace();
  const { zone } = useZone();
  const answer = useApi('/histogram', viewQuery(params, filters));
  return (
    <div className="page-one">
      <PageHead title={title} crumb={crumb}>
        <Go className="button" to={addressOf('/queries', filters)}>
          All queries
        </Go>
      </PageHead>
      <Panel answer={answer} skeleton={6}>
        {(data) => (
          <>
            <dl className="tiles">
              <Tile name="Queries" value={count(data.totals.queries)} />
              <Tile name="Cost" value={usd(data.totals.costUsd)} />
              <Tile name="Scanned" value={bytes(data.totals.scannedBytes)} />
              {!('person' in filters) && <Tile name="People" value={count(data.totals.people)} />}
              <Tile name="Failed" value={percent(data.totals.failed, data.totals.queries)} />
              <Tile name="Refused" value={count(data.totals.refused)} />
            </dl>
            <section className="panel chart-panel" aria-label="Over time">
              <Chart
                histogram={data}
                metric={metricOf(params.get('metric'))}
                zone={zone}
                height={120}
                onBrush={brush}
              />
            </section>
          </>
        )}
      </Panel>
      <div className="one-grid">
        {children}
        {groups.map((group) => (
          <section key={group.title} className="panel" aria-label={group.title}>
            <div className="panel-head">
              <h2>{group.title}</h2>
            </div>
            <GroupTable by={group.by} filters={{ ...filters, ...group.filters }} limit={12} isCompact />
          </section>
        ))}
        <Latest filters={filters} />
      </div>
    </div>
  );
}

function Latest({ filters }: { readonly filters: Readonly<Record<string, string>> }): ReactNode {
  const { params } = usePlace();
  const { zone } = useZone();
  const answer = useApi('/queries', viewQuery(params, { ...filters, limit: '12' }));
  return (
    <section className="panel wide" aria-label="Latest queries">
      <div className="panel-head">
        <h2>Latest queries</h2>
        <Go to={addressOf('/queries', filters)}>All</Go>
      </div>
      <Panel answer={answer}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title="None in this time" />
          ) : (
            <table className="plain latest">
              <thead>
                <tr>
                  <th>Time ({zone === 'UTC' ? 'UTC' : 'report'})</th>
                  <th>Person</th>
                  <th>State</th>
                  <th>SQL</th>
                  <th className="n">Cost</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <td>
                      <Go to={addressOf(`/q/${row.id}`)}>{time(row.at, zone, 'short')}</Go>
                    </td>
                    <td>{row.person ?? row.username ?? '–'}</td>
                    <td>
                      <StateTag state={row.state} />
                    </td>
                    <td className="sql-cell">
                      <code>{row.sql?.replace(/^\s*\/\*[\s\S]*?\*\/\s*/, '').replace(/\s+/g, ' ') ?? '–'}</code>
                    </td>
                    <td className="n">{usd(row.cost_usd)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Panel>
    </section>
  );
}

export function PagePerson({ person }: { readonly person: string }): ReactNode {
  const filters = { person };
  return (
    <OnePage
      title={person}
      crumb={{ name: 'People', path: '/people' }}
      filters={filters}
      groups={[
        { by: 'table', title: 'Tables' },
        { by: 'fingerprint', title: 'Patterns' },
        { by: 'role', title: 'Roles' },
        { by: 'workgroup', title: 'Workgroups' },
        { by: 'ip', title: 'Addresses' },
      ]}
    >
      <WeekMap filters={filters} />
      <FirstTouches person={person} />
    </OnePage>
  );
}

export function PageWorkgroup({ workgroup }: { readonly workgroup: string }): ReactNode {
  return (
    <OnePage
      title={workgroup}
      crumb={{ name: 'Workgroups', path: '/workgroups' }}
      filters={{ workgroup }}
      groups={[
        { by: 'person', title: 'People' },
        { by: 'fingerprint', title: 'Patterns' },
        { by: 'table', title: 'Tables' },
        { by: 'app', title: 'Tools' },
      ]}
    />
  );
}

export function PageTable({ table }: { readonly table: string }): ReactNode {
  return (
    <OnePage
      title={shortTable(table)}
      crumb={{ name: 'Tables', path: '/tables' }}
      filters={{ table }}
      groups={[
        { by: 'person', title: 'Who read it', filters: { reads: table } },
        { by: 'person', title: 'Who wrote it', filters: { writes: table } },
        { by: 'fingerprint', title: 'Patterns' },
        { by: 'client', title: 'Programs' },
      ]}
    />
  );
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** When in the week somebody works: what falls outside is easy to see. */
function WeekMap({ filters }: { readonly filters: Readonly<Record<string, string>> }): ReactNode {
  const { params } = usePlace();
  const { zone } = useZone();
  const answer = useApi('/week', viewQuery(params, filters));
  return (
    <section className="panel" aria-label="Hours of the week">
      <div className="panel-head">
        <h2>Hours of the week</h2>
        <span className="soft">{zone}</span>
      </div>
      <Panel answer={answer} skeleton={7}>
        {({ cells }) => {
          const highest = Math.max(...cells.map((cell) => cell.queries), 1);
          const at = (weekday: number, hour: number): number =>
            cells.find((cell) => cell.weekday === weekday && cell.hour === hour)?.queries ?? 0;
          return (
            <table className="week">
              <thead>
                <tr>
                  <th scope="col">
                    <span className="sr">Day</span>
                  </th>
                  {Array.from({ length: 24 }, (_, hour) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: hours are their own keys
                    <th key={hour} scope="col">
                      {hour % 6 === 0 ? String(hour).padStart(2, '0') : <span className="sr">{hour}</span>}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {DAYS.map((day, index) => (
                  <tr key={day}>
                    <th scope="row">{day}</th>
                    {Array.from({ length: 24 }, (_, hour) => {
                      const queries = at(index + 1, hour);
                      return (
                        // biome-ignore lint/suspicious/noArrayIndexKey: hours are their own keys
                        <td key={hour} title={`${day} ${String(hour).padStart(2, '0')}:00, ${queries} queries`}>
                          <i style={{ opacity: queries === 0 ? 0 : 0.18 + 0.82 * (queries / highest) }} />
                          <span className="sr">{queries}</span>
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          );
        }}
      </Panel>
    </section>
  );
}

function FirstTouches({ person }: { readonly person: string }): ReactNode {
  const { params } = usePlace();
  const { zone } = useZone();
  const answer = useApi('/touches', viewQuery(params, { person }));
  return (
    <section className="panel" aria-label="Tables touched for the first time">
      <div className="panel-head">
        <h2>Tables read for the first time</h2>
      </div>
      <Panel answer={answer} skeleton={4}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="soft pad">None in this time: only tables known from before.</p>
          ) : (
            <table className="plain">
              <thead>
                <tr>
                  <th>First read</th>
                  <th>Table</th>
                  <th className="n">Queries</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.table_name}>
                    <td>
                      <Go to={addressOf(`/q/${row.id}`)}>{time(row.first, zone, 'short-minute')}</Go>
                    </td>
                    <td>
                      <Go to={addressOf(`/tables/${row.table_name}`)}>{shortTable(row.table_name)}</Go>
                    </td>
                    <td className="n">{count(row.queries)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Panel>
    </section>
  );
}
