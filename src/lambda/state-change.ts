import type { Told } from '../collect/evidence/keep-told.js';

/** A message of the queue, as Lambda hands it over. */
export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
}

/**
 * Reads an "Athena Query State Change" event out of a message; a sentence when it is none. EventBridge delivers at least once and as well
 * as it can (aws-facts 5).
 */
export function parseStateChange(body: string): Told | string {
  let event: Readonly<Record<string, unknown>>;
  try {
    event = fieldsOf(JSON.parse(body));
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (event['detail-type'] !== 'Athena Query State Change') return 'not an "Athena Query State Change" event';
  const { queryExecutionId } = fieldsOf(event.detail);
  const { account, region, time } = event;
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (typeof queryExecutionId !== 'string' || queryExecutionId === '') return 'it names no execution';
  if (typeof account !== 'string' || typeof region !== 'string' || Number.isNaN(at))
    return `the event of ${queryExecutionId} names no account, Region or time`;
  return { queryExecutionId, accountId: account, region, at };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
