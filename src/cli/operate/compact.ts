import { createHash } from 'node:crypto';
import { type AuditHour, auditHours } from '../../analytics/audit/audit.js';
import type { Cache } from '../../analytics/cache/cache.js';
import { literal } from '../../analytics/cache/sql-text.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import type { ReportFormat } from '../../record/manifest.js';
import { hasMembers, isCount, isMapOf, isText } from '../../record/text/shape.js';
import { decodeReport, encodeReport } from '../../storage/report-codec.js';
import { openReports } from '../look/open-reports.js';
import { openTree } from '../look/open-tree.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import type { addCompact } from './commands-operate.js';

export type CompactArguments = OptionsOf<typeof addCompact> & TreeArgument;

/** The account of a day's file: the hours it was made of, by label, as SHA-256 of their reports. */
interface DayManifest {
  readonly schema: 1;
  readonly reportDate: string;
  readonly report: { readonly key: string; readonly rows: number; readonly bytes: number; readonly sha256: string };
  readonly hours: Readonly<Record<string, string>>;
}

/**
 * `aqt compact`: merges each closed day (all its hours final and as their manifests say) into one Parquet file beside the
 * hourly tree, `daily/date=YYYY-MM-DD/queries.parquet`, for tools that read many days. The hourly reports stay as they are
 * and stay the truth; a day whose hours have not changed is left alone.
 */
export async function runCompact(options: CompactArguments, io: Io): Promise<number> {
  const store = await openTree(options, io);
  const cache = await openReports(options, io);
  const counts = { written: 0, unchanged: 0, notClosed: 0, rows: 0, bytes: 0 };
  try {
    for (const [day, hours] of closedDays(await auditHours((sql) => cache.rows(sql)), options)) {
      io.signal.throwIfAborted();
      if (hours === null) {
        counts.notClosed += 1;
        continue;
      }
      const written = await writeDay({ store, cache, hours });
      if (!written) counts.unchanged += 1;
      else {
        counts.written += 1;
        counts.rows += written.report.rows;
        counts.bytes += written.report.bytes;
        if (io.isStderrTty) io.stderr(`${day}: ${written.report.rows} rows\n`);
      }
    }
  } finally {
    cache.close();
  }
  if (options.json) io.stdout(`${JSON.stringify({ schema_version: 1, ...counts })}\n`);
  else {
    io.stdout(
      `${counts.written} days written (${counts.rows} rows, ${Math.round(counts.bytes / 1000)} KB), ${counts.unchanged} unchanged, ${counts.notClosed} not closed yet\n`,
    );
  }
  return EXIT.done;
}

/** Days by tree; null for a day with an hour that is missing, open or faulty, or that is cut off at an end of the tree. */
function closedDays(
  hours: readonly AuditHour[],
  { from, to }: { readonly from?: string; readonly to?: string },
): Map<string, AuditHour[] | null> {
  const days = new Map<string, AuditHour[]>();
  for (const hour of hours) {
    if ((from && hour.reportDate < from) || (to && hour.reportDate > to)) continue;
    const day = `${hour.tree}${hour.reportDate}`;
    const known = days.get(day);
    if (known) known.push(hour);
    else days.set(day, [hour]);
  }
  // The first and the last label of every day exist in all zones that change their clocks by night.
  const isClosed = (day: readonly AuditHour[]): boolean =>
    day.every(({ state }) => state === 'complete') && day[0]?.hour === 0 && day.at(-1)?.hour === 23;
  return new Map([...days].map(([day, list]) => [day, isClosed(list) ? list : null]));
}

async function writeDay({
  store,
  cache,
  hours,
}: {
  readonly store: ReportStore;
  readonly cache: Cache;
  readonly hours: readonly AuditHour[];
}): Promise<DayManifest | null> {
  const { tree = '', reportDate = '' } = hours[0] ?? {};
  const where = `tree = ${literal(tree)} AND report_date = DATE ${literal(reportDate)}`;
  const hashes = await cache.rows(
    `SELECT lpad(hour::VARCHAR, 2, '0') AS hour, sha256 FROM hour_log WHERE ${where} ORDER BY hour`,
  );
  const made = Object.fromEntries(hashes.map((row) => [String(row.hour), String(row.sha256)]));
  const base = `${tree}daily/date=${reportDate}/`;
  const manifestKey = `${base}_manifest.json`;
  const held = await store.read(manifestKey);
  const known = held ? readDayManifest(held.bytes) : null;
  const isSame = known !== null && JSON.stringify(known.hours) === JSON.stringify(made);
  if (isSame && (await isThere(store, base, known.report))) return null;
  const pieces: Uint8Array[] = [];
  const count = { rows: 0 };
  for await (const piece of encodeReport('parquet', rowsOf(store, { where, cache, count }))) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const report = { key: `${base}queries.parquet`, rows: count.rows, bytes: bytes.length, sha256 };
  const manifest: DayManifest = { schema: 1, reportDate, report, hours: made };
  await store.write(report.key, bytes, 'any');
  await store.write(manifestKey, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`), 'any');
  return manifest;
}

/** The rows of a day as its hourly reports hold them, hour by hour. */
async function* rowsOf(
  store: ReportStore,
  { where, cache, count }: { readonly where: string; readonly cache: Cache; readonly count: { rows: number } },
): AsyncGenerator<ReportRow> {
  const hours = await cache.rows(`SELECT report_key, format FROM hour_log WHERE ${where} ORDER BY hour`);
  for (const { report_key: key, format } of hours) {
    const bytes = await store.stream(String(key));
    if (!bytes) throw new Error(`the report ${key} is gone: run aqt verify`);
    for await (const row of decodeReport(format as ReportFormat, bytes)) {
      count.rows += 1;
      yield row;
    }
  }
}

/** A lifecycle rule may have taken the file and left its account. */
async function isThere(store: ReportStore, base: string, report: DayManifest['report']): Promise<boolean> {
  for await (const { key, bytes } of store.list(base)) if (key === report.key) return bytes === report.bytes;
  return false;
}

const isDayManifest = hasMembers({
  reportDate: isText,
  report: hasMembers({ key: isText, rows: isCount, bytes: isCount, sha256: isText }),
  hours: isMapOf(isText),
});

/** Null for an unreadable account of a day: it is written anew. */
function readDayManifest(bytes: Uint8Array): DayManifest | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isDayManifest(value) ? (value as DayManifest) : null;
  } catch {
    return null;
  }
}
