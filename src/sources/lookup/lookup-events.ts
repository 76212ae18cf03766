import type { Window } from '../../calendar/window.js';
import { parseEventTime } from '../../cloudtrail/event-time.js';
import { EVENT_HISTORY_MS, LOOKUP_PAGE_EVENTS } from '../../cloudtrail/limits.js';
import { readEvidence } from '../../cloudtrail/read-evidence.js';
import type { Clock } from '../../ports/clock.js';
import type { Pacer } from '../../ports/pacer.js';
import type { Evidence, EvidenceBatch, StartSource } from '../../ports/start-source.js';
import { nameOf } from '../aws/aws-failure.js';
import { callAws } from '../aws/call-aws.js';
import { type Counts, createCounts } from '../aws/counts.js';
import type { LookupEvent, LookupEventsPage, LookupPage } from './lookup-page.js';
import { advance, estimatedRest, firstSegment, restart, type Segment, segmentsIn, split } from './lookup-segment.js';

export interface LookupEventsOptions {
  readonly page: LookupEventsPage;
  readonly accountId: string | null;
  readonly region: string;
  /** The pacer of LookupEvents in this account and Region, shared with `createLookupLinks`. */
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly random: () => number;
  /** Chains of pages at once, when one is too slow to use the quota. */
  readonly maxScanners?: number;
}

/**
 * The pace of LookupEvents: just under the quota of 2 a second for an account and Region (aws-facts 1.1), for clocks differ. Half a
 * call may be made up after a pause. A bucket of 2 calls a second holds 2 at least, so that calls may overtake each other by a
 * quarter of a second on the way.
 */
export const LOOKUP_PACE = { ratePerSecond: 1.98, burst: 1.5 } as const;
/** A split must be worth the page or two that it costs. */
const WORTH_A_SPLIT = 2 * LOOKUP_PAGE_EVENTS;
/** Chains of pages to begin with, for each that the average latency needs: some calls take twice as long. */
const HEADROOM = 2;
/** Refused tokens at one place of a segment: no page chain gets past it. */
const MAX_RESTARTS = 5;

/**
 * Reads starts from CloudTrail's event history: one scan over the whole window, newest first, filtered by event name. An idle
 * window costs one call. When calls are too slow for one chain of pages to use the quota, the rest of the window is split.
 * What the history has forgotten (`counts.beyondRetentionMs`) is covered all the same: it cannot be read.
 * @throws CredentialsExpired, PermissionDenied
 */
export function createLookupEvents(options: LookupEventsOptions): StartSource {
  const counts = createCounts(['calls', 'events', 'links', 'rejects', 'retries', 'starts', 'throttled']);
  return {
    scan: (window, { cursor, signal }) => scanHistory(window, { ...options, counts, cursor, signal }),
    account: () => ({
      kind: 'lookup-events',
      accountId: options.accountId,
      region: options.region,
      counts: counts.all(),
    }),
  };
}

interface Scan extends LookupEventsOptions {
  readonly counts: Counts;
  readonly cursor: unknown;
  readonly signal: AbortSignal | undefined;
}

interface Fetched {
  readonly segment: Segment;
  /** Null when the token was refused. */
  readonly page: LookupPage | null;
}

async function* scanHistory(window: Window, scan: Scan): AsyncGenerator<EvidenceBatch> {
  const { counts, clock } = scan;
  counts.add(
    'beyondRetentionMs',
    Math.max(0, clock.now() - EVENT_HISTORY_MS - window.start) - counts.get('beyondRetentionMs'),
  );
  const first = firstSegment(window);
  // A copy: a scan that fails before its first page must leave the cursor it was given as it was.
  const idle = [...(segmentsIn(scan.cursor, window) ?? (first ? [first] : []))];
  if (idle.length === 0) yield { items: [], covered: [window], cursor: { window, segments: [] } };
  else yield* new HistoryScan(window, scan, idle).batches();
}

/** A window as it is read: segments that wait, and pages on their way. */
class HistoryScan {
  private readonly window: Window;
  private readonly scan: Scan;
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  private readonly busy = new Map<Segment, Promise<Fetched>>();
  /** Refused page tokens, by place. */
  private readonly restarts = new Map<string, number>();
  private idle: Segment[];
  private latencyMs = 0;

  constructor(window: Window, scan: Scan, idle: Segment[]) {
    this.window = window;
    this.scan = scan;
    this.idle = idle;
    this.signal = scan.signal ? AbortSignal.any([scan.signal, this.stop.signal]) : this.stop.signal;
  }

  async *batches(): AsyncGenerator<EvidenceBatch> {
    const { window, busy } = this;
    try {
      this.fill();
      while (busy.size > 0) {
        const { segment, page } = await Promise.race(busy.values());
        busy.delete(segment);
        const { items, covered } = page === null ? this.again(segment) : this.take(segment, page);
        this.fill();
        yield { items, covered, cursor: { window, segments: [...busy.keys(), ...this.idle] } };
      }
    } finally {
      this.stop.abort();
    }
  }

  /** Takes what a page shows; the rest of its segment is next. */
  private take(segment: Segment, page: LookupPage): Pick<EvidenceBatch, 'items' | 'covered'> {
    const { window, scan } = this;
    if (page.nextToken !== null && page.nextToken === segment.token)
      throw stuck(scan.region, 'repeats the same page token');
    const times = page.events.flatMap((event) => timeOf(event) ?? []);
    const { next, covered: seconds } = advance(segment, times, page.nextToken);
    const items = page.events.flatMap((event) => evidenceIn(event, segment, scan));
    scan.counts.add('events', page.events.length);
    if (next) this.idle = [next, ...this.idle];
    return { items, covered: seconds ? [inWindow(seconds, window)] : [] };
  }

