import { readFile } from 'node:fs/promises';
import { addDays } from '../../calendar/report-day.js';
import { openStore } from '../../compose/open-store.js';
import { UsageError } from '../../compose/usage-error.js';
import { type ExportSummary, exportRows, type HandedHour } from '../../handover/feeds/export-rows.js';
import { createFeed, PRODUCER, ROW_FEEDS, type RowFeedName } from '../../handover/feeds/feeds.js';
import { lakeFiles } from '../../handover/feeds/lake-files.js';
import { listHours } from '../../handover/feeds/list-hours.js';
import { createMetrics, measuredHour } from '../../handover/feeds/openmetrics.js';
import { preparing } from '../../handover/feeds/prepare-row.js';
import { HourChanged, readHourRows } from '../../handover/feeds/read-hour.js';
import type { ReportStore } from '../../ports/report-store.js';
import { IDENTITY_CONFIDENCES, type ReportRow } from '../../record/columns.js';
import { PostFailed } from '../../sources/http/post-records.js';
import { encodeNestedParquet } from '../../storage/encode-nested-parquet.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { type FilterArguments, filterPairs } from '../look/view-options.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { readMasking } from '../terminal/mask-options.js';
import type { addExport } from './commands-handover.js';
import { type Delivery, openDelivery, writeText } from './export-delivery.js';
import { openExportState } from './export-state.js';
import { openSelection, type Selection } from './selection.js';

export type ExportArguments = OptionsOf<typeof addExport> & TreeArgument & FilterArguments;

/** `aqt export`: rows as the records of a consumer, into a file, a pipe or a URL. */
export async function runExport(options: ExportArguments, io: Io): Promise<number> {
  const plan = await planExport(options);
  const store = await openStore(options.output, {
    clock: io.clock,
    env: io.env,
    ...(options.profile ? { profile: options.profile } : {}),
  });
  const span = { store, from: plan.from, to: plan.to };
  if (!(await hasHours(span)))
    throw new UsageError(`there are no reports of these days in ${options.output}: aqt collect makes some`);
  const selection = await openSelection(options, filterPairs(options), io);
  try {
    const { prepare } = plan;
    if (plan.consumer === 'openmetrics') return await exportMetrics(options, { ...span, ...selection, prepare }, io);
    return await exportFeed(options, { ...plan, consumer: plan.consumer, span, selection }, io);
  } finally {
    selection.close();
  }
}

async function exportFeed(
  options: ExportArguments,
  plan: Omit<Awaited<ReturnType<typeof planExport>>, 'consumer'> & {
    readonly consumer: RowFeedName;
    readonly span: Span;
    readonly selection: Selection;
  },
  io: Io,
): Promise<number> {
  const { span, selection } = plan;
  const feed = createFeed(plan.consumer, plan.feed);
  const state = await openExportState(options.remember ?? null, whatOf(options, selection.flags));
  const delivery = plan.lake
    ? toLake(await openStore(plan.lake, { ...io, profile: options.profile }), options.remember !== undefined)
    : await openDelivery(
        {
          feed,
          isOneByOne: plan.consumer === 'openlineage',
          ...(options.file === undefined ? {} : { file: options.file }),
          ...(options.url === undefined
            ? {}
            : { url: options.url, headers: await readHeaders(options.header ?? null) }),
        },
        io,
      );
  let summary: ExportSummary;
  // A file is delivered when it is whole, a pipe and a URL hour by hour.
  const waiting: HandedHour[] = [];
  const waits = options.file !== undefined && plan.lake === null && options.remember !== undefined;
  const remember = async (hour: HandedHour) => (waits ? void waiting.push(hour) : state.add(hour));
  try {
    summary = await exportRows({
      store: span.store,
      hours: listHours(span),
      codec: REPORT_CODEC,
      feed,
      prepare: plan.prepare,
      selects: selection.selects,
      handed: async ({ folder }) => state.handed.get(folder) ?? null,
      isWhole: plan.lake !== null,
      deliver: delivery.deliver,
      onHour: remember,
      signal: io.signal,
    });
    await delivery.finish();
    for (const hour of waiting) await state.add(hour);
  } catch (error) {
    // What was delivered is remembered: the same command again goes on behind it.
    const isResumable = error instanceof PostFailed || error instanceof HourChanged;
    if (!isResumable || options.remember === undefined || waits) throw error;
    io.stderr(`aqt: ${error.message}\n`);
    return EXIT.partial;
  } finally {
    await delivery.close();
  }
  io.stderr(summaryText(summary, { isMasked: plan.isMasked, hasSql: options.sql }));
  return EXIT.done;
}

