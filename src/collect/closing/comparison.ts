import { createIdSieve, type IdSieve } from '../../athena/id-sieve.js';
import type { ReportDay } from '../../calendar/report-day.js';
import type { Clock } from '../../ports/clock.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ListedPlace } from '../../tree/evidence/evidence-lines.js';
import { eachKnownIds, readKnownIds } from '../evidence/known-ids.js';

/** Executions that Athena told of, until they are compared with what the evidence of the last weeks names. */
export interface Comparison {
  /** Adds one; of the same execution the last one that was added counts. */
  add(listed: ListedPlace): void;
  /** Tells, after so many pages, that memory should not hold, and a run that dies not lose, more. */
  isDue(pages: number): boolean;
  /** Instant, epoch milliseconds, from which no more may be added when all is to be compared in time. */
  readonly endsAt: number;
  /** Takes out what was added, and yields what no evidence names. */
  unknown(): AsyncGenerator<ListedPlace>;
}

/** Unknown executions whose rows are made together: their texts wait in memory. */
export const AT_ONCE = 5000;
/** After so many pages, some 100 seconds of Athena's quota, what was read is made durable: a run that dies loses no more. */
const PAGES = 500;
/** Known ids that are held in memory, at most 43 bytes each: 46 days of 130,000 queries. */
const MOST_IN_MEMORY = 6_000_000;
/** Otherwise so many ids of lists, or what is listed in so long, are compared by reading all evidence once. */
const LISTED_AT_ONCE = 1_000_000;
const LISTED_FOR_MS = 3_600_000;
/** The evidence may take longer to read than it did before. */
const SLOWER = 1.5;

/**
 * Opens the comparison of a day. The ids that evidence names are held in memory where they are few; where they are many, lists wait
 * in memory instead and the evidence goes past them, so that memory is bounded by `idsInMemory` and a million listed ids.
 */
export async function openComparison(
  { store, clock }: { readonly store: ReportStore; readonly clock: Clock },
  request: { readonly day: ReportDay; readonly restsAt: number; readonly idsInMemory?: number },
): Promise<Comparison> {
  const { day, restsAt, idsInMemory = MOST_IN_MEMORY } = request;
  const known = await readKnownIds(store, day, { now: clock.now(), most: idsInMemory });
  return known ? compareInMemory(known, restsAt) : comparePassing({ store, clock, day, restsAt });
}

function compareInMemory(known: NonNullable<Awaited<ReturnType<typeof readKnownIds>>>, restsAt: number): Comparison {
  const unknown = new Map<string, ListedPlace>();
  return {
    endsAt: restsAt,
    add(listed) {
      const { queryExecutionId: id } = listed;
      if (!known.has(id) || unknown.has(id)) unknown.set(id, listed);
      known.add(id);
    },
    isDue: (pages) => pages >= PAGES || unknown.size >= AT_ONCE,
    async *unknown() {
      const taken = [...unknown.values()];
      unknown.clear();
      yield* taken;
    },
  };
}

/** What was listed of an account and Region. */
interface Waiting {
  readonly accountId: string;
  readonly region: string;
  readonly ids: IdSieve;
  /** Where somebody says who submitted it. */
  readonly principals: Map<string, string>;
}

function comparePassing(request: {
  readonly store: ReportStore;
  readonly clock: Clock;
  readonly day: ReportDay;
  readonly restsAt: number;
}): Comparison {
  const { store, clock, day, restsAt } = request;
  const openedAt = clock.now();
  let waiting = new Map<string, Waiting>();
  let size = 0;
  let since = openedAt;
  /** How long the evidence took to read, at most; null when it was not read whole yet. */
  let passMs: number | null = null;
  return {
    get endsAt() {
      return restsAt - (passMs ?? 0) * SLOWER;
    },
    add({ queryExecutionId: id, accountId, region, principalArn }) {
      const place = `${accountId} ${region}`;
      const here = waiting.get(place) ?? { accountId, region, ids: createIdSieve(), principals: new Map() };
      waiting.set(place, here);
      const before = here.ids.size;
      here.ids.add(id);
      size += here.ids.size - before;
      if (principalArn) here.principals.set(id, principalArn);
    },
    isDue() {
      const now = clock.now();
      // How long a pass takes nobody knows before the first one: half of the time is left for that.
      const isFirst = passMs === null && now >= (openedAt + restsAt) / 2;
      return isFirst || size >= LISTED_AT_ONCE || now - since >= LISTED_FOR_MS;
    },
    async *unknown() {
      const taken = [...waiting.values()];
      waiting = new Map();
      size = 0;
      const began = clock.now();
      if (taken.length > 0) {
        await eachKnownIds(store, day, {
          now: began,
          take(ids) {
            for (const id of ids) for (const each of taken) each.ids.strike(id);
            return taken.some((each) => each.ids.left > 0);
          },
        });
        passMs = Math.max(passMs ?? 0, clock.now() - began);
      }
      since = clock.now();
      for (const { accountId, region, ids, principals } of taken) {
        for (const queryExecutionId of ids.rest()) {
          const principalArn = principals.get(queryExecutionId);
          yield { queryExecutionId, accountId, region, ...(principalArn === undefined ? {} : { principalArn }) };
        }
      }
    },
  };
}
