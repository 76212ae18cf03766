import type { GroupRow } from './groups.js';

/** What a list of groups can be ordered by: numbers and times from the greatest, texts from A. */
export const GROUP_SORTS = {
  cost: (row) => Number(row.nanos ?? -1),
  queries: (row) => row.queries,
  refused: (row) => row.refused,
  bytes: (row) => row.bytes ?? -1,
  failed: (row) => row.failed,
  people: (row) => row.people,
  first: (row) => row.first,
  last: (row) => row.last,
  reads: (row) => row.reads ?? 0,
  writes: (row) => row.writes ?? 0,
  key: (row) => row.key,
  team: (row) => row.team ?? null,
  change: (row) => Number(row.nanos ?? 0) - Number(row.before_nanos ?? 0),
} as const satisfies Readonly<Record<string, (row: HeldGroup) => number | string | null>>;
export type GroupSort = keyof typeof GROUP_SORTS;

/** Orders groups; what has no text stands last, and equals keep their order. */
export function orderGroups<Row extends HeldGroup>(rows: readonly Row[], sort: GroupSort, isTurned = false): Row[] {
  const orderOf: (row: HeldGroup) => number | string | null = GROUP_SORTS[sort];
  const sign = isTurned ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [orderOf(a), orderOf(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === 'number' && typeof right === 'number') return sign * (right - left);
    return sign * (left < right ? -1 : left > right ? 1 : 0);
  });
}

/** Puts the sums of another period beside those of this one; what was only then stands there with nothing now. */
export function withBefore(now: readonly GroupRow[], earlier: readonly GroupRow[]): GroupRow[] {
  const then = new Map(earlier.map((row) => [row.key, row]));
  const known = new Set(now.map(({ key }) => key));
  const gone = earlier
    .filter(({ key }) => !known.has(key))
    .map((row) => ({ ...row, queries: 0, refused: 0, failed: 0, nanos: 0, bytes: 0, people: 0, reads: 0, writes: 0 }));
  return [...now, ...gone].map((row) => {
    const { queries = 0, nanos = 0 } = then.get(row.key) ?? {};
    return { ...row, before_queries: queries, before_nanos: nanos };
  });
}

/** Keeps the groups whose key holds every word of a text, in any case. */
export function searchGroups<Row extends HeldGroup>(rows: readonly Row[], text: string): readonly Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ key }) => {
    const name = key?.toLowerCase();
    return name !== undefined && words.every((word) => name.includes(word));
  });
}

/** Groups that a page holds at most, some twelve megabytes of text. */
export const MOST_HELD = 50_000;

/** A group of a list that is there as a whole. */
export type HeldGroup = Omit<GroupRow, 'groups'>;
/** A list of values for each column of a group: names are not repeated, and what no group has is left out. */
export type GroupColumns = { readonly [Name in keyof HeldGroup]?: readonly HeldGroup[Name][] };

export function columnsOfGroups(rows: readonly GroupRow[]): GroupColumns {
  const names = new Set<string>();
  for (const row of rows) for (const name in row) names.add(name);
  names.delete('groups');
  return Object.fromEntries([...names].map((name) => [name, rows.map((row) => row[name as keyof GroupRow] ?? null)]));
}

export function groupsOfColumns(columns: GroupColumns): HeldGroup[] {
  const lists = Object.entries<readonly unknown[]>(columns);
  return Array.from({ length: columns.key?.length ?? 0 }, (_, index) => {
    const row: Record<string, unknown> = {};
    for (const [name, values] of lists) row[name] = values[index];
    return row as unknown as HeldGroup;
  });
}
