import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import { workKey } from '../../tree/layout.js';

/** Who may do something that only one execution may do at a time. */
interface Lease {
  readonly holder: string;
  /** Epoch milliseconds after which the holder is taken for dead. */
  readonly until: number;
  /** Epoch milliseconds: since when the holder has it without a break. */
  readonly since: number;
}

/** To call LookupEvents: the quota is one for the account and Region, so days take turns. */
export const LOOKUP_LEASE = workKey.lookupLease;
/** To read the last 31 days again: one execution is enough. */
export const LOOK_BACK_LEASE = workKey.lookBackLease;
/** To visit open hours again. */
export const SETTLE_LEASE = workKey.settleLease;
/** To hand over to the feeds. */
export const FEEDS_LEASE = workKey.feedsLease;
/** A day that waits asks again after this long, and later ones less often. */
const FIRST_WAIT_S = 15;
const LONGEST_WAIT_S = 240;

/**
 * Takes or keeps the lease for a holder until an instant. Returns null when it is held, else the seconds to wait before
 * asking again: growing with the rounds waited, spread by chance.
 */
export async function takeLease(request: {
  readonly store: ReportStore;
  readonly key: string;
  readonly holder: string;
  readonly now: number;
  readonly until: number;
  readonly round: number;
  readonly random: () => number;
}): Promise<{ readonly waitSeconds: number } | null> {
  const { store, key, holder, now, until, round, random } = request;
  const { lease, tag } = await readLease(store, key);
  const longest = Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** Math.min(round, 10));
  const wait = { waitSeconds: Math.ceil(longest * (0.5 + random() / 2)) };
  if (lease && lease.holder !== holder && lease.until > now) return wait;
  try {
    const isKept = lease?.holder === holder && lease.until > now;
    const bytes = encode({ holder, until, since: isKept ? lease.since : now });
    await store.write(key, bytes, tag === null ? { absent: true } : { tag });
    return null;
  } catch (error) {
    if (error instanceof WriteConflict) return wait;
    throw error;
  }
}

/** Since when a holder has the lease, epoch milliseconds; null when it has not got it now. */
export async function heldSince(
  store: ReportStore,
  { key, holder, now }: { readonly key: string; readonly holder: string; readonly now: number },
): Promise<number | null> {
  const { lease } = await readLease(store, key);
  return lease !== null && lease.holder === holder && lease.until > now ? lease.since : null;
}

/** Gives the lease back; one that somebody else took meanwhile stays theirs. */
export async function releaseLease(
  store: ReportStore,
  { key, holder }: { readonly key: string; readonly holder: string },
): Promise<void> {
  const { lease, tag } = await readLease(store, key);
  if (lease?.holder !== holder || tag === null) return;
  try {
    await store.write(key, encode({ ...lease, until: 0 }), { tag });
  } catch (error) {
    if (!(error instanceof WriteConflict)) throw error;
  }
}

function encode(lease: Lease): Uint8Array {
  return Buffer.from(JSON.stringify(lease));
}

async function readLease(store: ReportStore, key: string): Promise<{ lease: Lease | null; tag: string | null }> {
  const stored = await store.read(key);
  if (!stored) return { lease: null, tag: null };
  return { lease: JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as Lease, tag: stored.tag };
}
