import { readText } from '../../record/enrichment.js';
import { groupStarts } from '../../record/start-groups.js';
import { type Definition, definitionsOf, mayDefine } from '../../sql/definition-book.js';
import type { HourEvidence } from './hour-evidence.js';

/** What the succeeded executions of an hour define: prepared statements and views. */
export function definitionsIn(evidence: HourEvidence): readonly Definition[] {
  const defining = [...evidence.answers.values()].flatMap(({ answer }) => {
    const execution = answer.outcome === 'found' && answer.execution.state === 'SUCCEEDED' ? answer.execution : null;
    return execution?.query && mayDefine(execution.query) ? [{ ...execution, query: execution.query }] : [];
  });
  if (defining.length === 0) return [];
  const ids = new Set(defining.map(({ queryExecutionId }) => queryExecutionId));
  const starts = evidence.starts.filter(({ queryExecutionId }) => ids.has(queryExecutionId ?? ''));
  const first = new Map(groupStarts(starts).executions.map((group) => [group.queryExecutionId, group.first]));
  return defining.flatMap(({ queryExecutionId, query, submittedAt, workGroup, catalog, database }) => {
    const start = first.get(queryExecutionId) ?? null;
    const place = start ?? evidence.listed.get(queryExecutionId);
    const at = submittedAt ?? start?.eventTime;
    if (place === undefined || at === undefined) return [];
    return definitionsOf(
      {
        text: query,
        context: { catalog: catalog ?? start?.catalog ?? null, database: database ?? start?.database ?? null },
        accountId: place.accountId,
        region: place.region,
        workGroup: workGroup ?? start?.workGroup ?? 'primary',
        at,
      },
      readText,
    );
  });
}
