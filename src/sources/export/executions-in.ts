/** Finds the executions in a document: itself, or inside the answers of the API, however often wrapped in arrays. */
export function* executionsIn(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const item of value) yield* executionsIn(item);
    return;
  }
  const { QueryExecution, queryExecution, QueryExecutions, queryExecutions } = isRecord(value) ? value : {};
  const inner = QueryExecution ?? queryExecution ?? QueryExecutions ?? queryExecutions;
  if (inner === undefined) yield value;
  else yield* executionsIn(inner);
}

/** Finds what the answers of `batch-get-query-execution` in a document say of executions that were not processed. */
export function* unprocessedIn(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) for (const item of value) yield* unprocessedIn(item);
  else if (isRecord(value)) {
    const inner = value.UnprocessedQueryExecutionIds ?? value.unprocessedQueryExecutionIds;
    if (Array.isArray(inner)) yield* inner;
  }
}

export function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}
