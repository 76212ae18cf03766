import type { Cost } from '../athena/cost.js';
import type { ReportHour } from '../calendar/report-day.js';
import type { Resolution } from '../identity/resolve/resolution.js';
import type { ReportCodec } from '../ports/report-codec.js';
import type { ReportStore } from '../ports/report-store.js';
import { COLUMNS, type QuerySource, type QueryStatus, type ReportRow } from '../record/columns.js';
import type { Enrichment } from '../record/enrichment.js';
import type { Manifest } from '../record/manifest.js';
import type { ReportDiff } from '../record/report-diff.js';
import type { KnownStart } from '../record/start-groups.js';
import { isContradicted } from '../record/start-groups.js';
import { liveEvidence } from '../tree/evidence/evidence-view.js';
import { manifestKey, workFolder } from '../tree/layout.js';
import { listKeys } from '../tree/list-keys.js';
import { planRows } from '../tree/plan-rows.js';
import type { RowPlace } from './find-row.js';
import { conflictOf, type StartConflict } from './start-conflict.js';

/** How one row came to be. */
export interface Explanation {
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  readonly reportDate: string;
  readonly hour: number;
  readonly timezone: string;
  /** The row as the evidence gives it now. */
  readonly row: ReportRow;
  readonly resolution: Resolution;
  /** Every start of the execution, earliest first; only the first makes the row. */
  readonly starts: readonly ExplainedStart[];
  /** Several principals, or people, are named for it. */
  readonly startConflict: StartConflict | null;
  readonly cost: Cost | null;
  readonly text: {
    readonly status: QueryStatus;
    readonly source: QuerySource;
    /** When the source answered, epoch milliseconds; null when it has not. */
    readonly observedAt: number | null;
  };
  readonly report: ExplainedReport | null;
}

export interface ExplainedStart {
  readonly start: KnownStart;
  readonly resolution: Resolution;
}

/** The report that holds the row. */
export interface ExplainedReport {
  readonly key: string;
  readonly manifestKey: string;
  readonly version: number;
  readonly status: Manifest['status'];
  /** The execution is on the list to settle. */
  readonly isPending: boolean;
  /** Rewrites that touched this row. */
  readonly changes: readonly { readonly version: number; readonly change: string }[];
  /** Columns in which the report as written differs from what the evidence says now; all of them when it lacks the row. */
  readonly stale: readonly string[];
}

/** Explains a row that `findRow` found; null when its evidence makes no row (yet). */
export async function explain(request: {
  readonly place: RowPlace;
  /** The enrichment of the row's day: `openEnrichment` with the tree's store. */
  readonly enrichment: Enrichment;
  readonly codec: ReportCodec;
  readonly now: number;
}): Promise<Explanation | null> {
  const { place, enrichment, codec, now } = request;
  const { tree, store, hour, timezone, evidence, manifest, starts } = place;
  const row = await rowOf(place, { enrichment, now });
  if (!row) return null;
  const sql =
    row.query === null ? null : enrichment.readSql(row.query, { catalog: row.catalog, database: row.database });
  await enrichment.reach(starts);
  const explained = starts.map((start) => {
    return { start, resolution: enrichment.resolve(start.contradiction ? null : start, sql?.tag ?? null) };
  });
  const own = explained.find(({ start }) => start.eventId === row.event_id) ?? explained[0];
  const observed = row.query_execution_id === null ? undefined : evidence.answers.get(row.query_execution_id);
  const execution = observed?.answer.outcome === 'found' ? observed.answer.execution : null;
  return {
    tree,
    reportDate: hour.reportDate,
    hour: hour.hour,
    timezone,
    row,
    resolution: own?.resolution ?? enrichment.resolve(null, null),
    starts: explained,
    startConflict: isContradicted(row) ? conflictOf(explained) : null,
    cost: enrichment.priceOf(
      execution,
      {
        ...{ region: row.region, accountId: row.account_id, at: row.start_time },
        workGroup: row.workgroup ?? 'primary',
      },
      sql?.analysis.kind ?? null,
    ),
    text: { status: row.query_status, source: row.query_source, observedAt: observed?.observedAt ?? null },
    report: manifest ? await reportOf({ store, hour, row, manifest, codec }) : null,
  };
}

/** The row that the hour's plan makes of the evidence. */
async function rowOf(place: RowPlace, options: { readonly enrichment: Enrichment; readonly now: number }) {
  const { rows } = await planRows({ ...place, ...options, view: liveEvidence(place.store) });
  const { executionId, starts } = place;
  const planned = rows.find((row) =>
    executionId === null
      ? row.query_execution_id === null && row.event_id === starts[0]?.eventId
      : row.query_execution_id === executionId,
  );
  return planned?.build() ?? null;
}

async function reportOf(request: {
  readonly store: ReportStore;
  readonly hour: ReportHour;
  readonly row: ReportRow;
  readonly manifest: Manifest;
  readonly codec: ReportCodec;
}): Promise<ExplainedReport> {
  const { store, hour, row, manifest, codec } = request;
  const written = await writtenRow({ store, row, manifest, codec });
  const isPending = row.query_execution_id !== null && manifest.pending.includes(row.query_execution_id);
  const stale: readonly string[] = written
    ? COLUMNS.filter(({ name }) => JSON.stringify(written[name]) !== JSON.stringify(row[name])).map(({ name }) => name)
    : COLUMNS.map(({ name }) => name);
  return {
    key: manifest.report.key,
    manifestKey: manifestKey(hour),
    version: manifest.version,
    status: manifest.status,
    isPending,
    changes: await changesOf(store, hour, row),
    stale,
  };
}

async function writtenRow(request: {
  readonly store: ReportStore;
  readonly row: ReportRow;
  readonly manifest: Manifest;
  readonly codec: ReportCodec;
}): Promise<ReportRow | null> {
  const { store, row, manifest, codec } = request;
  const stream = await store.stream(manifest.report.key);
  if (!stream) return null;
  for await (const each of codec.decode(manifest.format, stream)) {
    const isSame =
      row.query_execution_id === null
        ? each.query_execution_id === null && each.event_id === row.event_id
        : each.query_execution_id === row.query_execution_id;
    if (isSame) return each;
  }
  return null;
}

/** What earlier rewrites of the hour did to this row . */
async function changesOf(
  store: ReportStore,
  hour: ReportHour,
  row: ReportRow,
): Promise<{ version: number; change: string }[]> {
  const name = row.query_execution_id ?? `refused:${row.event_id}`;
  const changes: { version: number; change: string }[] = [];
  for await (const one of listKeys(store, workFolder.diffs(hour.reportDate))) {
    if (one.kind !== 'work' || Number(one.parts[1]) !== hour.hour) continue;
    const stored = await store.read(one.key);
    if (!stored) continue;
    const diff = JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as ReportDiff & { readonly version: number };
    const changed = diff.changed.find((each) => each.row === name);
    if (diff.added.includes(name)) changes.push({ version: diff.version, change: 'added' });
    if (diff.removed.includes(name)) changes.push({ version: diff.version, change: 'removed' });
    if (changed) changes.push({ version: diff.version, change: `changed ${changed.columns.join(', ')}` });
  }
  return changes.sort((a, b) => a.version - b.version);
}
