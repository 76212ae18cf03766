import { openFeedMemory } from '../../handover/feeds/feed-memory.js';
import { checkFeed } from '../../operate/doctor/check-feeds.js';
import type { DeployedStack } from '../../operate/doctor/check-stack.js';
import type { Finding } from '../../operate/doctor/finding.js';
import type { Clock } from '../../ports/clock.js';
import type { ReportStore } from '../../ports/report-store.js';
import { readKnownChain } from '../../tree/chain/known-chain.js';

/** Checks the feeds of a stack, by what its tree remembers of them. */
export async function* diagnoseFeeds(request: {
  readonly stack: DeployedStack;
  readonly stackName: string;
  readonly store: ReportStore;
  readonly clock: Clock;
}): AsyncGenerator<Finding> {
  const { stack, stackName, store, clock } = request;
  const { Feeds: names = '', FeedLocation: place = '', FeedSql: sql = 'masked' } = stack.parameters;
  const feeds = [...new Set(names.split(',').filter(Boolean))];
  if (feeds.length === 0) return;
  const { manifests: sealed } = await readKnownChain(store);
  // What was handed over elsewhere, or in another way, does not count: as the function of the feeds remembers it.
  const what = JSON.stringify([place === '' ? null : place, sql]);
  for (const feed of feeds) {
    const { seen } = await openFeedMemory(store, feed, what);
    yield checkFeed({ feed, seen, sealed }, { now: clock.now(), functionName: `${stackName}-feeds` });
  }
}