  /** Begins a segment again whose page token was refused. */
  private again(segment: Segment): Pick<EvidenceBatch, 'items' | 'covered'> {
    const again = restart(segment);
    const place = `${again.start}-${again.end}`;
    const times = (this.restarts.get(place) ?? 0) + 1;
    this.restarts.set(place, times);
    this.scan.counts.add('refusedTokens', 1);
    if (times > MAX_RESTARTS) throw stuck(this.scan.region, `refused ${times} page tokens at the same place`);
    this.idle = [again, ...this.idle];
    return { items: [], covered: [] };
  }

  /**
   * Starts as many chains as the quota needs at the latency seen, and some more. Each split costs half a page, so nothing is split
   * again until so many chains have come to their end that the rest cannot use the quota.
   */
  private fill(): void {
    const { pacer, maxScanners = 6 } = this.scan;
    const needed = (this.latencyMs / 1000) * pacer.stats().ratePerSecond;
    const wanted = Math.min(maxScanners, Math.max(1, Math.ceil(needed * HEADROOM)));
    const splits = this.busy.size < Math.min(maxScanners, needed);
    while (this.busy.size < wanted) {
      const segment = this.idle.shift() ?? (splits ? this.splitOff() : null);
      if (!segment) return;
      const fetched = this.fetch(segment);
      fetched.catch(() => {});
      this.busy.set(segment, fetched);
    }
  }

  /** Takes the older half of the busy segment with the largest rest; its own page on the way stays good. */
  private splitOff(): Segment | null {
    const { busy } = this;
    const [segment] = [...busy.keys()].sort((a, b) => estimatedRest(b) - estimatedRest(a));
    const halves = segment && estimatedRest(segment) >= WORTH_A_SPLIT ? split(segment) : null;
    const fetched = segment && busy.get(segment);
    if (!segment || !halves || !fetched) return null;
    busy.delete(segment);
    const moved = fetched.then(({ page }) => ({ segment: halves.newer, page }));
    moved.catch(() => {});
    busy.set(halves.newer, moved);
    this.scan.counts.add('splits', 1);
    return halves.older;
  }

  private async fetch(segment: Segment): Promise<Fetched> {
    const { scan, signal } = this;
    try {
      const page = await callAws(() => this.timed(() => scan.page(requestOf(segment), signal)), {
        action: 'cloudtrail:LookupEvents',
        ...scan,
        signal,
      });
      return { segment, page };
    } catch (error) {
      if (nameOf(error) !== 'InvalidNextTokenException' || segment.token === null) throw error;
      return { segment, page: null };
    }
  }

  private async timed<T>(call: () => Promise<T>): Promise<T> {
    const { clock } = this.scan;
    const began = clock.now();
    const answer = await call();
    const took = clock.now() - began;
    this.latencyMs = this.latencyMs === 0 ? took : this.latencyMs * 0.8 + took * 0.2;
    return answer;
  }
}

function stuck(region: string, what: string): Error {
  return new Error(`LookupEvents in ${region} ${what}; run the same command again: it goes on where it stopped`);
}

function requestOf({ start, end, token }: Segment) {
  return {
    attribute: 'EventName',
    value: 'StartQueryExecution',
    startTime: start * 1000,
    endTime: end * 1000,
    nextToken: token,
  } as const;
}

/** Seconds of an event; of the record where the page does not say. */
function timeOf({ eventTime, cloudTrailEvent }: LookupEvent): number | null {
  const time = eventTime ?? parseEventTime(/"eventTime"\s*:\s*"([^"]*)"/.exec(cloudTrailEvent ?? '')?.[1]);
  return time === null ? null : Math.floor(time / 1000);
}

/** Reads an event of a page. Events below the segment's floor are another segment's. */
function evidenceIn(event: LookupEvent, segment: Segment, { region, counts }: Scan): Evidence[] {
  const second = timeOf(event);
  if (second !== null && second < segment.floor && segment.isOrdered) return [];
  const origin = `LookupEvents ${region} event ${event.eventId ?? 'without id'}`;
  const reject = (reason: string): Evidence[] => {
    counts.add('rejects', 1);
    const raw = event.cloudTrailEvent ?? JSON.stringify(event);
    return [{ kind: 'reject', reason, eventTime: event.eventTime, raw, origin }];
  };
  let record: unknown;
  try {
    record = JSON.parse(event.cloudTrailEvent ?? '');
  } catch {
    return reject('CloudTrailEvent is not JSON');
  }
  const evidence = readEvidence(record);
  if (evidence === null) return [];
  if (evidence.kind === 'reject') return reject(evidence.reason);
  counts.add(evidence.kind === 'start' ? 'starts' : 'links', 1);
  return [evidence];
}

/** Whole seconds as a part of the window, whose ends may lie between seconds. */
function inWindow({ from, to }: { from: number; to: number }, window: Window): Window {
  const isFirst = from <= Math.ceil(window.start / 1000);
  const isLast = to >= Math.ceil(window.end / 1000) - 1;
  return { start: isFirst ? window.start : from * 1000, end: isLast ? window.end : (to + 1) * 1000 };
}
