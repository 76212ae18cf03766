import { createHash } from 'node:crypto';
import type { ReportHour } from '../../calendar/report-day.js';
import type { Clock } from '../../ports/clock.js';
import { type Content, type ReportStore, WriteConflict } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import { decodeManifest, encodeManifest } from '../../record/encode-manifest.js';
import type { Enrichment } from '../../record/enrichment.js';
import { createLedgerCounter, ledgerFaults } from '../../record/ledger.js';
import type { Ledger, Manifest, ReportFormat } from '../../record/manifest.js';
import { diffReports } from '../../record/report-diff.js';
import { manifestKey, reportKey } from '../../tree/report-path.js';
import { EvidenceLost, PersonsLost } from '../evidence/evidence-lost.js';
import type { ExecutionSources } from './fetch-answers.js';
import { type HourRows, prepareRows } from './hour-rows.js';

export interface BuildHourRequest {
  readonly hour: ReportHour;
  readonly timezone: string;
  readonly format: ReportFormat;
  readonly store: ReportStore;
  readonly executions: ExecutionSources;
  readonly enrichment: Enrichment;
  /** Opens the enrichment anew, for when a run beside this one has found links that these do not know. */
  readonly freshEnrichment?: () => Promise<Enrichment>;
  readonly encode: (format: ReportFormat, rows: AsyncIterable<ReportRow>) => AsyncIterable<Uint8Array>;
  readonly decode: (format: ReportFormat, bytes: AsyncIterable<Uint8Array>) => AsyncIterable<ReportRow>;
  readonly clock: Clock;
  /** Sees each row of the report once; for sums. */
  readonly onRow?: (row: ReportRow) => void;
  /**
   * `check` compares the stored report with its manifest byte for byte, and takes a manifest that cannot be read for none;
   * `rewrite` writes both anew whatever is there. Absent: the manifest is believed.
   */
  readonly mends?: 'check' | 'rewrite';
  /** Name and version of this program, for the manifest. */
  readonly generator: string;
  readonly signal?: AbortSignal;
}

/** The hour's books do not balance: a fault of this program, never of the evidence. */
export class LedgerFault extends Error {
  override readonly name = 'LedgerFault';
}

/** Times that a run starts an hour again because another run changed it meanwhile. */
const CONFLICT_TRIES = 5;

/**
 * Turns the evidence of an hour into its report and manifest: asks for executions that are missing or unsettled, keeps the
 * answers, joins, writes the report, then the manifest. Writing what is already there changes nothing.
 * @throws LedgerFault when the counts do not add up; EvidenceLost when the evidence knows less than the report
 */
export async function buildHour(asked: BuildHourRequest): Promise<Manifest> {
  let request = asked;
  for (let tries = 1; ; tries++) {
    try {
      return await buildOnce(request);
    } catch (error) {
      if (error instanceof PersonsLost && asked.freshEnrichment && request === asked) {
        request = { ...asked, enrichment: await asked.freshEnrichment() };
        continue;
      }
      if (!(error instanceof WriteConflict) || tries >= CONFLICT_TRIES) throw error;
    }
  }
}

async function buildOnce(request: BuildHourRequest): Promise<Manifest> {
  const { hour, format, store } = request;
  const target = reportKey(hour, format);
  const reportTag = await store.tagOf(target);
  const { old, tag: manifestTag } = await readOldManifest(request);
  const plan = await prepareRows(request);
  try {
    return await writeHour(request, { plan, target, reportTag, old, manifestTag });
  } finally {
    await plan.close();
  }
}

