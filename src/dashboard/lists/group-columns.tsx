import type { ReactNode } from 'preact/compat';
import type { GroupSort, HeldGroup } from '../../analytics/groups/group-list.js';
import type { GroupName, TagName } from '../../analytics/groups/groups.js';
import { bytes, count, duration, shortTable, time } from '../parts/format.js';
import { Confidence, Go, KindTag } from '../parts/parts.js';
import { SqlLine } from '../parts/sql-line.js';
import { addressOf, ownFilters, usePlace } from '../web/url.js';

export type GroupBy = Exclude<GroupName, TagName>;

interface Extra {
  readonly title: string;
  readonly order?: GroupSort;
  readonly isNumber?: boolean;
  readonly cell: (row: HeldGroup, zone: string) => ReactNode;
}

export const NAMES: Readonly<Record<GroupBy, string>> = {
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
  error: 'Error',
  kind: 'Kind',
  method: 'How we know',
};

export const EXTRAS: Readonly<Partial<Record<GroupBy, readonly Extra[]>>> = {
  person: [
    { title: 'Team', order: 'team', cell: (row) => String(row.team ?? '') },
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
    { title: 'Reads', order: 'reads', isNumber: true, cell: (row) => count(Number(row.reads)) },
    { title: 'Writes', order: 'writes', isNumber: true, cell: (row) => count(Number(row.writes)) },
    { title: 'Last read', cell: (row, zone) => time(row.last_read, zone, 'short-minute') },
  ],
  workgroup: [{ title: 'Largest scan', isNumber: true, cell: (row) => bytes(row.largest_bytes) }],
};

const NOBODY: Readonly<Partial<Record<GroupBy, string>>> = {
  person: 'unresolved',
  table: 'no table',
  fingerprint: 'no text',
};

export function GroupKey({
  by,
  row,
  filters,
}: {
  readonly by: GroupBy;
  readonly row: HeldGroup;
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
        <Go to={inside(row.key)} className="pattern" title={row.sample ?? ''}>
          <SqlLine facts={{ ...row, sql: row.sample, type: row.type }} />
        </Go>
      );
    case 'role':
      return (
        <Go to={addressOf(`/roles/${row.key}`)} title={row.key}>
          {row.key.replace(/^.*\//, '')}
        </Go>
      );
    case 'app':
      return <Go to={addressOf(`/tools/${row.key}`)}>{row.key}</Go>;
    case 'day':
      return <Go to={addressOf('/queries', { ...filters, range: null, from: row.key, to: row.key })}>{row.key}</Go>;
    default:
      return <Go to={inside(row.key)}>{row.key}</Go>;
  }
}
