import { createHash } from 'node:crypto';
import type { ReportCodec } from '../../ports/report-codec.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import type { RowFeed } from './feed.js';
import { type HourOfTree, listHours } from './list-hours.js';
import { readHourRows } from './read-hour.js';

/** What was handed over of an hour, so that a later run hands over only what is new. */
export interface HandedHour {
  /** Folder of the hour, with that of its tree. */
  readonly hour: string;
  /** sha256 of the report that was read. */
  readonly report: string;
  /** Of each row handed over, the beginning of the sha256 of its lines, sorted. */
  readonly rows: readonly string[];
}

/** Takes the lines of one hour; when it returns, they are delivered. */
export type Deliver = (lines: AsyncIterable<string>, hour: HourOfTree) => Promise<void>;

export interface ExportRequest {
  readonly store: ReportStore;
  readonly codec: ReportCodec;
  /** First and last report date, inclusive; null for all there is. */
  readonly from: string | null;
  readonly to: string | null;
  readonly feed: RowFeed;
  /** What becomes of a row before it leaves (masking); null drops it. */
  readonly prepare: (row: ReportRow) => ReportRow | null;
  /** Keeps only the rows of an hour for which this answers true; absent: all. */
  readonly selects?: (hour: HourOfTree) => Promise<(row: ReportRow) => boolean>;
  /** What earlier runs handed over, by hour. */
  readonly handed: ReadonlyMap<string, HandedHour>;
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
  for await (const hour of listHours(request)) {
    request.signal?.throwIfAborted();
    if (hour.manifest.status === 'open') sum.openHours++;
    const before = request.handed.get(hour.folder);
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
  { hour, before, sum }: { readonly hour: HourOfTree; readonly before: HandedHour | undefined; readonly sum: Sum },
): Promise<HandedHour> {
  const handed = new Set(before?.rows);
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
  await request.deliver(lines(), hour);
  return { hour: hour.folder, report: hour.manifest.report.sha256, rows: [...handed].sort() };
}

/** 64 bits tell the rows of an hour apart. */
function hashOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}
