import { LATE_EVENT_BOUND_MS } from '../../cloudtrail/limits.js';
import type { Manifest } from '../../record/manifest.js';
import { readRowNews } from '../../tree/row-news.js';
import { readSettleState, writeSettleState } from '../../tree/settle-state.js';
import type { Collector } from '../collector.js';
import { releaseLease, SETTLE_LEASE, takeLease } from './lease.js';
import { settle } from './settle.js';

/** Once a day; a daily run may come a little earlier than the day before. */
const DUE_AFTER_MS = 20 * 3_600_000;
/** What a holder may take longer than its deadline, to end in. */
const GRACE_MS = 60_000;

/**
 * Settles open hours, the oldest first, until the deadline (epoch milliseconds), when that is due, once a day or on news: in whichever run comes
 * first, and in one at a time. Returns the manifests as they are now; null when it was not due, or another run is at it.
 */
export async function settleWithin(
  collector: Collector,
  { holder, deadline }: { readonly holder: string; readonly deadline: number },
): Promise<Manifest[] | null> {
  const { clock, store } = collector;
  const startedAt = clock.now();
  const { settledAt } = await readSettleState(store);
  const isDue = settledAt === null || startedAt - settledAt >= DUE_AFTER_MS;
  if (!isDue && (await readRowNews(store)).since === null) return null;
  const lease = { store, key: SETTLE_LEASE, holder, now: startedAt, until: deadline + GRACE_MS };
  if (await takeLease({ ...lease, round: 0, random: () => 0 })) return null;
  const settled: Manifest[] = [];
  // Hours without pending queries change only when they become final, or by late events, which the scans look after.
  const only = ({ pending, window }: Manifest, hasNews: boolean) =>
    hasNews || pending.length > 0 || startedAt >= Date.parse(window.end) + LATE_EVENT_BOUND_MS;
  for await (const { after } of settle(collector, { only })) {
    settled.push(after);
    if (clock.now() < deadline) continue;
    const message = `${settled.length} hours were settled; the rest waits for the next run`;
    collector.progress({ kind: 'warning', message });
    await releaseLease(store, lease);
    return settled;
  }
  // What was left out above is younger than what the next settling looks at in any case.
  const [openSince = null] = settled.filter(({ status }) => status === 'open').map(({ reportDate }) => reportDate);
  await writeSettleState(store, { settledAt: startedAt, openSince });
  await releaseLease(store, lease);
  return settled;
}
