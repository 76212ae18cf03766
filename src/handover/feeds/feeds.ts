import { createDataHubFeed } from './datahub.js';
import { createEcsFeed } from './ecs.js';
import type { RowFeed } from './feed.js';
import { createFocusFeed } from './focus.js';
import { createOcsfFeed } from './ocsf.js';
import type { OcsfVersion } from './ocsf-activity.js';
import { createOpenLineageFeed } from './openlineage.js';
import { createOpenMetadataFeed } from './openmetadata.js';

/** Consumers that take a record a row. */
export const ROW_FEEDS = ['openlineage', 'openmetadata', 'datahub', 'ocsf', 'focus', 'ecs'] as const;
export type RowFeedName = (typeof ROW_FEEDS)[number];

/** What a deployed stack may hand over to: files of lines, and the partitions of Security Lake. */
export const STACK_FEEDS = [...ROW_FEEDS, 'securitylake'] as const;
export type StackFeedName = (typeof STACK_FEEDS)[number];

/** URI of the program in what it hands over. */
export const PRODUCER = 'https://www.npmjs.com/package/athena-query-tracker';

export interface FeedOptions {
  /** URI of the program, for OpenLineage. */
  readonly producer: string;
  /** What OpenMetadata calls the catalog; null: the catalog's own name. */
  readonly databaseName: string | null;
  /** Whether DataHub gets our tables, or reads the text itself. */
  readonly lineage: 'given' | 'parsed';
  readonly ocsfVersion: OcsfVersion;
}

/** Opens the feed of a consumer. */
export function createFeed(name: RowFeedName, options: FeedOptions): RowFeed {
  switch (name) {
    case 'openlineage':
      return createOpenLineageFeed(options);
    case 'openmetadata':
      return createOpenMetadataFeed(options);
    case 'datahub':
      return createDataHubFeed(options);
    case 'ocsf':
      return createOcsfFeed({ version: options.ocsfVersion });
    case 'focus':
      return createFocusFeed();
    case 'ecs':
      return createEcsFeed();
  }
}
