import { gzipSync } from 'node:zlib';
import { isoSeconds } from '../company/credential.js';
import { recordOf } from '../history/event-record.js';
import type { EventRow, World } from '../history/world.js';
import { createRandom, hash, uuidOf } from '../wire/random.js';
import { createDigestWriter, type DigestOptions } from './digest-files.js';
import { folderOf, minuteOf } from './trail-key.js';
import type { TrailObject } from './trail-object.js';

export interface TrailOptions {
  /** `organization` puts the organization's id into every key and delivers the events of all accounts. */
  readonly layout: 'account' | 'organization';
  /** Default: the main account, or all accounts of an organization trail. */
  readonly accountIds?: readonly string[];
  /** Before `AWSLogs/`, without slashes at its ends. */
  readonly prefix?: string;
  /** Only files delivered by then, epoch milliseconds. */
  readonly until?: number;
  /** Share of the records that a later file repeats, with the same eventID. */
  readonly duplicateShare?: number;
  /** Signed digest files of every hour. */
  readonly digests?: DigestOptions;
  /** Files of CloudTrail Insights beside the logs. */
  readonly hasInsights?: boolean;
}

const DELIVERY_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;
/** Keeps a file far below CloudTrail's 50 MB. */
const MAX_RECORDS = 5_000;

/**
 * Yields the account's events as CloudTrail log files, in the order of delivery: what LookupEvents shows, with the noise
 * around it (aws-facts 4.1). The name of a file tells its delivery, not the time of its events.
 */
export function* trailFiles(world: World, options: TrailOptions): Generator<TrailObject> {
  const { layout, until = Infinity, duplicateShare = 0.001, hasInsights = true } = options;
  const accounts = world.company.accounts;
  const accountIds = options.accountIds ?? (layout === 'account' ? [accounts.main] : Object.values(accounts));
  const root = `${options.prefix ? `${options.prefix}/` : ''}AWSLogs/${layout === 'organization' ? `${world.company.organizationId}/` : ''}`;
  const digests = options.digests ? createDigestWriter(world, root, options.digests) : null;
  let hour = Math.floor(world.startsAt / HOUR_MS);
  for (const delivery of deliveries(world, accountIds, duplicateShare)) {
    const deliveredAt = (delivery.slot + 1) * DELIVERY_MS;
    while (digests && hour < Math.floor((deliveredAt - 1) / HOUR_MS)) {
      const at = ++hour * HOUR_MS;
      if (at <= until) yield* digests.close(at);
    }
    if (deliveredAt > until) break;
    const { accountId, region, rows } = delivery;
    for (let part = 0; part * MAX_RECORDS < rows.length; part++) {
      const slice = rows.slice(part * MAX_RECORDS, (part + 1) * MAX_RECORDS);
      const text = `{"Records":[${shuffled(world, slice, deliveredAt).join(',')}]}`;
      const random = createRandom(world.seed, 'file', accountId, region, deliveredAt, part);
      const suffix = Buffer.from(random.hex(24), 'hex').toString('base64url').replace(/[-_]/g, 'x');
      const key = `${root}${accountId}/CloudTrail/${region}/${folderOf(deliveredAt)}/${accountId}_CloudTrail_${region}_${minuteOf(deliveredAt)}_${suffix}.json.gz`;
      digests?.add({ accountId, region, key, text, rows: slice });
      yield { key, bytes: gzipSync(text), deliveredAt, metadata: {} };
    }
    if (hasInsights && delivery.slot % 288 === 140) yield insightOf(world, { root, accountId, region, deliveredAt });
  }
  if (digests) {
    // They come every hour, with or without log files, until nobody looks any more.
    const last = Math.min(until, Math.max((hour + 1) * HOUR_MS, world.endsAt + 2 * HOUR_MS));
    while (++hour * HOUR_MS <= last) yield* digests.close(hour * HOUR_MS);
    yield* digests.backfill(until);
  }
}

interface DeliveryPlan {
  readonly slot: number;
  readonly accountId: string;
  readonly region: string;
  readonly rows: readonly EventRow[];
}

/** Groups the events by the five minutes in which they are delivered, per account and Region, in order. */
function* deliveries(world: World, accountIds: readonly string[], duplicateShare: number): Generator<DeliveryPlan> {
  const slots = new Map<number, Map<string, EventRow[]>>();
  const put = (slot: number, place: string, row: EventRow) => {
    const places = slots.get(slot) ?? new Map<string, EventRow[]>();
    slots.set(slot, places);
    const rows = places.get(place) ?? [];
    places.set(place, rows);
    rows.push(row);
  };
  for (const [place, partition] of world.partitions) {
    if (!accountIds.includes(partition.accountId)) continue;
    for (const row of partition.events) {
      const slot = Math.floor(row.visibleAt / DELIVERY_MS);
      put(slot, place, row);
      const isRepeated = (hash(world.seed, 'repeated', row.number) % 1_000_000) / 1_000_000 < duplicateShare;
      if (isRepeated) put(slot + 1 + (hash(world.seed, row.number) % 4), place, row);
    }
  }
  for (const slot of [...slots.keys()].sort((a, b) => a - b)) {
    for (const [place, rows] of [...(slots.get(slot) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const [accountId = '', region = ''] = place.split('/');
      yield { slot, accountId, region, rows };
    }
    slots.delete(slot);
  }
}

/** The records as JSON, in no order (aws-facts 4.1). */
function shuffled(world: World, rows: readonly EventRow[], deliveredAt: number): string[] {
  const random = createRandom(world.seed, 'shuffle', deliveredAt, rows[0]?.number ?? 0);
  const records = rows.map((row) => JSON.stringify(recordOf(world, row)));
  for (let i = records.length - 1; i > 0; i--) {
    const other = random.int(0, i);
    const moved = records[i] ?? '';
    records[i] = records[other] ?? '';
    records[other] = moved;
  }
  return records;
}

function insightOf(
  world: World,
  { root, accountId, region, deliveredAt }: { root: string; accountId: string; region: string; deliveredAt: number },
): TrailObject {
  const record = {
    eventVersion: '1.11',
    eventTime: isoSeconds(deliveredAt - 20 * 60_000),
    awsRegion: region,
    eventID: uuidOf(hash(world.seed, 'insight', accountId, region), deliveredAt / DELIVERY_MS),
    eventType: 'AwsCloudTrailInsight',
    recipientAccountId: accountId,
    insightDetails: {
      state: 'Start',
      eventSource: 'athena.amazonaws.com',
      eventName: 'StartQueryExecution',
      insightType: 'ApiCallRateInsight',
    },
    eventCategory: 'Insight',
  };
  return {
    key: `${root}${accountId}/CloudTrail-Insight/${region}/${folderOf(deliveredAt)}/${accountId}_CloudTrail-Insight_${region}_${minuteOf(deliveredAt)}_${createRandom(world.seed, deliveredAt).hex(16)}.json.gz`,
    bytes: gzipSync(JSON.stringify({ Records: [record] })),
    deliveredAt,
    metadata: {},
  };
}
