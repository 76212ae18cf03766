import type { CredentialLink } from './credential-link.js';
import { parseEventTime } from './event-time.js';
import { isObject } from './json-access.js';
import { readCredentialLink, readRevealingEvent } from './read-credential-link.js';
import { isNetworkActivity, isNetworkTwin, isStartRecord, type Reject, readStart, type Start } from './start.js';

/** A reject whose source has not yet said which text it was and where it stood. */
export type PartialReject = Omit<Reject, 'raw' | 'origin'>;

/**
 * Reads one CloudTrail record: a start (successful or refused), an event that issued a credential, or a start that cannot
 * be used. Returns null for every other record. An event that says on behalf of whom
 * its credential acts is one of the second kind. `findRecords` finds the records in a document.
 */
export function readEvidence(record: unknown): Start | CredentialLink | PartialReject | null {
  if (!isObject(record)) return null;
  if (record.eventName === 'StartQueryExecution' && typeof record.eventSource !== 'string') {
    return { kind: 'reject', reason: 'eventSource is missing', eventTime: parseEventTime(record.eventTime) };
  }
  if (isStartRecord(record)) return isNetworkTwin(record) ? null : readStart(record);
  return isNetworkActivity(record) ? null : (readCredentialLink(record) ?? readRevealingEvent(record));
}
