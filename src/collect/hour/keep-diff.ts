import { createHash } from 'node:crypto';
import type { ReportHour } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import type { Manifest } from '../../record/manifest.js';
import { diffReports } from '../../record/report-diff.js';
import { workKey } from '../../tree/layout.js';
import type { Collector } from '../collector.js';
import type { HourRows } from './hour-rows.js';

/** Keeps what a rewrite changes, before it changes it. A report that can no longer be read is compared with nothing. */
export async function keepDiff(
  { store, codec }: Collector,
  hour: ReportHour,
  {
    plan,
    old,
    version,
    lost,
  }: {
    readonly plan: HourRows;
    readonly old: Manifest;
    readonly version: number;
    /** What to tell when a row or a person is gone; null when the evidence is all there, and says so. */
    readonly lost: Error | null;
  },
): Promise<void> {
  const stream = await store.stream(old.report.key);
  if (!stream) return;
  const earlier = untilFault(codec.decode(old.format, stream));
  const { diff, personsLost } = await diffReports(earlier.rows, plan.rows());
  if (earlier.fault() !== null) {
    // A reading that failed is no damage. The rewrite mends what is damaged on disk, and `verify` has told.
    if ((await storedHash(store, old.report.key)) === old.report.sha256) throw earlier.fault();
    return;
  }
  const isLosing =
    personsLost > 0 || diff.removed.length > 0 || diff.changed.some(({ columns }) => columns.some(isOfPerson));
  if (lost && isLosing) throw lost;
  const key = workKey.diff(hour, version);
  await store.write(
    key,
    Buffer.from(`${JSON.stringify({ version, previous: old.report.sha256, ...diff }, null, 2)}\n`),
    'any',
  );
}

/** Columns that say who ran a query: without a part that is gone they may say less, in whatever words. */
function isOfPerson(column: string): boolean {
  return column === 'team' || /^(person|identity_)/.test(column);
}

/** Rows up to where they cannot be read any more. */
function untilFault(rows: AsyncIterable<ReportRow>): { rows: AsyncIterable<ReportRow>; fault(): unknown } {
  let fault: unknown = null;
  async function* readable() {
    try {
      yield* rows;
    } catch (error) {
      fault = error;
    }
  }
  return { rows: readable(), fault: () => fault };
}

/** sha256 of what lies at a key; null when there is nothing. */
export async function storedHash(store: ReportStore, key: string): Promise<string | null> {
  const stream = await store.stream(key);
  if (!stream) return null;
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}
