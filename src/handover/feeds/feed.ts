import type { ReportRow } from '../../record/columns.js';

/** What one row became for a consumer: lines to hand over in their order, or the reason why it has none. */
export type HandedRow = { readonly lines: readonly string[] } | { readonly skipped: string };

/** Turns rows into the records of one consumer, one row at a time: same row, same bytes; no clock and no chance. */
export interface RowFeed {
  /** First line of every file; null for formats that have none. */
  readonly header: string | null;
  readonly contentType: string;
  /** Of a file of such records, without the dot. */
  readonly extension: 'ndjson' | 'csv';
  encode(row: ReportRow): HandedRow;
}

/** Reasons why a row is no record for somebody; counted and told. */
export const SKIPPED = {
  noText: 'no SQL text',
  refused: 'refused before it ran',
  noState: 'Athena does not say how it ended',
  noTime: 'no end time',
  notRefused: 'not refused',
} as const;

/** `awsathena` and its kin name an Athena by its Region. */
export function instantText(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Leaves out what is null, undefined or an empty object: consumers want no value rather than the word null. */
export function compact(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([, member]) => member !== null && member !== undefined && !(isPlainObject(member) && isEmpty(member)),
    ),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: Record<string, unknown>): boolean {
  return Object.keys(value).length === 0;
}
