import { isObject, type JsonObject } from './json-access.js';

/** A record found in a document, or a wrapped text that is not JSON. */
export type Unwrapped =
  | { readonly record: JsonObject }
  | { readonly fault: string; readonly text: string; readonly eventTime: number | null };

/** Lists of records: log files, LookupEvents output, CloudWatch Logs subscriptions, Lambda events. */
const LISTS = ['Records', 'Events', 'records', 'events', 'logEvents'];
/** One record, as an object or as JSON text: LookupEvents, EventBridge, SNS, CloudWatch Logs, Splunk and OpenSearch exports, test cases. */
const SINGLES = ['CloudTrailEvent', 'detail', 'event', 'Message', 'message', '@message', '_raw', '_source', 'body'];
const MAX_LAYERS = 6;

/**
 * Finds the CloudTrail records in whatever people keep them in: log files, bare arrays, LookupEvents output, EventBridge
 * events and other envelopes. A record is never looked into: an object that looks like a record inside one is a value.
 * Yields nothing for a document that holds no record.
 */
export function* unwrapRecords(document: unknown, layer = 0): Generator<Unwrapped> {
  if (layer > MAX_LAYERS) return;
  if (Array.isArray(document)) {
    for (const item of document) yield* unwrapRecords(item, layer + 1);
    return;
  }
  if (!isObject(document)) return;
  if (typeof document.eventName === 'string') {
    yield { record: document };
    return;
  }
  for (const name of LISTS) if (Array.isArray(document[name])) yield* unwrapRecords(document[name], layer + 1);
  for (const name of SINGLES) yield* unwrapSingle(document, name, layer);
}

function* unwrapSingle(envelope: JsonObject, name: string, layer: number): Generator<Unwrapped> {
  const value = envelope[name];
  if (typeof value !== 'string') {
    if (value !== undefined) yield* unwrapRecords(value, layer + 1);
    return;
  }
  // Only LookupEvents promises JSON in its member; a log message or an e-mail may be any text.
  const promised = name === 'CloudTrailEvent';
  if (!promised && !/^\s*[[{]/.test(value)) return;
  let inner: unknown;
  try {
    inner = JSON.parse(value);
  } catch {
    yield { fault: `${name} is not JSON`, text: value, eventTime: lookupTime(envelope.EventTime) };
    return;
  }
  yield* unwrapRecords(inner, layer + 1);
}

/** The time that LookupEvents prints beside the record: epoch seconds on the wire, ISO text from the AWS CLI. */
function lookupTime(value: unknown): number | null {
  const time = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(time) ? Math.floor(time) : null;
}
