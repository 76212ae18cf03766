import { keepTold, type Told } from '../collect/evidence/keep-told.js';
import { log } from './log.js';
import { openAsking } from './open-function.js';
import type { InvocationContext } from './requests.js';
import { parseStateChange, type QueueMessage } from './state-change.js';

/** Messages that Lambda gives back to the queue; after some tries they go to the dead letters. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Hears which executions have ended, from the queue of Athena's events: keeps each, with its text, among the evidence of its hour.
 * What is no such event, what is of a place that is not collected, and what Athena had no time to answer goes back to the queue: nothing is
 * dropped, and the dead letters count what never can be used.
 */
export async function handler(event: unknown, context?: InvocationContext): Promise<BatchAnswer> {
  const messages = (event as { readonly Records?: readonly QueueMessage[] }).Records ?? [];
  const told: Told[] = [];
  const messagesOf = new Map<string, string[]>();
  const failed: string[] = [];
  for (const { messageId, body } of messages) {
    const parsed = parseStateChange(body);
    if (typeof parsed === 'string') {
      log({ level: 'WARN', kind: 'not-a-state-change', messageId, reason: parsed });
      failed.push(messageId);
      continue;
    }
    told.push(parsed);
    messagesOf.set(parsed.queryExecutionId, [...(messagesOf.get(parsed.queryExecutionId) ?? []), messageId]);
  }
  if (told.length > 0) {
    const { config, work } = await openAsking(process.env, context);
    const { kept, unplaced, foreign, later } = await keepTold(work, { told, timezone: config.timezone });
    const level = unplaced.length + foreign.length > 0 ? 'WARN' : 'INFO';
    log({ level, kind: 'told', kept, unplaced, foreign, later: later.length });
    failed.push(...[...later, ...foreign].flatMap((id) => messagesOf.get(id) ?? []));
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}
