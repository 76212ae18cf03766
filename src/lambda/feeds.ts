import { FEEDS_LEASE, releaseLease, takeLease } from '../collect/days/lease.js';
import { openFeedMemory } from '../handover/feeds/feed-memory.js';
import { createFeed, PRODUCER, type StackFeedName } from '../handover/feeds/feeds.js';
import { type HandedOver, handOver } from '../handover/feeds/hand-over.js';
import { lakeFiles } from '../handover/feeds/lake-files.js';
import { lineFiles } from '../handover/feeds/line-files.js';
import { preparing } from '../handover/feeds/prepare-row.js';
import type { ReportStore } from '../ports/report-store.js';
import { encodeNestedParquet } from '../storage/encode-nested-parquet.js';
import { REPORT_CODEC } from '../storage/report-codec.js';
import { type Chain, chainGrew } from '../tree/chain/chain.js';
import { readKnownChain } from '../tree/chain/known-chain.js';
import { type FeedsConfig, parseFeedsConfig } from './feeds-environment.js';
import { log, logMetrics, stackOf } from './log.js';
import { openFeedPlaces } from './open-function.js';
import type { InvocationContext } from './requests.js';
import { endOf } from './time-left.js';

/** What was handed over, in short. */
export interface FedFeeds {
  /** `more`: the state machine asks again. */
  readonly state: 'done' | 'more';
  readonly feeds: readonly {
    readonly feed: StackFeedName;
    readonly hours: number;
    readonly rows: number;
    readonly records: number;
    /** Of the hours that could not be handed over, the first few; the next run tries them again. */
    readonly failures: readonly string[];
  }[];
}

/** Share of the time in which another hour is begun. */
const SHARE = 0.8;
/** What a holder may take longer than its deadline, to end in. */
const GRACE_MS = 60_000;
/** Below `_work/` there are no reports; below `year=` nothing else lies. */
const FOLDER = 'feeds/';

/**
 * Hands over what is sealed and new to each feed. One run does it at a time; one that finds another at it leaves its hours to that one, which
 * looks again when it has ended. A feed that fails is told and does not stop the others.
 */
export async function handler(event: unknown, context?: InvocationContext): Promise<FedFeeds> {
  const config = parseFeedsConfig(process.env);
  const { tree, place, clock } = await openFeedPlaces(process.env, config);
  const { holder = 'feeds' } = (event ?? {}) as { readonly holder?: string };
  const now = clock.now();
  const endsAt = endOf(context, now);
  const lease = { store: tree, key: FEEDS_LEASE, holder, now, until: endsAt + GRACE_MS };
  if (await takeLease({ ...lease, round: 0, random: () => 0 })) return { state: 'done', feeds: [] };
  const chain = await readKnownChain(tree);
  const restsAt = now + (endsAt - now) * SHARE;
  const outcomes: { feed: StackFeedName; outcome: HandedOver }[] = [];
  try {
    for (const feed of config.feeds) {
      const isOver = () => clock.now() >= restsAt;
      outcomes.push({ feed, outcome: await feedOne(config, { feed, tree, place, chain, isOver }) });
    }
  } finally {
    await releaseLease(tree, lease);
  }
  const failed = outcomes.filter(({ outcome }) => outcome.failures.length > 0).length;
  logMetrics({ FeedsFailed: failed }, { now: clock.now(), stack: stackOf(process.env.AWS_LAMBDA_FUNCTION_NAME) });
  const isMore = outcomes.some(({ outcome }) => outcome.hasMore) || (await chainGrew(tree, chain));
  return { state: isMore ? 'more' : 'done', feeds: outcomes.map(({ feed, outcome }) => tell(feed, outcome)) };
}

async function feedOne(
  { location, sql }: FeedsConfig,
  work: {
    readonly feed: StackFeedName;
    readonly tree: ReportStore;
    readonly place: ReportStore;
    readonly chain: Chain;
    readonly isOver: () => boolean;
  },
): Promise<HandedOver> {
  const { feed: name, tree, place: store } = work;
  const folder = location === null ? FOLDER : '';
  const isLake = name === 'securitylake';
  const options = { producer: PRODUCER, databaseName: null, lineage: 'given' } as const;
  const feed = createFeed(isLake ? 'ocsf' : name, { ...options, ocsfVersion: isLake ? '1.1.0' : '1.8.0' });
  return handOver({
    ...work,
    ...{ store: tree, codec: REPORT_CODEC, feed, isWhole: isLake },
    memory: await openFeedMemory(tree, name, JSON.stringify([location, sql])),
    prepare: preparing({ least: 'none', mask: sql === 'full' ? null : () => '?', hasSql: sql !== 'none' }),
    deliver: isLake
      ? lakeFiles({ store, folder, encode: encodeNestedParquet, remembers: true })
      : lineFiles({ store, folder, name, feed }),
  });
}

function tell(feed: StackFeedName, { hours, rows, records, skipped, failures }: HandedOver): FedFeeds['feeds'][number] {
  const level = failures.length > 0 ? 'ERROR' : 'INFO';
  log({ level, kind: 'feed', feed, hours, rows, records, skipped, failures });
  return { feed, hours, rows, records, failures: failures.slice(0, 3).map((text) => text.slice(0, 300)) };
}
