import { groupStarts } from '../../record/start-groups.js';
import type { SqlContext } from '../../sql/analysis.js';
import { type Definition, definitionsOf, mayDefine, type QueryPlace } from '../../sql/definition-book.js';
import type { SqlReader } from '../../sql/reader.js';
import type { HourEvidence } from './hour-evidence.js';

/** The text of an execution, where and when it ran. */
export interface PlacedText extends QueryPlace {
  readonly text: string;
  readonly context: SqlContext;
}

/** What the succeeded executions of an hour define: prepared statements and views. */
export function definitionsIn(evidence: HourEvidence, read: SqlReader): readonly Definition[] {
  return placedTexts(evidence, (text, state) => state === 'SUCCEEDED' && mayDefine(text)).flatMap((query) =>
    definitionsOf(query, read),
  );
}

/** Texts of the executions that are wanted. */
export function placedTexts(
  evidence: HourEvidence,
  isWanted: (text: string, state: string) => boolean,
): readonly PlacedText[] {
  const wanted = [...evidence.answers.values()].flatMap(({ answer }) => {
    const execution = answer.outcome === 'found' ? answer.execution : null;
    return execution?.query && isWanted(execution.query, execution.state)
      ? [{ ...execution, query: execution.query }]
      : [];
  });
  if (wanted.length === 0) return [];
  const ids = new Set(wanted.map(({ queryExecutionId }) => queryExecutionId));
  const starts = evidence.starts.filter(({ queryExecutionId }) => ids.has(queryExecutionId ?? ''));
  const first = new Map(groupStarts(starts).executions.map((group) => [group.queryExecutionId, group.first]));
  return wanted.flatMap(({ queryExecutionId, query, submittedAt, workGroup, catalog, database }) => {
    const start = first.get(queryExecutionId) ?? null;
    const place = start ?? evidence.listed.get(queryExecutionId);
    const at = submittedAt ?? start?.eventTime;
    if (place === undefined || at === undefined) return [];
    return [
      {
        text: query,
        context: { catalog: catalog ?? start?.catalog ?? null, database: database ?? start?.database ?? null },
        accountId: place.accountId,
        region: place.region,
        workGroup: workGroup ?? start?.workGroup ?? 'primary',
        at,
      },
    ];
  });
}
