import type { ExecutionAnswer } from '../../athena/execution.js';
import { readExecution } from '../../athena/read-execution.js';
import type { BatchAnswer, Unprocessed } from './athena-calls.js';

/** What one answer of `BatchGetQueryExecution` says of the ids that were asked for: each of them stands in one list. */
export interface SortedBatch {
  readonly answers: readonly ExecutionAnswer[];
  /** To be asked for one by one: AWS says something of them that nobody documents. */
  readonly alone: readonly string[];
  /** To be asked for again, with what AWS says of them; null where the answer forgets them. */
  readonly again: readonly { readonly id: string; readonly reason: string | null }[];
}

/** Sorts an answer by the ids asked for. What it says of an id that nobody asked for, or a second time, does not count. */
export function sortBatch(ids: readonly string[], said: BatchAnswer): SortedBatch {
  const asked = new Set(ids);
  const answers: ExecutionAnswer[] = [];
  const alone: string[] = [];
  const again: { id: string; reason: string | null }[] = [];
  for (const value of said.executions) {
    const answer = foundAnswer(value);
    if (answer && asked.delete(answer.queryExecutionId)) answers.push(answer);
  }
  for (const unprocessed of said.unprocessed) {
    const { id } = unprocessed;
    if (!asked.delete(id)) continue;
    const meaning = meaningOf(unprocessed);
    const reason = [unprocessed.code, unprocessed.message].filter((part) => part !== '').join(': ');
    if (meaning === 'again') again.push({ id, reason });
    else if (meaning === 'ask alone') alone.push(id);
    else answers.push({ ...unanswered(id, reason), outcome: meaning });
  }
  for (const id of asked) again.push({ id, reason: null });
  return { answers, alone, again };
}

/** AWS documents no codes for unprocessed ids (aws-facts 2.2): known words are believed, the rest is asked for alone. */
function meaningOf({ code, message }: Unprocessed): 'not_found' | 'denied' | 'again' | 'ask alone' {
  const text = `${code} ${message}`;
  if (/throttl|rate exceeded|too ?many|internal|unavailable|time-?out|timed out/i.test(text)) return 'again';
  if (/not_?found|was not found|does not exist/i.test(text)) return 'not_found';
  if (/access_?denied|unauthorized|not authorized|forbidden/i.test(text)) return 'denied';
  return 'ask alone';
}

export function foundAnswer(value: unknown): ExecutionAnswer | null {
  const execution = readExecution(value);
  if (typeof execution === 'string') return null;
  return { queryExecutionId: execution.queryExecutionId, outcome: 'found', origin: 'athena', execution };
}

export function unanswered(queryExecutionId: string, reason: string) {
  return { queryExecutionId, origin: 'athena', reason } as const;
}

export function pending(queryExecutionId: string, reason: string): ExecutionAnswer {
  return { ...unanswered(queryExecutionId, reason), outcome: 'pending' };
}
