import type { IdentityConfidence, IdentityMethod, PersonKind, TypedColumn } from './columns.js';

/**
 * The sums of a day for one person, workgroup (with its account and Region) and table. A query that touches several tables is in the row
 * of each: what is counted once is counted at the first of its tables, so that it adds up over any rows; what is counted by table adds
 * up for one table only. Sums are null where nothing is known of any of their queries.
 */
export interface RollupRow {
  readonly person: string | null;
  readonly workgroup: string | null;
  readonly account_id: string;
  readonly region: string;
  readonly table_name: string | null;
  readonly person_kind: PersonKind;
  readonly team: string | null;
  readonly identity_method: IdentityMethod;
  readonly identity_confidence: IdentityConfidence;
  readonly queries: number;
  readonly refused: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly priced: number;
  readonly unpriced: number;
  readonly data_scanned_bytes: bigint | null;
  readonly timed: number;
  readonly total_ms: bigint | null;
  readonly longest_ms: number | null;
  readonly queue_ms: bigint | null;
  readonly longest_queue_ms: number | null;
  readonly cost_nanos: bigint | null;
  readonly table_queries: number;
  readonly table_refused: number;
  readonly table_failed: number;
  readonly table_reads: number;
  readonly table_writes: number;
  readonly table_scanned_bytes: bigint | null;
  readonly first_start: number;
  readonly last_start: number;
  readonly last_read: number | null;
  readonly last_write: number | null;
}

export type RollupColumn = TypedColumn<keyof RollupRow>;

/** Order, names, types and meaning of the columns of a day's sums: its Parquet schema and its Glue table derive from here. */
export const ROLLUP_COLUMNS: readonly RollupColumn[] = [
  column('person', 'string?', 'as in the reports; null of the unresolved'),
  column('workgroup', 'string?', 'as in the reports'),
  column('account_id', 'string', 'account of the workgroup'),
  column('region', 'string', 'Region of the workgroup'),
  column('table_name', 'string?', 'a table read or written; null of what touches none, or none that is known'),
  column('person_kind', 'string', 'of several the first by the alphabet, as are the two below'),
  column('team', 'string?', 'team from the identity directory'),
  column('identity_method', 'string', 'how the person was found'),
  column('identity_confidence', 'string', 'the weakest of its rows'),
  column(
    'queries',
    'bigint',
    'counted once, at the first table, as all up to longest_queue_ms; refused attempts are none',
  ),
  column('refused', 'bigint', 'attempts that AWS refused'),
  column('failed', 'bigint', 'queries that failed'),
  column('cancelled', 'bigint', 'queries that were cancelled'),
  column('priced', 'bigint', 'of which the cost is known'),
  column('unpriced', 'bigint', 'queries of which it is not'),
  column('data_scanned_bytes', 'bigint?', 'bytes scanned'),
  column('timed', 'bigint', 'of which it is known how long they took'),
  column('total_ms', 'bigint?', 'milliseconds of all of them'),
  column('longest_ms', 'bigint?', 'milliseconds of the longest'),
  column('queue_ms', 'bigint?', 'milliseconds that they waited'),
  column('longest_queue_ms', 'bigint?', 'milliseconds of the longest wait'),
  column('cost_nanos', 'bigint?', 'the share of the table in billionths of a dollar: adds up to the day, and by table'),
  column('table_queries', 'bigint', 'that touch the table, as all below'),
  column('table_refused', 'bigint', 'attempts that AWS refused'),
  column('table_failed', 'bigint', 'queries that failed'),
  column('table_reads', 'bigint', 'queries that read it'),
  column('table_writes', 'bigint', 'queries that write it'),
  column('table_scanned_bytes', 'bigint?', 'bytes that they scanned, of whatever table'),
  column('first_start', 'timestamp', 'start_time of the first'),
  column('last_start', 'timestamp', 'start_time of the last'),
  column('last_read', 'timestamp?', 'start_time of the last that reads it'),
  column('last_write', 'timestamp?', 'start_time of the last that writes it'),
];

function column(
  name: keyof RollupRow,
  type: 'string' | 'string?' | 'bigint' | 'bigint?' | 'timestamp' | 'timestamp?',
  meaning: string,
): RollupColumn {
  const nullable = type.endsWith('?');
  return { name, type: (nullable ? type.slice(0, -1) : type) as RollupColumn['type'], nullable, meaning };
}
