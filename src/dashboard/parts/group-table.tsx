import { type ReactNode, useState } from 'react';
import type { GroupSort } from '../../analytics/view/group-list.js';
import type { GroupName } from '../../analytics/view/groups.js';
import type { Api } from '../server/answers.js';
import { type Answer, useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, setParams, usePlace, viewQuery } from '../web/url.js';
import { Spark } from './chart.js';
import { ago, bytes, count, duration, nanosUsd, percent, shortTable, time, usd } from './format.js';
import { Confidence, EmptyView, Go, KindTag, Panel, Share } from './parts.js';
import { Highlighted } from './sql-text.js';

export type GroupBy = GroupName;
type Order = GroupSort;
type Groups = Api['/groups'];
type GroupRow = Groups['rows'][number];

interface Extra {
  readonly title: string;
  readonly order?: Order;
  readonly isNumber?: boolean;
  readonly cell: (row: GroupRow, zone: string) => ReactNode;
}

const NAMES: Readonly<Record<GroupBy, string>> = {
  person: 'Person',
  workgroup: 'Workgroup',
  table: 'Table',
  fingerprint: 'Pattern',
  team: 'Team',
  app: 'Tool',
  client: 'Client',
  account: 'Account',
  database: 'Database',
  role: 'Role',
  ip: 'Address',
  day: 'Day',
  username: 'Recorded user',
  type: 'Statement',
  region: 'Region',
  state: 'State',
  kind: 'Kind',
  method: 'How we know',
};

const EXTRAS: Readonly<Partial<Record<GroupBy, readonly Extra[]>>> = {
  person: [
    { title: 'Team', cell: (row) => String(row.team ?? '') },
    { title: 'How we know', cell: (row) => String(row.method ?? '') },
  ],
  fingerprint: [
    {
      title: 'Type',
      cell: (row) =>
        String(row.type ?? '')
          .toLowerCase()
          .replaceAll('_', ' '),
    },
    { title: 'Mean time', isNumber: true, cell: (row) => duration(row.mean_ms) },
  ],
  table: [
    { title: 'Reads', isNumber: true, cell: (row) => count(Number(row.reads)) },
    { title: 'Writes', isNumber: true, cell: (row) => count(Number(row.writes)) },
    { title: 'Last read', cell: (row, zone) => time(row.last_read, zone, 'short-minute') },
  ],
  workgroup: [{ title: 'Largest scan', isNumber: true, cell: (row) => bytes(row.largest_bytes) }],
};

/** Asks for groups of the view (of other filters, on the page of one person or table) and shows them. */
export function GroupTable({
  by,
  filters = {},
  limit = 200,
  isCompact = false,
}: {
  readonly by: GroupBy;
  /** Filters that hold besides those of the page. */
  readonly filters?: Readonly<Record<string, string>>;
  readonly limit?: number;
  readonly isCompact?: boolean;
}): ReactNode {
  const { params } = usePlace();
  const [own, setOwn] = useState<Order>('cost');
  const order = (isCompact ? own : ((params.get('order') as Order | null) ?? 'cost')) as Order;
  const query = viewQuery(params, {
    ...filters,
    by,
    order,
    limit: String(limit),
    ...(isCompact ? {} : { trend: '1' }),
  });
  const answer = useApi('/groups', query);
  return (
    <GroupRows
      by={by}
      answer={answer}
      order={order}
      filters={filters}
      isCompact={isCompact}
      onOrder={(next) =>
        isCompact ? setOwn(next) : setParams({ order: next === 'cost' ? null : next }, { replace: true })
      }
    />
  );
}

