import { type Cost, costOf } from '../athena/cost.js';
import type { Execution } from '../athena/execution.js';
import type { PriceTable } from '../athena/prices.js';
import type { Start } from '../cloudtrail/start.js';
import type { CredentialUse } from '../identity/chain/credential-facts.js';
import type { CredentialGraph } from '../identity/chain/credential-graph.js';
import { clientOf } from '../identity/comments/client.js';
import type { CommentTag } from '../identity/comments/comment-tag.js';
import { readCommentTags } from '../identity/comments/sql-comment.js';
import type { Directory } from '../identity/directory/directory.js';
import type { Resolution } from '../identity/resolve/resolution.js';
import { createResolver, UNATTRIBUTED } from '../identity/resolve/resolve-person.js';
import type { SqlAnalysis, SqlContext } from '../sql/analysis.js';
import { createDefinitionBook, type Definition, type DefinitionBook, type QueryPlace } from '../sql/definition-book.js';
import type { SqlReader } from '../sql/reader.js';
import { type Reads, resolveReads } from '../sql/resolve-reads.js';

/** What a SQL text says: its tables, and the tool that signed it with a comment. */
export interface SqlReading {
  readonly analysis: SqlAnalysis;
  readonly tag: CommentTag | null;
}

/** Everything a row needs beyond its evidence: who, what, and how much. Same evidence, same answers. */
export interface Enrichment {
  readonly read: SqlReader;
  readSql(text: string, context: SqlContext): SqlReading;
  /** What a text read and wrote where and when it ran, through prepared statements and views. */
  readsOf(analysis: SqlAnalysis, context: SqlContext, place: QueryPlace): Reads;
  /** Takes in definitions that were met on the way. */
  learn(definitions: Iterable<Definition>): void;
  /** The definitions that rows used since this was asked last. */
  takeUsed(): readonly Definition[];
  /** Learns what resolving these starts hangs on; whoever resolves starts asks for this first. */
  reach(starts: Iterable<Start>): Promise<void>;
  resolve(start: Start | null, tag: CommentTag | null): Resolution;
  clientOf(start: Start): string | null;
  /** Prices hang on where and when a query ran, and on whose capacity. */
  priceOf(execution: Execution | null, place: QueryPlace, sqlKind: string | null): Cost | null;
}

/** Feeds a graph of credentials with what is needed of it. */
export interface LinkReach {
  reach(uses: Iterable<CredentialUse>): Promise<void>;
  /** False: the graph may lack what the answer about this use hangs on. */
  isReached(use: CredentialUse): boolean;
}

const KNOWS_ALL: LinkReach = { reach: async () => {}, isReached: () => true };

/** Puts the enrichment together. */
export function createEnrichment(options: {
  readonly graph: CredentialGraph;
  readonly directory: Directory;
  readonly prices: PriceTable;
  readonly read: SqlReader;
  /** Reads the texts of definitions, so that the many texts of queries do not crowd them out of its memory; by default `read`. */
  readonly readDefined?: SqlReader;
  /** What prepared statements and views meant; by default nothing is known of them. */
  readonly definitions?: DefinitionBook;
  /** User names by `<identity store ARN>#<user id>`. */
  readonly identityStoreNames?: ReadonlyMap<string, string>;
  /** Feeds the graph with what these starts need; by default the graph knows all. */
  readonly links?: LinkReach;
}): Enrichment {
  const {
    graph,
    directory,
    prices,
    read,
    readDefined = read,
    identityStoreNames = new Map(),
    definitions = createDefinitionBook(),
    links = KNOWS_ALL,
  } = options;
  const resolve = createResolver({ graph, directory, identityStoreNames });
  return {
    read,
    readSql(text, context) {
      const analysis = read(text, context);
      return {
        analysis,
        tag: readCommentTags(analysis.leadingComments, analysis.trailingComments, directory.comments),
      };
    },
    readsOf: (analysis, context, place) =>
      resolveReads(analysis, context, { definitions: definitions.at(place), read: readDefined }),
    learn: (news) => definitions.add(news),
    takeUsed: () => definitions.takeUsed(),
    reach: (starts) => links.reach(starts),
    resolve(start, tag) {
      if (!start) return UNATTRIBUTED;
      // A person found without all that is known may be the wrong one.
      if (!links.isReached(start)) throw new Error(`the links behind start ${start.eventId} were not looked for`);
      return resolve(start, tag);
    },
    clientOf: (start) => clientOf(start.userAgent, { console: start.console, invokedBy: start.principal.invokedBy }),
    priceOf(execution, place, sqlKind) {
      if (!execution) return null;
      const { region, accountId, at } = place;
      // Where Athena told of DPUs they say that it ran on a reservation.
      const assignedTo = execution.dpuCount === null ? definitions.reservationOf(place) : null;
      return costOf({ ...execution, assignedTo, sqlKind, region, accountId, at }, prices);
    },
  };
}
