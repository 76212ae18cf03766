import { STACK_FEEDS, type StackFeedName } from '../handover/feeds/feeds.js';
import {
  type CollectConfig,
  ConfigurationError,
  choice,
  type Environment,
  given,
  matching,
  outputOf,
  S3_URI,
  wrongValue,
} from './environment.js';

/** What the function of the feeds is told by its environment. */
export interface FeedsConfig extends Pick<CollectConfig, 'bucket' | 'prefix'> {
  /** At least one. */
  readonly feeds: readonly StackFeedName[];
  /** `s3://bucket` or `s3://bucket/prefix`; null: `feeds/` among the reports. */
  readonly location: string | null;
  /** How the SQL leaves: without its literals, as it is, or not at all. */
  readonly sql: 'masked' | 'full' | 'none';
}

/** @throws ConfigurationError */
export function parseFeedsConfig(env: Environment): FeedsConfig {
  const output = outputOf(env);
  if (output === null) throw new ConfigurationError('S3_BUCKET is not set; it names the bucket that keeps the reports');
  const location = matching(env, 'FEED_LOCATION', S3_URI, 's3://bucket or s3://bucket/prefix');
  return {
    ...output,
    feeds: feeds(env),
    location: location?.replace(/\/+$/, '') ?? null,
    sql: choice(env, 'FEED_SQL', ['masked', 'full', 'none']) ?? 'masked',
  };
}

function feeds(env: Environment): StackFeedName[] {
  const text = given(env, 'FEEDS') ?? '';
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  return names.map((name) => {
    const known = STACK_FEEDS.find((feed) => feed === name);
    if (known === undefined) throw wrongValue('FEEDS', text, `some of ${STACK_FEEDS.join(', ')}, with commas between`);
    return known;
  });
}