async function writeHour(
  request: BuildHourRequest,
  {
    plan,
    target,
    reportTag,
    old,
    manifestTag,
  }: {
    readonly plan: HourRows;
    readonly target: string;
    readonly reportTag: string | null;
    readonly old: OldManifest | null;
    readonly manifestTag: string | null;
  },
): Promise<Manifest> {
  const { hour, timezone, format, store, clock, generator } = request;
  const now = clock.now();
  const { content, sha256, bytes, ledger } = await draft(request, plan);
  const faults = ledgerFaults(ledger);
  if (faults.length > 0)
    throw new LedgerFault(`the ledger of ${hour.reportDate} hour ${hour.hour} does not balance: ${faults.join('; ')}`);

  if (old && request.mends !== 'rewrite' && knowsLess(ledger, old.manifest.ledger))
    throw new EvidenceLost(hour, 'its evidence knows fewer starts or texts than its report');

  const isReportNew =
    reportTag === null ||
    old?.manifest.report.sha256 !== sha256 ||
    old.manifest.report.key !== target ||
    (await isDamaged(request, target, sha256));
  const manifest: Manifest = {
    schema: 1,
    reportDate: hour.reportDate,
    hour: hour.hour,
    timezone,
    window: { start: new Date(hour.window.start).toISOString(), end: new Date(hour.window.end).toISOString() },
    format,
    report: { key: target, rows: ledger.rows, bytes, sha256 },
    sources: sourcesOf(plan, hour),
    ledger,
    pending: plan.pending,
    status: isSettled(plan) && now >= hour.window.end + LATE_EVENT_BOUND_MS ? 'final' : 'open',
    version: old ? old.manifest.version + (isReportNew ? 1 : 0) : 1,
    previous: old?.sha256 ?? null,
    collectedAt: new Date(now).toISOString(),
    generator,
  };
  if (old && !isReportNew && request.mends !== 'rewrite' && isSameAccount(old.manifest, manifest)) return old.manifest;
  if (isReportNew && old) await keepDiff(request, { plan, old: old.manifest, version: manifest.version });
  if (isReportNew) await store.write(target, content, reportTag === null ? { absent: true } : { tag: reportTag });
  await store.write(
    manifestKey(hour),
    Buffer.from(encodeManifest(manifest)),
    manifestTag === null ? { absent: true } : { tag: manifestTag },
  );
  await removeOtherFormats(store, hour, format);
  return manifest;
}

/**
 * Evidence only grows: starts never become fewer. Rows may, when an earlier hour turns out to have begun an execution; while
 * they do not, texts do not either.
 */
function knowsLess(now: Ledger, before: Ledger): boolean {
  if (now.starts < before.starts) return true;
  const isSame = now.starts === before.starts && now.rows === before.rows && now.executions === before.executions;
  return isSame && (now.byQueryStatus.available ?? 0) < (before.byQueryStatus.available ?? 0);
}

function isSettled({ pending, sources }: HourRows): boolean {
  return pending.length === 0 && sources.every(({ failure, notRead }) => failure === undefined && notRead === undefined);
}

/** CloudTrail redelivers for up to 30 days (aws-facts 4.1): an hour younger than this may still gain events. */
export const LATE_EVENT_BOUND_MS = 31 * 86_400_000;

interface OldManifest {
  readonly manifest: Manifest;
  readonly sha256: string;
}

async function readOldManifest({ store, hour, mends }: BuildHourRequest): Promise<{
  readonly old: OldManifest | null;
  readonly tag: string | null;
}> {
  const stored = await store.read(manifestKey(hour));
  if (!stored) return { old: null, tag: null };
  const manifest = decodeManifest(Buffer.from(stored.bytes).toString('utf8'));
  if (typeof manifest !== 'string')
    return { old: { manifest, sha256: createHash('sha256').update(stored.bytes).digest('hex') }, tag: stored.tag };
  if (mends !== undefined) return { old: null, tag: stored.tag };
  throw new Error(
    `${store.location}: ${manifestKey(hour)} is damaged (${manifest}); run \`aqt settle --mend\` to write the hour anew`,
  );
}

async function isDamaged({ store, mends }: BuildHourRequest, key: string, sha256: string): Promise<boolean> {
  return mends !== undefined && (await storedHash(store, key)) !== sha256;
}

