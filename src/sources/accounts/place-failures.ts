import type { ExecutionLister, ExecutionSource } from '../../ports/execution-source.js';

/** An account in a Region: what Athena and CloudTrail keep apart. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** What one account and Region could not give in this run. */
export interface PlaceFailure extends Place {
  /** What was asked for. */
  readonly what: string;
  readonly message: string;
}

/** Notes what failed where, so that one account or Region does not stop the others. */
export interface PlaceFailures {
  note(place: Place, what: string, error: unknown): void;
  all(): readonly PlaceFailure[];
}

/** Each place tells each kind of failure once. */
export function createPlaceFailures(tell: (failure: PlaceFailure) => void = () => {}): PlaceFailures {
  const failures = new Map<string, PlaceFailure>();
  return {
    note({ accountId, region }, what, error) {
      const key = `${accountId} ${region} ${what}`;
      if (failures.has(key)) return;
      const failure = { accountId, region, what, message: error instanceof Error ? error.message : String(error) };
      failures.set(key, failure);
      tell(failure);
    },
    all: () => [...failures.values()],
  };
}

/** Executions of a place: once it fails its ids stay `pending`, so that their hours stay open, and it is asked no more. */
export function guardExecutions(source: ExecutionSource, place: Place, failures: PlaceFailures): ExecutionSource {
  let reason: string | null = null;
  return {
    async fetch(ids, signal) {
      if (reason === null) {
        try {
          return await source.fetch(ids, signal);
        } catch (error) {
          signal?.throwIfAborted();
          reason = error instanceof Error ? error.message : String(error);
          failures.note(place, 'executions', error);
        }
      }
      const why = reason;
      return ids.map((queryExecutionId) => ({
        queryExecutionId,
        outcome: 'pending' as const,
        origin: 'athena' as const,
        reason: why,
      }));
    },
    account: () => source.account(),
    ...(source.prepared ? { prepared: source.prepared } : {}),
    ...(source.table ? { table: source.table } : {}),
  };
}

/** The list of a place: when it breaks off the closing of the day says so, as for a workgroup that may not be listed. */
export function guardLister(lister: ExecutionLister, place: Place, failures: PlaceFailures): ExecutionLister {
  return {
    async *list(options) {
      try {
        yield* lister.list(options);
      } catch (error) {
        options.signal?.throwIfAborted();
        failures.note(place, 'list of executions', error);
        yield { workGroup: '*', ids: [], failure: error instanceof Error ? error.message : String(error) };
      }
    },
    ...(lister.describe ? { describe: lister.describe } : {}),
  };
}
