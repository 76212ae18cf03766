import { createHash } from 'node:crypto';
import type { ReportHour } from '../../calendar/report-day.js';
import { LATE_EVENT_BOUND_MS } from '../../cloudtrail/limits.js';
import { type Content, type ReportStore, WriteConflict } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import { decodeManifest, encodeManifest } from '../../record/encode-manifest.js';
import { createLedgerCounter, ledgerFaults } from '../../record/ledger.js';
import type { Ledger, Manifest, ReportFormat } from '../../record/manifest.js';
import { lackingInputs } from '../../record/manifest.js';
import type { Definition } from '../../sql/definition-book.js';
import { addToHour } from '../../tree/evidence/evidence-lines.js';
import { EvidenceGone, liveEvidence, missingParts } from '../../tree/evidence/evidence-view.js';
import { InputsLost } from '../../tree/kept-inputs.js';
import { isOfDay, manifestKey, reportKey } from '../../tree/layout.js';
import type { Collector } from '../collector.js';
import { EvidenceLost } from '../evidence/evidence-lost.js';
import { type HourRows, type HourRowsTask, prepareRows } from './hour-rows.js';
import { keepDiff, storedHash } from './keep-diff.js';
import { openEnrichment } from './open-enrichment.js';

/** An hour to write, and how. */
export interface HourTask extends Omit<HourRowsTask, 'view'> {
  readonly format: ReportFormat;
  /**
   * `check` compares the stored report with its manifest byte for byte, and takes a manifest that cannot be read for none;
   * `rewrite` writes both anew whatever is there. Absent: the manifest is believed.
   */
  readonly mends?: 'check' | 'rewrite';
}

/** The hour's books do not balance: a fault of this program, never of the evidence. */
export class LedgerFault extends Error {
  override readonly name = 'LedgerFault';
}

/** Times that a run starts an hour again because another run changed it meanwhile. */
const CONFLICT_TRIES = 5;

/**
 * Turns the evidence of an hour into its report and manifest: asks for executions that are missing or unsettled, keeps the
 * answers, joins, writes the report, then the manifest. Writing what is already there changes nothing. Evidence that contradicts
 * what the report says is news like any other; only where a part is gone the report stays as it is, unless the hour knows as much
 * without it.
 * @throws LedgerFault when the counts do not add up; EvidenceLost when a part is gone that the report needs
 */
export async function buildHour(collector: Collector, asked: HourTask): Promise<Manifest> {
  const task = asked;
  for (let tries = 1; ; tries++) {
    try {
      return await buildOnce(collector, task);
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries >= CONFLICT_TRIES) throw error;
    }
  }
}

async function buildOnce(collector: Collector, task: HourTask): Promise<Manifest> {
  const { hour, format } = task;
  const { store } = collector;
  const view = liveEvidence(store);
  const target = reportKey(hour, format);
  const reportTag = await store.tagOf(target);
  const { old, tag: manifestTag } = await readOldManifest(store, task);
  const lacking = lackingInputs(old?.manifest.inputs, collector.inputs);
  if (lacking.length > 0) throw new InputsLost(store, lacking);
  const named = old?.manifest.evidence ?? [];
  // A run beside this one has read links that this enrichment does not know.
  const isBehind = lacks(task.enrichment.parts, named.filter(isOfDay));
  const enrichment = isBehind
    ? await openEnrichment(collector, hour.reportDate, { hours: [hour.hour] })
    : task.enrichment;
  enrichment.takeUsed();
  const plan = await prepareRows(collector, { ...task, view, enrichment });
  try {
    const evidence = [...new Set([...plan.parts, ...enrichment.parts])].sort();
    const gone = lacks(evidence, named) ? await missingParts(store, named) : [];
    return await writeHour(
      collector,
      { ...task, enrichment },
      { plan, evidence, gone, target, reportTag, old, manifestTag },
    );
  } finally {
    await plan.close();
  }
}

function lacks(evidence: readonly string[], named: readonly string[]): boolean {
  const known = new Set(evidence);
  return named.some((name) => !known.has(name));
}

