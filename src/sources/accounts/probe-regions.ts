import type { Clock } from '../../ports/clock.js';
import { createPacer } from '../../ports/pacer.js';
import { CredentialsExpired, describe, PermissionDenied } from '../aws/aws-failure.js';
import { callAws } from '../aws/call-aws.js';
import { createCounts } from '../aws/counts.js';
import { LOOKUP_PACE } from '../lookup/lookup-events.js';
import type { LookupEventsPage } from '../lookup/lookup-page.js';

/** What a Region answered when it was asked for one query. */
export interface ProbedRegion {
  readonly region: string;
  /** `queries` ran in the last 90 days, or none did (`idle`); the account has not enabled it; nobody may, or could, tell. */
  readonly outcome: 'queries' | 'idle' | 'not-enabled' | 'denied' | 'failed';
  /** Epoch milliseconds of the latest start; null where there is none, or nobody can tell. */
  readonly latest: number | null;
  readonly reason: string | null;
}

/** Regions asked at once. Each has a quota of its own. */
const IN_FLIGHT = 8;
const TRIES = 3;

/**
 * Asks each Region for its latest `StartQueryExecution` of the last 90 days: one call each. The caller's credentials must have
 * proved good elsewhere: where a Region does not know them the account has not enabled it. Answers in the order of `regions`.
 */
export async function probeRegions(request: {
  readonly regions: readonly string[];
  readonly pageOf: (region: string) => LookupEventsPage;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal?: AbortSignal;
}): Promise<ProbedRegion[]> {
  const { regions, signal } = request;
  const probed = new Map<string, ProbedRegion>();
  const waiting = [...regions];
  const work = async () => {
    for (let region = waiting.shift(); region !== undefined; region = waiting.shift()) {
      probed.set(region, await probe({ ...request, region }));
      signal?.throwIfAborted();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return regions.flatMap((region) => probed.get(region) ?? []);
}

async function probe(request: Parameters<typeof probeRegions>[0] & { readonly region: string }): Promise<ProbedRegion> {
  const { region, pageOf, clock, random, signal } = request;
  const page = pageOf(region);
  const pacer = createPacer({ ...LOOKUP_PACE, clock, random });
  const wanted = { attribute: 'EventName', value: 'StartQueryExecution', startTime: null, endTime: null } as const;
  const counts = createCounts([]);
  try {
    const { events } = await callAws(() => page({ ...wanted, nextToken: null }, signal), {
      ...{ action: 'cloudtrail:LookupEvents', pacer, clock, random, counts, signal, tries: TRIES },
    });
    const times = events.flatMap(({ eventTime }) => eventTime ?? []);
    const latest = times.length > 0 ? Math.max(...times) : null;
    return { region, outcome: events.length > 0 ? 'queries' : 'idle', latest, reason: null };
  } catch (error) {
    signal?.throwIfAborted();
    return { region, outcome: outcomeOf(error), latest: null, reason: describe(error) };
  }
}

function outcomeOf(error: unknown): ProbedRegion['outcome'] {
  const isOptional = error instanceof Error && error.cause instanceof Error && error.cause.name === 'OptInRequired';
  if (error instanceof CredentialsExpired || isOptional) return 'not-enabled';
  return error instanceof PermissionDenied ? 'denied' : 'failed';
}
