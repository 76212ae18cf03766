import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HourLabel } from '../../src/calendar/hour-label.js';
import { addDays, reportDays } from '../../src/calendar/report-day.js';
import type { Window } from '../../src/calendar/window.js';
import type { ReportRow } from '../../src/record/columns.js';
import { encodeManifest } from '../../src/record/encode-manifest.js';
import { whyUnnamed, whyUnpriced } from '../../src/record/ledger.js';
import type { Manifest, ManifestSource } from '../../src/record/manifest.js';
import { csvHeader, encodeCsvRow } from '../../src/record/text/encode-csv.js';
import { manifestKey, reportKey } from '../../src/tree/layout.js';
import { createRandom } from './fixture-random.js';
import { companyRow } from './fixture-rows.js';

/** A made-up company's reports, for tests and benchmarks of everything that reads reports. Same options, same bytes. */
export interface CompanyOptions {
  /** Last report day, YYYY-MM-DD. */
  readonly lastDay: string;
  readonly days: number;
  /** Mean on a working day; weekends have a sixth. */
  readonly queriesPerDay: number;
  readonly timezone: string;
  readonly seed: number;
  /** Hours (`YYYY-MM-DDTHH`) that are not collected. */
  readonly gaps?: readonly string[];
  /** Hours that are still open. */
  readonly open?: readonly string[];
}

export interface CompanyHour {
  readonly label: HourLabel;
  readonly window: Window;
  readonly rows: readonly ReportRow[];
}

const HOUR = 3_600_000;
/** Share of a day's queries by hour of the wall clock; scheduled jobs run at night. */
const RHYTHM = [3, 4, 6, 4, 3, 3, 2, 3, 6, 9, 10, 9, 6, 7, 9, 9, 8, 6, 3, 2, 2, 2, 2, 3];
const RHYTHM_SUM = RHYTHM.reduce((sum, share) => sum + share, 0);

/** Yields the hours in order. */
export function* companyHours(options: CompanyOptions): Generator<CompanyHour> {
  const random = createRandom(options.seed);
  const first = addDays(options.lastDay, 1 - options.days);
  const gaps = new Set(options.gaps ?? []);
  for (const day of reportDays({ from: first, to: options.lastDay, timezone: options.timezone })) {
    const weekday = new Date(`${day.reportDate}T12:00:00Z`).getUTCDay();
    const weekend = weekday === 0 || weekday === 6;
    for (const { hour, window } of day.hours) {
      const mean = (options.queriesPerDay * (RHYTHM[hour] ?? 1) * (weekend ? 0.18 : 1)) / RHYTHM_SUM;
      const count = Math.round(mean * (0.75 + random.next() * 0.5));
      const rows = Array.from({ length: count }, () =>
        companyRow({ random, window, wallHour: hour, weekend, dayNumber: Math.floor(window.start / (24 * HOUR)) }),
      );
      rows.sort((a, b) => a.start_time - b.start_time || order(a).localeCompare(order(b)));
      if (!gaps.has(`${day.reportDate}T${String(hour).padStart(2, '0')}`)) {
        yield { label: { reportDate: day.reportDate, hour }, window, rows };
      }
    }
  }
}

function order(row: ReportRow): string {
  return `${row.query_execution_id ?? ''} ${row.event_id ?? ''}`;
}

/** Writes a company below a folder as CSV reports with manifests; returns how many hours and rows. */
export async function writeCompany(root: string, options: CompanyOptions): Promise<{ hours: number; rows: number }> {
  const open = new Set(options.open ?? []);
  let hours = 0;
  let rows = 0;
  for (const hour of companyHours(options)) {
    const name = `${hour.label.reportDate}T${String(hour.label.hour).padStart(2, '0')}`;
    await writeHour(root, hour, { timezone: options.timezone, status: open.has(name) ? 'open' : 'final' });
    hours += 1;
    rows += hour.rows.length;
  }
  return { hours, rows };
}

