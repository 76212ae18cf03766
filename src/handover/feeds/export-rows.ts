import { createHash } from 'node:crypto';
import type { ReportCodec } from '../../ports/report-codec.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import type { RowFeed } from './feed.js';
import type { HourOfTree } from './list-hours.js';
import { readHourRows } from './read-hour.js';

/** What was handed over of an hour, so that a later run hands over only what is new. */
export interface HandedHour {
  /** Folder of the hour, with that of its tree. */
  readonly hour: string;
  /** sha256 of the report that was read. */
  readonly report: string;
  /** Of each row handed over, the beginning of the sha256 of its lines, sorted. */
  readonly rows: readonly string[];
  /** Keys of files that hold the hour as a whole, and that a later delivery replaces. */
  readonly files?: readonly string[];
}

/**
 * Takes the lines of one hour; when it returns, they are delivered. `before` is what was handed over of the hour. Returns the keys of
 * the files that hold the hour and that a later delivery replaces; none where what was handed over is gone from our hands.
 */
export type Deliver = (
  lines: AsyncIterable<string>,
  hour: HourOfTree,
  before: HandedHour | null,
) => Promise<readonly string[]>;

export interface ExportRequest {
  readonly store: ReportStore;
  readonly codec: ReportCodec;
  /** What to look at, the oldest first. */
  readonly hours: AsyncIterable<HourOfTree>;
  readonly feed: RowFeed;
  /** What becomes of a row before it leaves (masking); null drops it. */
  readonly prepare: (row: ReportRow) => ReportRow | null;
  /** Keeps only the rows of an hour for which this answers true; absent: all. */
  readonly selects?: (hour: HourOfTree) => Promise<(row: ReportRow) => boolean>;
  /** What earlier runs handed over of an hour; null for nothing. */
  readonly handed: (hour: HourOfTree) => Promise<HandedHour | null>;
  /** A file holds an hour: of one that was rewritten all is handed over again. */
  readonly isWhole?: boolean;
  readonly deliver: Deliver;
  /** Called when an hour is delivered, before the next is begun. */
  readonly onHour: (handed: HandedHour) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Sums of a run. */
export interface ExportSummary {
  readonly rows: number;
  readonly records: number;
  /** Rows that are no record for this consumer, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly hours: number;
  /** Hours that had nothing new. */
  readonly unchangedHours: number;
  /** Hours that may still change. */
  readonly openHours: number;
}

/**
 * Hands the rows of each hour to a consumer, oldest hour first, rows in the order of their report. Memory: the hashes of an
 * hour's rows. An hour whose report is as it was when it was last handed over is not opened; one that was rewritten gives what
 * is new in it.
 * @throws HourChanged when a report is rewritten meanwhile
 */
export async function exportRows(request: ExportRequest): Promise<ExportSummary> {
  const sum = { rows: 0, records: 0, skipped: new Map<string, number>(), hours: 0, unchangedHours: 0, openHours: 0 };
  for await (const hour of request.hours) {
    request.signal?.throwIfAborted();
    if (hour.manifest.status === 'open') sum.openHours++;
    const before = await request.handed(hour);
    if (before?.report === hour.manifest.report.sha256) {
      sum.unchangedHours++;
      continue;
    }
    sum.hours++;
    await request.onHour(await exportHour(request, { hour, before, sum }));
  }
  return { ...sum, skipped: Object.fromEntries([...sum.skipped].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

interface Sum {
  rows: number;
  records: number;
  readonly skipped: Map<string, number>;
}

async function exportHour(
  request: ExportRequest,
  { hour, before, sum }: { readonly hour: HourOfTree; readonly before: HandedHour | null; readonly sum: Sum },
): Promise<HandedHour> {
  const handed = new Set(request.isWhole ? [] : before?.rows);
  const selects = (await request.selects?.(hour)) ?? (() => true);
  async function* lines(): AsyncGenerator<string> {
    for await (const row of readHourRows(request, hour)) {
      const prepared = selects(row) ? request.prepare(row) : null;
      if (prepared === null) continue;
      const record = request.feed.encode(prepared);
      if ('skipped' in record) {
        sum.skipped.set(record.skipped, (sum.skipped.get(record.skipped) ?? 0) + 1);
        continue;
      }
      const hash = hashOf(record.lines);
      if (handed.has(hash)) continue;
      handed.add(hash);
      sum.rows++;
      sum.records += record.lines.length;
      yield* record.lines;
    }
  }
  const files = await request.deliver(lines(), hour, before);
  const rows = request.isWhole ? [] : [...handed].sort();
  return { hour: hour.folder, report: hour.manifest.report.sha256, rows, ...(files.length > 0 ? { files } : {}) };
}

/** 64 bits tell the rows of an hour apart. A slice of a longer text would keep all of it in memory. */
function hashOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest().toString('hex', 0, 8);
}
