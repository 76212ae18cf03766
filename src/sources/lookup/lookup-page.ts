/** One page of LookupEvents: a filter, an inclusive range, and the token of the page before. */
export interface LookupRequest {
  readonly attribute: 'AccessKeyId' | 'EventName' | 'ResourceName';
  readonly value: string;
  /** Epoch milliseconds of a whole second, inclusive; null asks for all 90 days. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly nextToken: string | null;
}

export interface LookupEvent {
  readonly eventId: string | null;
  /** Epoch milliseconds. */
  readonly eventTime: number | null;
  /** The record as JSON text. */
  readonly cloudTrailEvent: string | null;
}

export interface LookupPage {
  readonly events: readonly LookupEvent[];
  /** Null on the last page; a short page may still have one. */
  readonly nextToken: string | null;
}

/** Fetches one page; one attempt, no pacing, no retries. */
export type LookupEventsPage = (request: LookupRequest, signal?: AbortSignal) => Promise<LookupPage>;
