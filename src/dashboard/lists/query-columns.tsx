import type { ReactNode } from 'preact/compat';
import type { ListedQuery, SortName } from '../../analytics/view/list-queries.js';
import { bytes, duration, shortPerson, time, usd } from '../parts/format.js';
import { Confidence, KindTag, StateTag } from '../parts/parts.js';
import { SqlLine } from '../parts/sql-line.js';

export interface QueryColumn {
  readonly name: string;
  readonly title: string;
  /** Of a grid's column; and beside an open query, where there is less space. */
  readonly width: string;
  readonly narrow?: string;
  readonly sort?: SortName;
  readonly isNumber?: boolean;
  readonly cell: (row: ListedQuery, zone: string) => ReactNode;
}

const text = (name: string, title: string, cell: (row: ListedQuery) => string | null): QueryColumn => ({
  name,
  title,
  width: 'minmax(72px, 0.5fr)',
  cell: (row) => <span title={cell(row) ?? undefined}>{cell(row) ?? '–'}</span>,
});

/** Every column of the list of queries, in their order. */
export const QUERY_COLUMNS: readonly QueryColumn[] = [
  {
    ...{ name: 'time', title: 'Time', width: '104px', sort: 'time' },
    cell: (row, zone) => <span title={`${time(row.at, zone, 'second')} ${zone}`}>{time(row.at, zone, 'short')}</span>,
  },
  {
    ...{ name: 'person', title: 'Person', width: 'minmax(160px, 1.2fr)', narrow: 'minmax(80px, 1fr)', sort: 'person' },
    cell: (row) => (
      <span className="who-cell" title={row.person ?? row.username ?? undefined}>
        <Confidence level={row.confidence} />
        <span className="cut">{row.person ? shortPerson(row.person) : <em>{row.username ?? 'unknown'}</em>}</span>
        <KindTag kind={row.person_kind} />
      </span>
    ),
  },
  text('team', 'Team', (row) => row.team),
  { ...text('workgroup', 'Workgroup', (row) => row.workgroup), width: 'minmax(96px, 0.9fr)', sort: 'workgroup' },
  text('account', 'Account', (row) => row.account_id),
  text('region', 'Region', (row) => row.region),
  text('database', 'Database', (row) => row.database),
  text('type', 'Statement', (row) => row.kind?.toLowerCase().replaceAll('_', ' ') ?? null),
  text('client', 'Client', (row) => row.client),
  text('app', 'Tool', (row) => row.app),
  {
    ...{ name: 'state', title: 'State', width: '92px', sort: 'state' },
    cell: (row) => <StateTag state={row.state} />,
  },
  text('error', 'Error', (row) => row.error_code),
  {
    ...{ name: 'sql', title: 'SQL', width: 'minmax(170px, 5fr)', narrow: 'minmax(80px, 1.6fr)' },
    cell: (row) =>
      row.sql === null ? (
        <em title={row.error_message ?? undefined}>
          {row.state === 'REFUSED'
            ? `refused: ${[row.error_code, row.error_message].filter(Boolean).join(' · ') || 'no reason given'}`
            : `text ${row.query_status.replace('_', ' ')}`}
        </em>
      ) : (
        <span title={[row.error_code, row.error_message, row.sql].filter(Boolean).join(' · ')}>
          <SqlLine facts={{ ...row, type: row.kind }} />
        </span>
      ),
  },
  {
    ...{ name: 'bytes', title: 'Scanned', width: '64px', sort: 'bytes', isNumber: true },
    cell: (row) => bytes(row.bytes),
  },
  {
    ...{ name: 'cost', title: 'Cost', width: '66px', sort: 'cost', isNumber: true },
    cell: (row) => usd(row.cost_usd),
  },
  {
    ...{ name: 'queue', title: 'Queued', width: '62px', isNumber: true },
    cell: (row) => duration(row.queue_ms),
  },
  {
    ...{ name: 'duration', title: 'Took', width: '62px', sort: 'duration', isNumber: true },
    cell: (row) => duration(row.total_ms),
  },
];
