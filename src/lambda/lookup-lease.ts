import { type ReportStore, WriteConflict } from '../collect/ports.js';

/** Who may call LookupEvents now. The quota is one for the account and Region, so days take turns. */
interface Lease {
  readonly holder: string;
  /** Epoch milliseconds after which the holder is taken for dead. */
  readonly until: number;
}

const LEASE_KEY = '_work/lookup-lease.json';
/** A day that waits asks again after this long, and later ones less often. */
const FIRST_WAIT_S = 15;
const LONGEST_WAIT_S = 240;

/**
 * Takes or keeps the lease for a holder until an instant. Returns null when it is held, else the seconds to wait before
 * asking again: growing with the rounds waited, spread by chance.
 */
export async function takeLease(request: {
  readonly store: ReportStore;
  readonly holder: string;
  readonly now: number;
  readonly until: number;
  readonly round: number;
  readonly random: () => number;
}): Promise<{ readonly waitSeconds: number } | null> {
  const { store, holder, now, until, round, random } = request;
  const stored = await store.read(LEASE_KEY);
  const lease = stored ? (JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as Lease) : null;
  const longest = Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** Math.min(round, 10));
  const wait = { waitSeconds: Math.ceil(longest * (0.5 + random() / 2)) };
  if (lease && lease.holder !== holder && lease.until > now) return wait;
  try {
    const bytes = Buffer.from(JSON.stringify({ holder, until } satisfies Lease));
    await store.write(LEASE_KEY, bytes, stored ? { tag: stored.tag } : { absent: true });
    return null;
  } catch (error) {
    if (error instanceof WriteConflict) return wait;
    throw error;
  }
}

/** Gives the lease back; one that somebody else took meanwhile stays theirs. */
export async function releaseLease(store: ReportStore, holder: string): Promise<void> {
  const stored = await store.read(LEASE_KEY);
  if (!stored) return;
  const lease = JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as Lease;
  if (lease.holder !== holder) return;
  try {
    await store.write(LEASE_KEY, Buffer.from(JSON.stringify({ holder, until: 0 } satisfies Lease)), {
      tag: stored.tag,
    });
  } catch (error) {
    if (!(error instanceof WriteConflict)) throw error;
  }
}
