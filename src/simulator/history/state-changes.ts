import { executionIdOf } from '../company/start-request.js';
import { detailsOf, queryExecutionOf, stateAt } from './execution.js';
import type { World } from './world.js';

/** An event as EventBridge delivers it. */
export interface StateChange {
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly account: string;
  readonly region: string;
  /** ISO 8601 UTC, whole seconds. */
  readonly time: string;
  readonly detail: Readonly<Record<string, string>>;
}

/**
 * The "Athena Query State Change" events of an account and Region in `[from, to)`, epoch milliseconds, in the order of the executions: an end of each
 * execution, and both of one that was queued again. No user and no text is in them (aws-facts 5).
 */
export function* stateChanges(
  world: World,
  { accountId, region, from, to }: { accountId: string; region: string; from: number; to: number },
): Generator<StateChange> {
  for (const attempt of world.attempts) {
    if (attempt.fate === 'refused') continue;
    if (attempt.channel.accountId !== accountId || attempt.channel.region !== region) continue;
    const details = detailsOf(world, attempt);
    for (const [index, at] of [...new Set([details.endsAt, details.finallyEndsAt])].entries()) {
      if (at < from || at >= to) continue;
      const queryExecutionId = executionIdOf(world, attempt);
      const { StatementType } = queryExecutionOf(world, attempt, at) as { StatementType?: string };
      yield {
        id: `${queryExecutionId}-${index}`,
        ...{ source: 'aws.athena', 'detail-type': 'Athena Query State Change', account: accountId, region },
        time: `${new Date(at).toISOString().slice(0, 19)}Z`,
        detail: {
          ...{ versionId: '0', previousState: 'RUNNING', currentState: stateAt(details, at).state, queryExecutionId },
          ...{
            statementType: StatementType ?? 'DML',
            workgroupName: attempt.workGroup.name,
            sequenceNumber: String(3 + index),
          },
        },
      };
    }
  }
}
