import type { Cache } from '../../analytics/cache/cache.js';
import { literal } from '../../analytics/cache/sql-text.js';
import { FilterError, filterSql, readFilters } from '../../analytics/view/filters.js';
import { UsageError } from '../../compose/usage-error.js';
import type { HourOfTree } from '../../handover/feeds/list-hours.js';
import { HourChanged } from '../../handover/feeds/read-hour.js';
import type { ReportRow } from '../../record/columns.js';
import { openReports, type ReportsArguments } from '../look/open-reports.js';
import type { Io } from '../terminal/io.js';

/** Which rows of an hour were asked for. */
export interface Selection {
  /** The filters as on a command line; empty for every row. */
  readonly flags: readonly string[];
  readonly selects: (hour: HourOfTree) => Promise<(row: ReportRow) => boolean>;
  close(): void;
}

/**
 * Opens filters, named as in the dashboard's URL (`-name` keeps what does not match). They are answered by the same statements as everywhere else, so by the cache of the reports; without
 * filters it is not opened.
 * @throws UsageError for a filter that cannot be used
 */
export async function openSelection(
  options: ReportsArguments,
  pairs: readonly (readonly [string, string])[],
  io: Io,
): Promise<Selection> {
  if (pairs.length === 0) return { flags: [], selects: async () => () => true, close: () => {} };
  const condition = conditionOf(pairs);
  const cache = await openReports(options, io);
  return {
    flags: pairs.map(([name, value]) =>
      name.startsWith('-') ? `--not ${name.slice(1)}=${value}` : `--${name} ${value}`,
    ),
    selects: (hour) => idsOf(cache, { hour, condition, signal: io.signal }),
    close: () => cache.close(),
  };
}

function conditionOf(pairs: readonly (readonly [string, string])[]): string {
  try {
    const filters = readFilters(pairs, (name) => {
      throw new UsageError(`there is no filter ${name}`);
    });
    return filters.map((filter) => `coalesce(${filterSql(filter)}, false)`).join(' AND ');
  } catch (error) {
    if (error instanceof FilterError) throw new UsageError(error.message);
    throw error;
  }
}

async function idsOf(
  cache: Cache,
  { hour, condition, signal }: { readonly hour: HourOfTree; readonly condition: string; readonly signal: AbortSignal },
): Promise<(row: ReportRow) => boolean> {
  const { reportDate, hour: number } = hour.label;
  const [known] = await cache.rows<{ hour_id: number; sha256: string; problem: string | null }>(
    `SELECT hour_id, sha256, problem FROM hour_log
     WHERE tree = ${literal(hour.tree)} AND report_date = ${literal(reportDate)}::DATE AND hour = ${number}`,
    signal,
  );
  if (known?.sha256 !== hour.manifest.report.sha256 || known.problem !== null)
    throw new HourChanged(`${hour.folder} was rewritten meanwhile: run the command again`);
  const rows = await cache.rows<{ execution: string | null; event: string | null }>(
    `SELECT query_execution_id AS execution, event_id AS event FROM query_log WHERE hour_id = ${known.hour_id} AND ${condition}`,
    signal,
  );
  const executions = new Set(rows.map(({ execution }) => execution));
  const refused = new Set(rows.flatMap(({ execution, event }) => (execution === null ? [event] : [])));
  return ({ query_execution_id, event_id }) =>
    query_execution_id === null ? refused.has(event_id) : executions.has(query_execution_id);
}
