import { AthenaClient } from '@aws-sdk/client-athena';
import { type AthenaTable, athenaStatement } from '../../analytics/engine/athena-views.js';
import { resolveRange, TimeRangeError } from '../../analytics/time/time-range.js';
import { FilterError, readFilters } from '../../analytics/view/filters.js';
import type { Scope } from '../../analytics/view/scope.js';
import { addDays, reportDateAt } from '../../calendar/report-day.js';
import type { Window } from '../../calendar/window.js';
import { defaultRegion } from '../../compose/open-accounts.js';
import { openStore } from '../../compose/open-store.js';
import { UsageError } from '../../compose/usage-error.js';
import { findStack, outputsOf, parametersOf } from '../../operate/deploy/stack.js';
import { createPacer } from '../../ports/pacer.js';
import type { ReportStore } from '../../ports/report-store.js';
import { REPORT_FORMATS, type ReportFormat } from '../../record/manifest.js';
import {
  createQueryCalls,
  QUERY_CALLS_PER_SECOND,
  type QueryCalls,
  runSelect,
} from '../../sources/athena/athena-query.js';
import { createCounts } from '../../sources/aws/counts.js';
import { PACED_CLIENT } from '../../sources/lookup/lookup-events-client.js';
import { reportKey } from '../../tree/layout.js';
import { listKeys } from '../../tree/list-keys.js';
import { openStackClients, type StackArguments, stackNameOf } from '../operate/stack-clients.js';
import type { Io } from '../terminal/io.js';
import type { Answer } from './print-answer.js';
import { bytesText } from './report-lines.js';
import { filterPairs, type ViewArguments } from './view-options.js';

const ENGINES: readonly string[] = ['duckdb', 'athena'];

export interface EngineArguments extends Pick<StackArguments, 'stack' | 'profile'> {
  readonly output: string;
  readonly engine?: string;
  /** `region` is a filter on the rows. */
  readonly stackRegion?: string;
}

/**
 * Tells whether Athena is to be asked, which it never is by itself.
 * @param cacheOnly Options that only the cache can serve, each with whether it was given.
 * @throws UsageError for an engine that there is not, or an option that Athena cannot serve
 */
export function asksAthena(
  { engine = 'duckdb' }: EngineArguments,
  cacheOnly: Readonly<Record<string, unknown>>,
): boolean {
  if (!ENGINES.includes(engine)) throw new UsageError(`--engine ${engine}: use ${ENGINES.join(' or ')}`);
  if (engine === 'duckdb') return false;
  const [option] = Object.entries(cacheOnly).find(([, value]) => value !== undefined && value !== false) ?? [];
  if (option) throw new UsageError(`${option} is of the cache alone: leave it or --engine athena out`);
  return true;
}

/** The deployed table, and those who answer for it. */
export interface AthenaEngine {
  readonly table: Omit<AthenaTable, 'days'>;
  readonly workGroup: string;
  /** Bytes at which Athena ends a query in that workgroup; null when the stack does not say. */
  readonly cutoffBytes: number | null;
  readonly timezone: string;
  /** The table shows no earlier one. */
  readonly firstYear: number;
  readonly store: ReportStore;
  readonly calls: QueryCalls;
}

/** Opens the table of a deployed stack. @throws UsageError when there is none, or when it is not over these reports */
export async function openAthenaEngine(options: EngineArguments, io: Io): Promise<AthenaEngine> {
  const stackName = stackNameOf(options);
  const { output, profile, stackRegion } = options;
  if (!output.startsWith('s3://'))
    throw new UsageError(`${output} is a folder: --engine athena asks the table over the reports of a stack, in S3`);
  const region = stackRegion ?? (await defaultRegion({ env: io.env, profile }, '--stack-region'));
  const clients = await openStackClients({ region, ...(profile === undefined ? {} : { profile }) }, io);
  const stack = await findStack({ client: clients.cloudFormation, stackName });
  if (!stack)
    throw new UsageError(
      `there is no stack ${stackName} in ${clients.region}: --engine athena asks the table of a deployed stack (--stack, --stack-region)`,
    );
  const { ReportLocation: location = '', ReportTable = '', ReaderWorkgroup: workGroup = '' } = outputsOf(stack);
  const parameters = parametersOf(stack);
  if (placeOf(location) !== placeOf(output))
    throw new UsageError(
      `the table of stack ${stackName} is over ${location}, not over ${output}: give that place, or the stack (--stack)`,
    );
  const [database = '', table = ''] = ReportTable.split('.');
  const format = REPORT_FORMATS.find((known) => known === parameters.OutputType);
  if (table === '' || workGroup === '' || format === undefined || !parameters.FirstYear)
    throw new UsageError(`stack ${stackName} has no table or no workgroup of readers: aqt deploy brings it up to date`);
  return {
    table: { database, table, format },
    workGroup,
    cutoffBytes: Number(parameters.ReaderCutoffBytes) || null,
    firstYear: Number(parameters.FirstYear),
    timezone: parameters.ReportTimezone || 'America/New_York',
    store: await openStore(location, { ...io, profile }),
    calls: createQueryCalls(new AthenaClient({ ...clients.config('ATHENA'), ...PACED_CLIENT })),
  };
}

