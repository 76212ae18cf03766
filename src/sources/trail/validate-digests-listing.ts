import { type DigestPlace, digestPlaceOf } from '../../cloudtrail/digest.js';
import { deliveryDayFolder, parseLogKey } from '../../cloudtrail/log-file-name.js';
import type { TrailBucket } from './list-trail.js';

/** A digest file that is there. */
export interface ListedDigest {
  readonly key: string;
  readonly place: DigestPlace;
}

/** One account and Region of a trail. */
export interface DigestGroup {
  /** Up to and including `<region>/`. */
  readonly regionFolder: string;
  /** Digests by chain, each ascending in time. */
  readonly chains: ReadonlyMap<string, readonly ListedDigest[]>;
}

/** A stretch of delivery, epoch milliseconds, both inclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

interface Place {
  readonly bucket: TrailBucket;
  readonly prefix: string;
  readonly signal: AbortSignal | undefined;
}

const DAY_MS = 86_400_000;

/**
 * Lists the digests that end within a span, and every account and Region that has log files at all. Days and folders that
 * cannot hold any are stepped over, so a trail of many years costs what its span costs.
 */
export async function listDigests(place: Place, span: Span): Promise<DigestGroup[]> {
  const groups = new Map<string, Map<string, ListedDigest[]>>();
  const groupOf = (folder: string) => {
    const chains = groups.get(folder) ?? new Map<string, ListedDigest[]>();
    groups.set(folder, chains);
    return chains;
  };
  for await (const key of walk(place, (key) => jumpToDigests(key, span, groupOf))) {
    const digest = digestPlaceOf(key);
    if (!digest || digest.endsAt < span.from || digest.endsAt > span.to) continue;
    const chains = groupOf(digest.regionFolder);
    const chain = chains.get(digest.chain) ?? [];
    chains.set(digest.chain, chain);
    chain.push({ key, place: digest });
  }
  for (const chains of groups.values())
    for (const chain of chains.values()) chain.sort((a, b) => a.place.endsAt - b.place.endsAt);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([regionFolder, chains]) => ({ regionFolder, chains }));
}

/** Yields the log files of one account and Region that were delivered within a span, with the minute their name tells. */
export async function* listLogFiles(
  place: Place,
  regionFolder: string,
  span: Span,
): AsyncGenerator<{ readonly key: string; readonly deliveredAt: number }> {
  const jump = (key: string) => jumpOfDay(parseLogKey(key), span);
  for await (const key of walk({ ...place, prefix: regionFolder }, jump)) {
    const [, year, month, day, hour, minute] = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z/.exec(key) ?? [];
    if (year === undefined || parseLogKey(key).kind !== 'log') continue;
    const deliveredAt = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
    if (deliveredAt >= span.from && deliveredAt <= span.to) yield { key, deliveredAt };
  }
}

/** Lists keys; where `jump` names a key, the listing goes on after that one. */
async function* walk({ bucket, prefix, signal }: Place, jump: (key: string) => string | null): AsyncGenerator<string> {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  for (let after: string | null = null; ; ) {
    let target: string | null = null;
    for await (const { key } of bucket.list(folder, after, signal)) {
      signal?.throwIfAborted();
      target = jump(key);
      if (target !== null && target !== after) break;
      target = null;
      yield key;
    }
    if (target === null) return;
    after = target;
  }
}

const DIGEST_DAY = /^((?:.*\/)?CloudTrail-Digest\/[^/]+\/)(\d{4})\/(\d\d)\/(\d\d)\/[^/]+$/;

function jumpToDigests(key: string, span: Span, seen: (regionFolder: string) => void): string | null {
  const log = parseLogKey(key);
  if (log.kind === 'log') {
    if (!log.regionFolder.includes('CloudTrail-NetworkActivity/')) seen(log.regionFolder);
    return `${log.regionFolder}\uffff`;
  }
  const [, regionFolder, year, month, day] = DIGEST_DAY.exec(key) ?? [];
  if (regionFolder === undefined) {
    const isOther = log.kind === 'sibling' && log.folder !== null && !log.folder.endsWith('CloudTrail-Digest/');
    return isOther ? `${log.folder}\uffff` : null;
  }
  return jumpOfDay(
    { kind: 'log', regionFolder, deliveryDay: Date.UTC(Number(year), Number(month) - 1, Number(day)) },
    span,
  );
}

function jumpOfDay(
  place: { readonly kind: string; readonly regionFolder?: string; readonly deliveryDay?: number },
  { from, to }: Span,
): string | null {
  const { regionFolder, deliveryDay } = place;
  if (place.kind !== 'log' || regionFolder === undefined || deliveryDay === undefined) return null;
  if (deliveryDay + DAY_MS <= from) return deliveryDayFolder(regionFolder, from).slice(0, -1);
  return deliveryDay > to ? `${regionFolder}\uffff` : null;
}
