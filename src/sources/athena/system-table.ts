import type { ExecutionAnswer } from '../../athena/execution.js';
import { readExecution } from '../../athena/read-execution.js';
import type { ExecutionSource, ExecutionWitness } from '../../ports/execution-source.js';
import { createCounts } from '../aws/counts.js';
import { type QueryRunner, type ResultRow, runQuery } from './athena-query.js';

/** Where Athena keeps what it ran, once an account has switched that on (aws-facts 11). */
const TABLE = '"s3tablescatalog/aws-athena"."metadata"."query_executions"';
const COLUMNS = `SELECT "column_name" FROM "s3tablescatalog/aws-athena"."information_schema"."columns" WHERE "table_schema" = 'metadata' AND "table_name" = 'query_executions'`;

/**
 * The columns asked for, and their members of a `QueryExecution`. The table holds the same data as GetQueryExecution under
 * names in snake case, not all of them documented: only those that are there are asked for. Execution parameters never are.
 */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  query_execution_id: ['QueryExecutionId'],
  query_string: ['Query'],
  work_group_name: ['WorkGroup'],
  catalog_name: ['QueryExecutionContext', 'Catalog'],
  database_name: ['QueryExecutionContext', 'Database'],
  statement_type: ['StatementType'],
  substatement_type: ['SubstatementType'],
  state: ['Status', 'State'],
  state_change_reason: ['Status', 'StateChangeReason'],
  submission_date_time: ['Status', 'SubmissionDateTime'],
  completion_date_time: ['Status', 'CompletionDateTime'],
  output_location: ['ResultConfiguration', 'OutputLocation'],
  effective_engine_version: ['EngineVersion', 'EffectiveEngineVersion'],
  data_scanned_in_bytes: ['Statistics', 'DataScannedInBytes'],
  query_queue_time_in_millis: ['Statistics', 'QueryQueueTimeInMillis'],
  query_planning_time_in_millis: ['Statistics', 'QueryPlanningTimeInMillis'],
  engine_execution_time_in_millis: ['Statistics', 'EngineExecutionTimeInMillis'],
  total_execution_time_in_millis: ['Statistics', 'TotalExecutionTimeInMillis'],
  dpu_count: ['Statistics', 'DpuCount'],
};

export interface SystemTableOptions extends Omit<QueryRunner, 'counts'> {
  readonly accountId: string;
  readonly region: string;
}

/**
 * Athena's own table of finished queries, read with queries in a workgroup of the user's choice: a third witness, and texts
 * that the API has forgotten or withholds. It knows no refused and no running queries, and nothing from before it was switched on.
 */
export function createSystemTable(
  options: SystemTableOptions,
): ExecutionWitness & { readonly executions: ExecutionSource } {
  const { accountId, region } = options;
  const counts = createCounts(['calls', 'found', 'queries', 'retries', 'rows', 'throttled']);
  const run = (sql: string, signal: AbortSignal | undefined) => {
    counts.add('queries', 1);
    return runQuery(sql, { ...options, counts, signal });
  };
  let known: Promise<readonly string[]> | null = null;
  const columns = (signal: AbortSignal | undefined) => {
    known ??= readColumns(run(COLUMNS, signal)).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
  const here = `"account_id" = '${accountId}' AND "region_name" = '${region}'`;
  return {
    async *witness({ start, end }, signal) {
      const [from, to] = [start, end].map((time) => `from_iso8601_timestamp('${new Date(time).toISOString()}')`);
      const sql =
        `SELECT "query_execution_id", ${asText('submission_date_time')}, "principal_arn" FROM ${TABLE} ` +
        `WHERE ${here} AND "submission_date_time" >= ${from} AND "submission_date_time" < ${to}`;
      for await (const rows of run(sql, signal)) {
        counts.add('rows', rows.length);
        yield rows.flatMap((row) => {
          const id = row.query_execution_id;
          const submittedAt = Date.parse(row.submission_date_time ?? '');
          if (!id || !Number.isFinite(submittedAt)) return [];
          return [{ queryExecutionId: id, submittedAt, principalArn: row.principal_arn ?? null }];
        });
      }
    },
    executions: {
      async fetch(ids, signal) {
        // Ids go into SQL: what does not look like one is not asked for.
        const askable = [...new Set(ids)].filter((id) => /^[A-Za-z0-9-]{1,128}$/.test(id));
        const answers = new Map<string, ExecutionAnswer>();
        if (askable.length > 0) {
          const names = (await columns(signal)).filter((name) => name in MEMBERS);
          const list = askable.map((id) => `'${id}'`).join(', ');
          const sql = `SELECT ${names.map(asColumn).join(', ')} FROM ${TABLE} WHERE ${here} AND "query_execution_id" IN (${list})`;
          for await (const rows of run(sql, signal))
            for (const row of rows) {
              const answer = answerOf(row);
              if (answer) answers.set(answer.queryExecutionId, answer);
            }
        }
        counts.add('found', answers.size);
        return ids.map(
          (id) =>
            answers.get(id) ?? { queryExecutionId: id, outcome: 'unknown' as const, origin: 'system-table' as const },
        );
      },
      account: () => ({ kind: 'system-table', accountId, region, counts: counts.all() }),
    },
  };
}

async function readColumns(pages: AsyncIterable<readonly ResultRow[]>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const rows of pages) names.push(...rows.flatMap(({ column_name }) => column_name ?? []));
  if (!names.includes('query_execution_id'))
    throw new Error('this account has no Athena system table query_executions here, or the caller may not see it');
  return names;
}

function asColumn(name: string): string {
  return name.endsWith('_date_time') ? asText(name) : `"${name}"`;
}

/** Times come as ISO 8601 in UTC. */
function asText(time: string): string {
  return `to_iso8601("${time}" AT TIME ZONE 'UTC') AS "${time}"`;
}

/** The table holds finished queries only: a row without a state column is one whose end is not known, not one that runs. */
function answerOf(row: ResultRow): ExecutionAnswer | null {
  const execution: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    const [member, part] = MEMBERS[column] ?? [];
    if (member === undefined || value === null) continue;
    if (part === undefined) execution[member] = value;
    else execution[member] = { ...(execution[member] as object | undefined), [part]: value };
  }
  const read = readExecution(execution);
  if (typeof read === 'string') return null;
  return { queryExecutionId: read.queryExecutionId, outcome: 'found', origin: 'system-table', execution: read };
}