/**
 * Resolves a view without a cache: relative ranges go back from now, and everything begins with the table's first year.
 * @throws UsageError for a value that cannot be used
 */
export function athenaScope(options: ViewArguments, { timezone, firstYear }: AthenaEngine, now: number): Scope {
  try {
    const filters = readFilters(filterPairs(options), (name) => {
      throw new UsageError(`there is no filter ${name}`);
    });
    return {
      window: resolveRange(options, { start: Date.UTC(firstYear, 0), end: now }, timezone),
      filters,
      isMasked: false,
    };
  } catch (error) {
    if (error instanceof FilterError || error instanceof TimeRangeError) throw new UsageError(error.message);
    throw error;
  }
}

/**
 * Asks Athena, and says on stderr what it may read at most and what it has read.
 * @param window Of the rows that are asked for.
 * @throws ConsoleError for a statement that is no SELECT over the views; QueryEnded with Athena's words when it fails
 */
export async function* askAthena(
  sql: string,
  { window, ...engine }: AthenaEngine & { readonly window: Window },
  io: Io,
): Answer {
  const { table, workGroup, cutoffBytes, timezone, store, calls } = engine;
  const days = daysOf(window, timezone);
  const statement = athenaStatement(sql, { ...table, days });
  const { reports, bytes } = await sizeOf(store, { days, format: table.format });
  io.stderr(`Athena reads ${bytesText(bytes)} at most: ${reports} reports, workgroup ${workGroup}\n`);
  if (cutoffBytes !== null && bytes > cutoffBytes)
    io.stderr(`  it ends a query there at ${bytesText(cutoffBytes)}: narrow --from and --to if it does\n`);
  const onScanned = (scanned: number | null) => {
    if (scanned !== null) io.stderr(`Athena has read ${bytesText(scanned)}\n`);
  };
  const { clock, random, signal } = io;
  const pacer = createPacer({ ratePerSecond: QUERY_CALLS_PER_SECOND, clock, random });
  const counts = createCounts(['calls', 'retries', 'throttled']);
  for await (const { columns, types, rows } of runSelect(statement, {
    ...{ calls, workGroup, pacer, clock, random, counts, signal, onScanned },
  }))
    yield {
      columns: columns.map((name, index) => ({ name, type: (types[index] ?? '').toUpperCase() })),
      rows: rows.map((row) => row.map((value, index) => typedValue(value, types[index] ?? ''))),
    };
}

type Days = NonNullable<AthenaTable['days']>;

/** Report days whose hours may hold the rows; an hour is one of events, which come up to some seconds after the start of a query. */
function daysOf({ start, end }: Window, timezone: string): Days {
  return { from: addDays(reportDateAt(start, timezone), -1), to: addDays(reportDateAt(end, timezone), 1) };
}

/** How much lies there: what Athena reads at most, since it takes whole files of text, and of Parquet the columns that it needs. */
async function sizeOf(
  store: ReportStore,
  { days, format }: { readonly days: Days; readonly format: ReportFormat },
): Promise<{ readonly reports: number; readonly bytes: number }> {
  let [reports, bytes] = [0, 0];
  for (const folder of monthFolders(days)) {
    for await (const file of listKeys(store, folder)) {
      if (file.kind !== 'hour' || file.key !== reportKey(file.label, format)) continue;
      if (file.label.reportDate < days.from || file.label.reportDate > days.to) continue;
      reports += 1;
      bytes += file.bytes;
    }
  }
  return { reports, bytes };
}

function monthFolders({ from, to }: Days): string[] {
  const monthOf = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
  return Array.from({ length: monthOf(to) - monthOf(from) + 1 }, (_, index) => {
    const month = monthOf(from) + index;
    return `year=${Math.floor(month / 12)}/month=${String((month % 12) + 1).padStart(2, '0')}/`;
  });
}

/** A value as the cache would give it; a number beyond what JavaScript holds exactly stays a text. */
function typedValue(text: string | null, type: string): string | number | boolean | null {
  if (text === null) return null;
  if (type === 'boolean') return text === 'true';
  if (!/^(?:tinyint|smallint|integer|bigint|real|float|double)$/.test(type)) return text;
  const number = Number(text);
  return Number.isFinite(number) && (!/int/.test(type) || Number.isSafeInteger(number)) ? number : text;
}

function placeOf(location: string): string {
  return location.replace(/\/+$/, '');
}
