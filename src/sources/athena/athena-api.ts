import type { ExecutionAnswer } from '../../athena/execution.js';
import { EXECUTION_BATCH } from '../../athena/limits.js';
import type { Clock } from '../../ports/clock.js';
import type { ExecutionSource } from '../../ports/execution-source.js';
import { CredentialsExpired, describe, isThrottling, nameOf, PermissionDenied } from '../aws/aws-failure.js';
import { callAws } from '../aws/call-aws.js';
import { createCounts } from '../aws/counts.js';
import type { AthenaCalls, BatchAnswer } from './athena-calls.js';
import type { AthenaPacers } from './athena-pacers.js';
import { foundAnswer, pending, type SortedBatch, sortBatch, unanswered } from './sort-batch.js';

export interface AthenaApiOptions {
  readonly calls: AthenaCalls;
  readonly pacers: AthenaPacers;
  readonly accountId: string | null;
  readonly region: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** Batches asked for at once. */
  readonly inFlight?: number;
}

/** Rounds in which ids that AWS left unprocessed are asked for again. */
const MAX_ROUNDS = 5;
const ROUND_PAUSE_MS = 500;

/**
 * Asks Athena for executions, 50 a call. Every id gets an answer: what a batch leaves out or does not process is asked for
 * again, and what it refuses is asked for one by one, so that one forbidden workgroup or one odd id does not take the others along.
 * @throws CredentialsExpired; the last error when Athena answers nothing at all
 */
export function createAthenaApi(options: AthenaApiOptions): ExecutionSource {
  const { calls, pacers, accountId, region, clock, random, inFlight = 6 } = options;
  const counts = createCounts(['calls', 'denied', 'found', 'notFound', 'pending', 'retries', 'throttled']);
  return {
    async fetch(ids, signal) {
      const unique = [...new Set(ids)];
      const batches = Array.from({ length: Math.ceil(unique.length / EXECUTION_BATCH) }, (_, batch) =>
        unique.slice(batch * EXECUTION_BATCH, (batch + 1) * EXECUTION_BATCH),
      );
      const answers: ExecutionAnswer[] = [];
      const work = async () => {
        for (let batch = batches.shift(); batch; batch = batches.shift())
          answers.push(...(await answerBatch(batch, signal)));
      };
      await Promise.all(Array.from({ length: inFlight }, work));
      for (const { outcome } of answers) counts.add(outcome === 'not_found' ? 'notFound' : outcome, 1);
      return answers;
    },
    account: () => ({ kind: 'athena-api', accountId, region, counts: counts.all() }),
    async prepared(asked, signal) {
      const common = { pacer: pacers.workGroups, clock, random, counts, signal };
      try {
        const call = () => calls.getPrepared(asked, signal);
        return await callAws(call, { action: 'athena:GetPreparedStatement', tries: 3, ...common });
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof CredentialsExpired) throw error;
        // Gone since, or not permitted: the row says that the text is not known.
        return null;
      }
    },
  };

  async function answerBatch(ids: readonly string[], signal: AbortSignal | undefined): Promise<ExecutionAnswer[]> {
    const answers: ExecutionAnswer[] = [];
    const alone: string[] = [];
    let again: SortedBatch['again'] = ids.map((id) => ({ id, reason: null }));
    for (let round = 0; again.length > 0 && round < MAX_ROUNDS; round++) {
      if (round > 0) await clock.sleep(Math.ceil(ROUND_PAUSE_MS * 2 ** round * (0.5 + random() / 2)), signal);
      const batch = again.map(({ id }) => id);
      again = [];
      const said = await askBatch(batch, signal);
      if (said === 'refused') {
        alone.push(...batch);
      } else if (said === 'throttled') {
        answers.push(...batch.map((id) => pending(id, 'throttled')));
      } else {
        const sorted = sortBatch(batch, said);
        answers.push(...sorted.answers);
        alone.push(...sorted.alone);
        again = sorted.again;
        counts.add('unprocessed', again.length);
      }
    }
    for (const { id, reason } of again) {
      if (reason === null) alone.push(id);
      else answers.push(pending(id, reason));
    }
    for (const id of alone) answers.push(await answerAlone(id, signal));
    return answers;
  }

  /** Asks for a batch; says so when AWS refused it as a whole. */
  async function askBatch(
    ids: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<BatchAnswer | 'refused' | 'throttled'> {
    try {
      const paced = { action: 'athena:BatchGetQueryExecution', pacer: pacers.batchGet, clock, random, counts, signal };
      return await callAws(() => calls.batchGet(ids, signal), paced);
    } catch (error) {
      if (isThrottling(error)) return 'throttled';
      if (error instanceof PermissionDenied || nameOf(error) === 'InvalidRequestException') return 'refused';
      throw error;
    }
  }

  async function answerAlone(id: string, signal: AbortSignal | undefined): Promise<ExecutionAnswer> {
    try {
      const paced = { action: 'athena:GetQueryExecution', pacer: pacers.get, clock, random, counts, signal };
      const value = await callAws(() => calls.get(id, signal), paced);
      return foundAnswer(value) ?? pending(id, 'the answer could not be read');
    } catch (error) {
      const reason = describe(error);
      if (error instanceof PermissionDenied) return { ...unanswered(id, reason), outcome: 'denied' };
      if (isNotFound(error)) return { ...unanswered(id, reason), outcome: 'not_found' };
      if (isThrottling(error) || nameOf(error) === 'InvalidRequestException') return pending(id, reason);
      throw error;
    }
  }
}

/** Athena answers for an id it does not know (any more) with a code of its own inside a general exception. */
function isNotFound(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'AthenaErrorCode' in error ? error.AthenaErrorCode : null;
  return (
    code === 'QUERY_EXECUTION_NOT_FOUND' ||
    (nameOf(error) === 'InvalidRequestException' && /was not found|does not exist/i.test(describe(error)))
  );
}
