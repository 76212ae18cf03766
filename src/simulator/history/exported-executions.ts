import { EXECUTION_RETENTION_MS, queryExecutionOf } from './execution.js';
import { attemptsInOrder, type World } from './world.js';

/** The answer of one `BatchGetQueryExecution`, as the AWS CLI prints it. */
export interface ExportedBatch {
  readonly QueryExecutions: readonly Readonly<Record<string, unknown>>[];
  readonly UnprocessedQueryExecutionIds: readonly never[];
}

/**
 * Yields every execution that Athena keeps at an instant, 50 a batch, in the order of submission; times are ISO text
 * with an offset.
 */
export function* exportedExecutions(
  world: World,
  { asOf, accountId, region }: { asOf: number; accountId?: string; region?: string },
): Generator<ExportedBatch> {
  let batch: Record<string, unknown>[] = [];
  for (const attempt of attemptsInOrder(world)) {
    const { channel, submittedAt, fate } = attempt;
    if (fate === 'refused' || submittedAt > asOf || submittedAt <= asOf - EXECUTION_RETENTION_MS) continue;
    if (accountId !== undefined && channel.accountId !== accountId) continue;
    if (region !== undefined && channel.region !== region) continue;
    batch.push(asPrinted(queryExecutionOf(world, attempt, asOf)));
    if (batch.length === 50) {
      yield { QueryExecutions: batch, UnprocessedQueryExecutionIds: [] };
      batch = [];
    }
  }
  if (batch.length > 0) yield { QueryExecutions: batch, UnprocessedQueryExecutionIds: [] };
}

function asPrinted(execution: Record<string, unknown>): Record<string, unknown> {
  const status = { ...(execution.Status as Record<string, unknown>) };
  for (const name of ['SubmissionDateTime', 'CompletionDateTime']) {
    const time = status[name];
    if (typeof time === 'number') status[name] = new Date(time).toISOString().replace('Z', '000+00:00');
  }
  return { ...execution, Status: status };
}