async function planExport(options: ExportArguments) {
  const dates = options.to.filter((value) => /^\d{4}-/.test(value));
  const names = options.to.filter((value) => !/^\d{4}-/.test(value));
  const consumer = [...ROW_FEEDS, 'openmetrics' as const].find((name) => name === names[0]);
  if (consumer === undefined || names.length !== 1)
    throw new UsageError(`--to ${names.join(' ') || 'nothing'}: name one of ${ROW_FEEDS.join(', ')}, openmetrics`);
  if (dates.length > 1) throw new UsageError(`--to ${dates.join(' ')}: give one last report day`);
  if (options.file !== undefined && options.url !== undefined)
    throw new UsageError('--file and --url: choose one place to hand over to');
  if (options.header !== undefined && options.url === undefined) throw new UsageError('--header goes with --url');
  const lake = lakeOf(options, consumer);
  const from = options.from === undefined ? null : addDays(options.from, 0);
  const to = dates[0] === undefined ? null : addDays(dates[0], 0);
  const least = oneOf('--min-confidence', options.minConfidence, IDENTITY_CONFIDENCES);
  const mask = await readMasking(options);
  return {
    consumer: consumer as RowFeedName | 'openmetrics',
    from,
    to,
    isMasked: mask !== null,
    /** Folder or bucket of a Security Lake; null where lines are written. */
    lake,
    prepare: preparing({ least, mask: mask?.literal ?? null, hasSql: options.sql }),
    feed: {
      producer: PRODUCER,
      databaseName: options.databaseName ?? null,
      lineage: oneOf('--lineage', options.lineage, ['given', 'parsed'] as const),
      ocsfVersion: lake === null ? oneOf('--ocsf-version', options.ocsfVersion, ['1.8.0', '1.1.0'] as const) : '1.1.0',
    },
  };
}

function toLake(store: ReportStore, remembers: boolean): Delivery {
  const nothing = async () => {};
  const deliver = lakeFiles({ store, folder: '', encode: encodeNestedParquet, remembers });
  return { deliver, finish: nothing, close: nothing };
}

function lakeOf({ format, file }: ExportArguments, consumer: string): string | null {
  if (format === undefined) return null;
  if (format !== 'parquet' || consumer !== 'ocsf')
    throw new UsageError(`--to ${consumer} --format ${format}: --format parquet goes with --to ocsf, and nothing else`);
  if (file === undefined)
    throw new UsageError('--format parquet needs --file <folder or s3://bucket/prefix>: it writes many files');
  return file;
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`${option} ${value}: use ${allowed.join(', ')}`);
  return found;
}

async function readHeaders(file: string | null): Promise<Readonly<Record<string, string>>> {
  if (file === null) return {};
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line, index) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw new UsageError(`--header ${file}, line ${index + 1}: write "Name: value"`);
      return [name, value];
    }),
  );
}

type Span = Parameters<typeof listHours>[0];

async function hasHours(span: Span): Promise<boolean> {
  for await (const _ of listHours(span)) return true;
  return false;
}

async function exportMetrics(
  options: ExportArguments,
  span: Span & Pick<Selection, 'selects'> & { readonly prepare: (row: ReportRow) => ReportRow },
  io: Io,
): Promise<number> {
  const metrics = createMetrics();
  for await (const hour of listHours(span)) {
    io.signal.throwIfAborted();
    metrics.addHour(measuredHour(hour));
    const isWanted = await span.selects(hour);
    for await (const row of readHourRows({ ...span, codec: REPORT_CODEC }, hour))
      if (isWanted(row)) metrics.addRow(span.prepare(row));
  }
  await writeText(options.file ?? null, metrics.text(io.clock.now()), io);
  return EXIT.done;
}

/** What an export hands over: a file that remembers is of one alone. */
function whatOf(
  { to, mask, sql, minConfidence, lineage, ocsfVersion, format }: ExportArguments,
  filters: readonly string[],
): string {
  const consumer = to.find((value) => !/^\d{4}-/.test(value));
  return JSON.stringify([consumer, filters, mask ?? false, sql, minConfidence, lineage, ocsfVersion, format]);
}

function summaryText(
  { rows, records, skipped, unchangedHours, openHours }: ExportSummary,
  { isMasked, hasSql }: { readonly isMasked: boolean; readonly hasSql: boolean },
): string {
  const lines = [
    `${rows} rows as ${records} records${isMasked ? ', literals masked' : ''}${hasSql ? '' : ', without SQL'}`,
    ...Object.entries(skipped).map(([reason, count]) => `skipped ${count}: ${reason}`),
    ...(unchangedHours > 0 ? [`${unchangedHours} hours had nothing new`] : []),
    ...(openHours > 0 ? [`${openHours} hours may still change: run the same command again after aqt settle`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