/** Writes one hour's report and manifest (in that order). */
export async function writeHour(
  root: string,
  { label, window, rows }: CompanyHour,
  options: {
    readonly timezone: string;
    readonly status?: 'final' | 'open';
    readonly version?: number;
    readonly previous?: string | null;
    readonly tree?: string;
    /** What the manifest says was read; one account and Region by default. */
    readonly sources?: readonly ManifestSource[];
  },
): Promise<{ readonly manifestSha256: string }> {
  const bytes = Buffer.from(csvOf(rows));
  const key = reportKey(label, 'csv');
  const tree = options.tree ?? '';
  await put(join(root, tree, key), bytes);
  const manifest = manifestOf({ label, window, rows }, { ...options, bytes, key });
  const text = encodeManifest(manifest);
  await put(join(root, tree, manifestKey(label)), Buffer.from(text));
  return { manifestSha256: sha256(text) };
}

function manifestOf(
  { label, window, rows }: CompanyHour,
  options: {
    readonly timezone: string;
    readonly bytes: Buffer;
    readonly key: string;
    readonly status?: 'final' | 'open';
    readonly version?: number;
    readonly previous?: string | null;
    readonly sources?: readonly ManifestSource[];
  },
): Manifest {
  const refused = rows.filter((row) => row.attribution === 'refused').length;
  const unattributed = rows.filter((row) => row.attribution === 'unattributed').length;
  const conflict = rows.filter((row) => row.attribution === 'conflict').length;
  const executions = rows.length - refused - unattributed;
  const byQueryStatus: Record<string, number> = {};
  for (const status of ['available', 'masked', 'expired', 'not_found', 'denied', 'pending', 'refused']) {
    byQueryStatus[status] = rows.filter((row) => row.query_status === status).length;
  }
  const iso = (instant: number) => new Date(instant).toISOString();
  const duplicates = Math.floor(rows.length / 9);
  return {
    schema: 1,
    evidence: [],
    ...label,
    timezone: options.timezone,
    window: { start: iso(window.start), end: iso(window.end) },
    format: 'csv',
    report: { key: options.key, rows: rows.length, bytes: options.bytes.length, sha256: sha256(options.bytes) },
    sources: options.sources ?? [
      {
        kind: 'lookup-events',
        accountId: '111122223333',
        region: 'eu-west-1',
        counts: {
          calls: Math.ceil(rows.length / 50) + 1,
          events: rows.length + duplicates,
          throttled: rows.length % 3,
        },
        from: iso(window.start),
        to: iso(window.end),
      },
      {
        kind: 'athena-api',
        accountId: '111122223333',
        region: 'eu-west-1',
        counts: { calls: Math.ceil(executions / 50), found: executions },
        from: iso(window.start),
        to: iso(window.end),
      },
    ],
    ledger: {
      startsRead: executions + refused + duplicates,
      duplicates,
      malformed: 0,
      starts: executions + refused,
      executionStarts: executions,
      refused,
      executions,
      repeatedStarts: 0,
      attributed: executions - conflict,
      conflict,
      unattributed,
      rows: rows.length,
      byQueryStatus,
      unnamedByReason: countBy(rows.flatMap((row) => whyUnnamed(row) ?? [])),
      unpricedByReason: countBy(rows.flatMap((row) => whyUnpriced(row) ?? [])),
    },
    pending: rows
      .filter((row) => row.query_status === 'pending')
      .map((row) => row.query_execution_id ?? '')
      .sort(),
    status: options.status ?? 'final',
    version: options.version ?? 1,
    previous: options.previous ?? null,
    collectedAt: iso(window.end + 26 * HOUR),
    generator: 'athena-query-tracker fixture',
  };
}

function csvOf(rows: readonly ReportRow[]): string {
  return csvHeader() + rows.map(encodeCsvRow).join('');
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

async function put(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