/** Null when there is nothing. */
async function storedHash(store: ReportStore, key: string): Promise<string | null> {
  const stream = await store.stream(key);
  if (!stream) return null;
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

/** Reports below this size are held while they are measured; larger ones are written out a second time instead. */
const HELD_BYTES = 16 * 1024 * 1024;

async function draft(
  { format, encode, onRow, signal }: BuildHourRequest,
  plan: HourRows,
): Promise<{ content: Content; sha256: string; bytes: number; ledger: Ledger }> {
  const counter = createLedgerCounter(plan.counts);
  const count = (row: ReportRow) => {
    counter.add(row);
    onRow?.(row);
  };
  const hash = createHash('sha256');
  const held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of encode(format, rowsOf(plan, count))) {
    signal?.throwIfAborted();
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes <= HELD_BYTES) held.push(chunk);
    else held.length = 0;
  }
  const content: Content = bytes <= HELD_BYTES ? Buffer.concat(held) : () => encode(format, rowsOf(plan, unseen));
  return { content, sha256: hash.digest('hex'), bytes, ledger: counter.ledger() };
}

function unseen(): void {}

async function* rowsOf(plan: HourRows, seen: (row: ReportRow) => void): AsyncGenerator<ReportRow> {
  for await (const row of plan.rows()) {
    seen(row);
    yield row;
  }
}

/** Keeps what a rewrite changes, before it changes it. A report that can no longer be read is compared with nothing. */
async function keepDiff(
  { store, decode, hour }: BuildHourRequest,
  { plan, old, version }: { readonly plan: HourRows; readonly old: Manifest; readonly version: number },
): Promise<void> {
  const stream = await store.stream(old.report.key);
  if (!stream) return;
  const earlier = untilFault(decode(old.format, stream));
  const { diff, personsLost } = await diffReports(earlier.rows, plan.rows());
  if (earlier.fault() !== null) {
    // A reading that failed is no damage. The rewrite mends what is damaged on disk, and `verify` has told.
    if ((await storedHash(store, old.report.key)) === old.report.sha256) throw earlier.fault();
    return;
  }
  if (personsLost > 0)
    throw new PersonsLost(hour, `_work/links/ no longer tells who ran ${personsLost} of its queries`);
  const key = `_work/diffs/${hour.reportDate}/h${String(hour.hour).padStart(2, '0')}-v${version}.json`;
  await store.write(
    key,
    Buffer.from(`${JSON.stringify({ version, previous: old.report.sha256, ...diff }, null, 2)}\n`),
    'any',
  );
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

function sourcesOf({ sources, answeredBy }: HourRows, hour: ReportHour): Manifest['sources'] {
  const span = { from: new Date(hour.window.start).toISOString(), to: new Date(hour.window.end).toISOString() };
  const answered = [...answeredBy].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...sources.map((source) => ({ ...source, ...span })),
    ...answered.map(([kind, executions]) => ({ kind, accountId: null, region: null, counts: { executions }, ...span })),
  ];
}

/** Two accounts that differ only in when and by what reading they were made say the same, unless that reading missed something. */
function isSameAccount(a: Manifest, b: Manifest): boolean {
  const essence = (manifest: Manifest) => {
    const sources = manifest.sources
      .filter(({ failure, notRead }) => failure !== undefined || notRead !== undefined)
      .map((source) => ({ ...source, counts: {}, ...(source.failure === undefined ? {} : { failure: '' }) }));
    return encodeManifest({ ...manifest, sources, version: 0, previous: null, collectedAt: '', generator: '' });
  };
  return essence(a) === essence(b);
}

/** A tree that changes its format keeps one report an hour. */
async function removeOtherFormats(store: ReportStore, hour: ReportHour, format: ReportFormat): Promise<void> {
  for (const other of ['csv', 'json', 'parquet'] as const) {
    if (other !== format && (await store.tagOf(reportKey(hour, other))) !== null)
      await store.remove(reportKey(hour, other));
  }
}
