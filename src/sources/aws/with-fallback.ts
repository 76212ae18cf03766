import type { ExecutionAnswer } from '../../athena/execution.js';
import type { ExecutionSource } from '../../ports/execution-source.js';

/**
 * Asks a second source for what the first one does not know or may not tell; its word counts where it has one. A second source
 * that fails is reported once, and not asked again.
 */
export function withFallback(
  first: ExecutionSource,
  second: ExecutionSource,
  onFailure: (error: unknown) => void,
): ExecutionSource {
  let isUsable = true;
  return {
    async fetch(ids, signal) {
      const answers = await first.fetch(ids, signal);
      const lacking = answers.filter(({ outcome }) => outcome === 'not_found' || outcome === 'denied');
      if (lacking.length === 0 || !isUsable) return answers;
      const others = await ask(
        lacking.map(({ queryExecutionId }) => queryExecutionId),
        signal,
      );
      const found = new Map(
        others.filter(({ outcome }) => outcome === 'found').map((answer) => [answer.queryExecutionId, answer]),
      );
      return answers.map((answer) => found.get(answer.queryExecutionId) ?? answer);
    },
    account: () => first.account(),
    ...(first.prepared ? { prepared: first.prepared } : {}),
    ...(first.table ? { table: first.table } : {}),
  };

  async function ask(ids: readonly string[], signal: AbortSignal | undefined): Promise<readonly ExecutionAnswer[]> {
    try {
      return await second.fetch(ids, signal);
    } catch (error) {
      signal?.throwIfAborted();
      isUsable = false;
      onFailure(error);
      return [];
    }
  }
}
