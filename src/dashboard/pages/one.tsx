import type { ReactNode } from 'preact/compat';
import { Chart } from '../chart/chart.js';
import { ChartControls } from '../chart/chart-controls.js';
import { metricOf } from '../chart/chart-scale.js';
import { deltaText } from '../chart/compared.js';
import { EmptyView } from '../lists/empty-view.js';
import { type GroupBy, GroupCard } from '../lists/group-table.js';
import { bytes, count, percent, shortTable, time, usd } from '../parts/format.js';
import { type Crumb, PageHead } from '../parts/page-head.js';
import { Empty, Go, Panel, StateTag, Tile } from '../parts/parts.js';
import { SqlLine } from '../parts/sql-line.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, brush, timeQuery, usePlace, viewQuery } from '../web/url.js';
import { MonthCard } from './month-card.js';
import { FirstTouches, WeekMap } from './person-habits.js';
import { TableColumns } from './table-columns.js';
import { WhoThatIs } from './who-that-is.js';
import { WorkgroupSettings } from './workgroup-settings.js';

/** What is known about one thing: sums, time, groups, the latest queries. */
function OnePage({
  title,
  crumb,
  filters,
  groups,
  children,
}: {
  readonly title: string;
  readonly crumb: Crumb;
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
  const metric = metricOf(params.get('metric'));
  const compare = params.get('compare');
  const answer = useApi('/histogram', timeQuery(params, metric, filters));
  return (
    <div className="page-one">
      <PageHead title={title} crumb={crumb}>
        <Go className="button" to={addressOf('/queries', filters)}>
          All queries
        </Go>
      </PageHead>
      <Panel answer={answer} skeleton={6}>
        {(data) =>
          data.totals.queries + data.totals.refused === 0 ? (
            <EmptyView filters={filters} />
          ) : (
            <>
              <dl className="tiles">
                <Tile
                  name="Queries"
                  value={count(data.totals.queries)}
                  delta={deltaText(data.totals.queries, data.compared?.totals.queries, compare)}
                />
                <Tile
                  name="Cost"
                  value={usd(data.totals.costUsd)}
                  delta={deltaText(data.totals.costUsd, data.compared?.totals.costUsd, compare)}
                />
                <Tile
                  name="Scanned"
                  value={bytes(data.totals.scannedBytes)}
                  delta={deltaText(data.totals.scannedBytes, data.compared?.totals.scannedBytes, compare)}
                />
                {!('person' in filters) && <Tile name="People" value={count(data.totals.people)} />}
                <Tile name="Failed" value={percent(data.totals.failed, data.totals.queries)} />
                <Tile
                  name="Refused"
                  value={count(data.totals.refused)}
                  {...(data.totals.refused > 0 ? { to: addressOf('/queries', { ...filters, state: 'REFUSED' }) } : {})}
                />
              </dl>
              <section className="panel chart-panel" aria-label="Over time">
                <div className="panel-head">
                  <h2>Over time</h2>
                  <ChartControls metric={metric} standard="queries" />
                </div>
                <Chart time={data} metric={metric} zone={zone} height={120} onBrush={brush} />
              </section>
            </>
          )
        }
      </Panel>
      <div className="one-grid">
        {children}
        {groups.map((group) => (
          <section key={group.title} className="panel" aria-label={group.title}>
            <div className="panel-head">
              <h2>{group.title}</h2>
            </div>
            <GroupCard by={group.by} title={group.title} filters={{ ...filters, ...group.filters }} />
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
                      {row.sql === null ? (row.error_code ?? '–') : <SqlLine facts={{ ...row, type: row.kind }} />}
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
      <WhoThatIs person={person} />
      <WeekMap filters={filters} />
      <FirstTouches person={person} />
    </OnePage>
  );
}

/** A role: who stands behind it, and what they ran. */
export function PageRole({ role }: { readonly role: string }): ReactNode {
  return (
    <BehindPage title={role.replace(/^.*:role\//, '')} crumb={{ name: 'Roles', path: '/roles' }} filters={{ role }} />
  );
}

/** A tool: whom it names as its users, and what they ran. */
export function PageTool({ tool }: { readonly tool: string }): ReactNode {
  return <BehindPage title={tool} crumb={{ name: 'Tools', path: '/tools' }} filters={{ app: tool }} />;
}

const HUMAN = { kind: 'human' } as const;

function BehindPage({
  title,
  crumb,
  filters,
}: {
  readonly title: string;
  readonly crumb: Crumb;
  readonly filters: Readonly<Record<string, string>>;
}): ReactNode {
  return (
    <OnePage
      title={title}
      crumb={crumb}
      filters={filters}
      groups={[
        { by: 'person', title: 'People behind it', filters: HUMAN },
        { by: 'fingerprint', title: 'What the people behind it ran', filters: HUMAN },
        { by: 'person', title: 'Everybody and everything behind it' },
        { by: 'table', title: 'Tables' },
        { by: 'fingerprint', title: 'Patterns' },
        { by: 'ip', title: 'Addresses' },
      ]}
    >
      <p className="page-note wide">
        <Go to={addressOf('/queries', { ...filters, ...HUMAN })}>All queries of the people behind it</Go>
      </p>
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
    >
      <MonthCard filters={{ workgroup }} />
      <WorkgroupSettings workgroup={workgroup} />
    </OnePage>
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
    >
      <TableColumns table={table} />
    </OnePage>
  );
}