async function writeHour(
  collector: Collector,
  task: HourTask,
  {
    plan,
    gone,
    target,
    reportTag,
    old,
    manifestTag,
    ...request
  }: {
    readonly plan: HourRows;
    readonly evidence: readonly string[];
    /** Parts that the report was made from and that are gone. */
    readonly gone: readonly string[];
    readonly target: string;
    readonly reportTag: string | null;
    readonly old: OldManifest | null;
    readonly manifestTag: string | null;
  },
): Promise<Manifest> {
  const { hour, timezone, format, mends } = task;
  const { store, clock, generator, inputs } = collector;
  const now = clock.now();
  const { content, sha256, bytes, ledger } = await draft(collector, format, plan);
  const evidence = [...new Set([...request.evidence, ...(await pinDefinitions(store, task, plan))])].sort();
  const faults = ledgerFaults(ledger);
  if (faults.length > 0)
    throw new LedgerFault(`the ledger of ${hour.reportDate} hour ${hour.hour} does not balance: ${faults.join('; ')}`);

  const lost =
    old && mends !== 'rewrite' && gone.length > 0 ? new EvidenceLost(hour, new EvidenceGone(gone).message) : null;
  if (lost && knowsLess(ledger, old?.manifest.ledger ?? ledger)) throw lost;

  const isReportNew =
    reportTag === null ||
    old?.manifest.report.sha256 !== sha256 ||
    old.manifest.report.key !== target ||
    (mends !== undefined && (await storedHash(store, target)) !== sha256);
  const manifest: Manifest = {
    schema: 1,
    reportDate: hour.reportDate,
    hour: hour.hour,
    timezone,
    window: { start: new Date(hour.window.start).toISOString(), end: new Date(hour.window.end).toISOString() },
    format,
    report: { key: target, rows: ledger.rows, bytes, sha256 },
    sources: sourcesOf(plan, hour),
    ...notReadOf(plan),
    ledger,
    evidence,
    pending: plan.pending,
    status: isSettled(plan) && now >= hour.window.end + LATE_EVENT_BOUND_MS ? 'final' : 'open',
    version: old ? old.manifest.version + (isReportNew ? 1 : 0) : 1,
    previous: old?.sha256 ?? null,
    collectedAt: new Date(now).toISOString(),
    generator,
    ...(Object.keys(inputs).length > 0 ? { inputs } : {}),
  };
  if (old && !isReportNew && mends !== 'rewrite' && isSameAccount(old.manifest, manifest)) return old.manifest;
  if (isReportNew && old) await keepDiff(collector, hour, { plan, old: old.manifest, version: manifest.version, lost });
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
 * Tells whether an hour knows less than its report without what is gone. Rows may become fewer all the same, when an earlier hour
 * turns out to have begun an execution.
 */
function knowsLess(now: Ledger, before: Ledger): boolean {
  if (now.starts < before.starts) return true;
  const isSame = now.starts === before.starts && now.rows === before.rows && now.executions === before.executions;
  return isSame && (now.byQueryStatus.available ?? 0) < (before.byQueryStatus.available ?? 0);
}

function isSettled({ pending, sources }: HourRows): boolean {
  return (
    pending.length === 0 && sources.every(({ failure, notRead }) => failure === undefined && notRead === undefined)
  );
}

/**
 * Keeps with the hour's evidence what names meant that its rows use and that it does not tell itself: a report is made from nothing
 * but the parts that its manifest names. Returns the names of the new parts.
 */
async function pinDefinitions(
  store: ReportStore,
  { hour, enrichment }: HourTask,
  { defined }: HourRows,
): Promise<readonly string[]> {
  const known = new Set(defined.map(meaningOf));
  const lines = enrichment.takeUsed().flatMap((used) => (known.has(meaningOf(used)) ? [] : [{ defined: used }]));
  return lines.length === 0 ? [] : addToHour(store, hour, lines);
}

/** What a definition says, whenever AWS said so. */
function meaningOf({ askedAt: _, ...definition }: Definition): string {
  return JSON.stringify(Object.entries(definition).sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface OldManifest {
  readonly manifest: Manifest;
  readonly sha256: string;
}

async function readOldManifest(
  store: ReportStore,
  { hour, mends }: HourTask,
): Promise<{ readonly old: OldManifest | null; readonly tag: string | null }> {
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

/** Reports below this size are held while they are measured; larger ones are written out a second time instead. */
const HELD_BYTES = 16 * 1024 * 1024;

async function draft(
  { codec, onRow, signal }: Collector,
  format: ReportFormat,
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
  for await (const chunk of codec.encode(format, rowsOf(plan, count))) {
    signal?.throwIfAborted();
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes <= HELD_BYTES) held.push(chunk);
    else held.length = 0;
  }
  const content: Content = bytes <= HELD_BYTES ? Buffer.concat(held) : () => codec.encode(format, rowsOf(plan, unseen));
  return { content, sha256: hash.digest('hex'), bytes, ledger: counter.ledger() };
}

function unseen(): void {}

async function* rowsOf(plan: HourRows, seen: (row: ReportRow) => void): AsyncGenerator<ReportRow> {
  for await (const row of plan.rows()) {
    seen(row);
    yield row;
  }
}

function sourcesOf({ sources, answeredBy }: HourRows, hour: ReportHour): Manifest['sources'] {
  const span = { from: new Date(hour.window.start).toISOString(), to: new Date(hour.window.end).toISOString() };
  const answered = [...answeredBy].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...sources.map(({ notRead, ...source }) => ({ ...source, ...span })),
    ...answered.map(([kind, executions]) => ({ kind, accountId: null, region: null, counts: { executions }, ...span })),
  ];
}

/** What the sources left unread, each name once, sorted. */
function notReadOf({ sources }: HourRows): Pick<Manifest, 'notRead'> {
  const notes = new Map(sources.flatMap(({ notRead = [] }) => notRead).map((note) => [note.name, note]));
  return notes.size === 0 ? {} : { notRead: [...notes.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Two accounts that differ only in when and by what reading they were made say the same, unless that reading missed something. */
function isSameAccount(a: Manifest, b: Manifest): boolean {
  const essence = (manifest: Manifest) => {
    const sources = manifest.sources
      .filter(({ failure }) => failure !== undefined)
      .map((source) => ({ ...source, counts: {}, failure: '' }));
    // Rows that are the same with other inputs stay as they are, and so does what is told of them.
    const { inputs: _, ...rest } = manifest;
    return encodeManifest({ ...rest, sources, version: 0, previous: null, collectedAt: '', generator: '' });
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