function GroupRows({
  by,
  answer,
  order,
  filters,
  isCompact,
  onOrder,
}: {
  readonly by: GroupBy;
  readonly answer: Answer<Groups>;
  readonly order: Order;
  readonly filters: Readonly<Record<string, string>>;
  readonly isCompact: boolean;
  readonly onOrder: (order: Order) => void;
}): ReactNode {
  const { zone } = useZone();
  const extras = isCompact ? [] : (EXTRAS[by] ?? []);
  const hasPeople = by !== 'person' && !('person' in filters);
  const head = (title: string, name: Order, isNumber = false): ReactNode => (
    <th
      className={isNumber ? 'n' : ''}
      aria-sort={order === name ? (name === 'key' ? 'ascending' : 'descending') : undefined}
    >
      <button type="button" className="sort" onClick={() => onOrder(name)}>
        {title}
        {order === name && <i aria-hidden="true"> ↓</i>}
      </button>
    </th>
  );
  return (
    <Panel answer={answer} skeleton={isCompact ? 6 : 14}>
      {(data) => {
        if (data.rows.length === 0) return isCompact ? <p className="soft pad">None in this time.</p> : <EmptyView />;
        const size = (row: GroupRow): number =>
          order === 'queries' ? row.queries : order === 'bytes' ? Number(row.bytes ?? 0) : nanosUsd(row.nanos);
        const highest = Math.max(...data.rows.map(size), 0);
        const total = data.totals.costUsd;
        return (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <section className="table-scroll" tabIndex={0} aria-label={`By ${NAMES[by].toLowerCase()}`}>
            <table className="groups-table">
              <thead>
                <tr>
                  {head(NAMES[by], 'key')}
                  {extras.map((extra) => (
                    <th key={extra.title} className={extra.isNumber ? 'n extra' : 'extra'}>
                      {extra.title}
                    </th>
                  ))}
                  {hasPeople && head('People', 'people', true)}
                  {head('Queries', 'queries', true)}
                  {!isCompact && head('Failed', 'failed', true)}
                  {head('Scanned', 'bytes', true)}
                  {head('Cost', 'cost', true)}
                  {!isCompact && <th className="n c-share">Share</th>}
                  {!isCompact && <th>{by === 'table' ? 'Queries over time' : 'Cost over time'}</th>}
                  {head('Last', 'last')}
                </tr>
              </thead>
              <tbody>
                {data.rows.map((row) => (
                  <tr key={row.key ?? ''}>
                    <td className="key">
                      <Share of={size(row)} in={highest} />
                      <GroupKey by={by} row={row} filters={filters} />
                    </td>
                    {extras.map((extra) => (
                      <td key={extra.title} className={extra.isNumber ? 'n extra' : 'soft extra'}>
                        {extra.cell(row, zone)}
                      </td>
                    ))}
                    {hasPeople && <td className="n">{count(row.people)}</td>}
                    <td className="n">{count(row.queries)}</td>
                    {!isCompact && (
                      <td className={`n ${row.failed / row.queries > 0.15 ? 'bad-text' : 'soft'}`}>
                        {row.failed === 0 ? '' : percent(row.failed, row.queries)}
                      </td>
                    )}
                    <td className="n">{bytes(row.bytes)}</td>
                    <td className="n">{usd(nanosUsd(row.nanos))}</td>
                    {!isCompact && <td className="n soft c-share">{percent(nanosUsd(row.nanos), total)}</td>}
                    {!isCompact && (
                      <td>
                        <Spark values={row.trend} />
                      </td>
                    )}
                    <td className="soft" title={`${time(row.last, zone, 'second')} ${zone}`}>
                      {isCompact ? ago(row.last, Date.now()) : time(row.last, zone, 'short-minute')}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {data.found > data.rows.length && (
              <p className="soft note">
                {count(data.rows.length)} of {count(data.found)}
                {isCompact ? '' : '. The export has all.'}
              </p>
            )}
          </section>
        );
      }}
    </Panel>
  );
}

const NOBODY: Readonly<Partial<Record<GroupBy, string>>> = {
  person: 'unresolved',
  table: 'no table',
  fingerprint: 'no text',
};

function GroupKey({
  by,
  row,
  filters,
}: {
  readonly by: GroupBy;
  readonly row: GroupRow;
  readonly filters: Readonly<Record<string, string>>;
}): ReactNode {
  const { params } = usePlace();
  const inside = (value: string): string => addressOf('/queries', { ...ownFilters(params), ...filters, [by]: value });
  if (row.key === null)
    return by === 'table' ? (
      <em>{NOBODY[by]}</em>
    ) : (
      <Go to={inside('(none)')}>
        <em>{NOBODY[by] ?? 'none'}</em>
      </Go>
    );
  switch (by) {
    case 'person':
      return (
        <>
          <Confidence level={String(row.confidence ?? 'verified')} />
          <Go to={addressOf(`/people/${row.key}`)}>{row.key}</Go> <KindTag kind={row.kind} />
        </>
      );
    case 'table':
      return <Go to={addressOf(`/tables/${row.key}`)}>{shortTable(row.key)}</Go>;
    case 'workgroup':
      return <Go to={addressOf(`/workgroups/${row.key}`)}>{row.key}</Go>;
    case 'fingerprint':
      return (
        <Go to={inside(row.key)} className="pattern" title={String(row.sample ?? '')}>
          <code>
            <Highlighted
              sql={String(row.sample ?? row.key)
                .replace(/^\s*\/\*[\s\S]*?\*\/\s*/, '')
                .replace(/\s+/g, ' ')}
            />
          </code>
        </Go>
      );
    case 'day':
      return <Go to={addressOf('/queries', { ...filters, range: null, from: row.key, to: row.key })}>{row.key}</Go>;
    default:
      return <Go to={inside(row.key)}>{by === 'role' ? row.key.replace(/^.*\//, '') : row.key}</Go>;
  }
}

/** The filters of the page, to take along into the explorer. */
function ownFilters(params: URLSearchParams): Readonly<Record<string, readonly string[]>> {
  const query = new URLSearchParams(viewQuery(params));
  const names = [...new Set(query.keys())].filter((name) => !['range', 'from', 'to', 'tz', 'mask'].includes(name));
  return Object.fromEntries(names.map((name) => [name, query.getAll(name)]));
}
