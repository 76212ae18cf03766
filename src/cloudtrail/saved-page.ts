import { isObject, type JsonObject } from './json-access.js';

/**
 * What an answer that somebody saved says of itself: that a further page follows, how many of how much stand in it, or why not
 * all of it is there.
 */
export type SavedPage =
  | { readonly kind: 'page'; readonly hasMore: boolean }
  | { readonly kind: 'count'; readonly shown: number; readonly found: number }
  | { readonly kind: 'partial'; readonly reason: string };

/** Members that name the next page: of the AWS APIs and their command line (`--max-items`, `--max-results`, `--no-paginate`). */
export const NEXT_PAGE: ReadonlySet<string> = new Set(['NextToken', 'nextToken']);

/** CloudTrail Lake, Logs Insights: anything else is still running, or ended before its end. */
const WHOLE = new Set(['FINISHED', 'COMPLETE']);

/** Reads what a document says of itself; null for one that is no answer of a search, or says nothing. */
export function savedPageOf(document: unknown): SavedPage | null {
  if (!isObject(document)) return null;
  const { Events, events, QueryResultRows, QueryStatus, results, hits } = document;
  if (isObject(hits)) return searchIndexPage(document, hits);
  if (Array.isArray(results)) return insightsPage(document, results.length);
  if (![Events, events, QueryResultRows].some(Array.isArray)) return null;
  if (typeof QueryStatus === 'string' && !WHOLE.has(QueryStatus))
    return { kind: 'partial', reason: `it was saved when its query was ${QueryStatus}` };
  return { kind: 'page', hasMore: [...NEXT_PAGE].some((name) => isText(document[name])) };
}

/** Elasticsearch and OpenSearch: `hits.total` is a number in older ones, and may be a lower bound (`gte`). */
function searchIndexPage({ timed_out, _shards }: JsonObject, { total, hits }: JsonObject): SavedPage | null {
  if (!Array.isArray(hits)) return null;
  if (timed_out === true) return { kind: 'partial', reason: 'its search ran out of time' };
  const failed = isObject(_shards) ? _shards.failed : 0;
  if (typeof failed === 'number' && failed > 0)
    return { kind: 'partial', reason: `${failed} shards of the index did not answer` };
  const found = isObject(total) ? total.value : total;
  if (typeof found !== 'number') return null;
  const isBound = isObject(total) && total.relation === 'gte';
  return { kind: 'count', shown: hits.length, found: isBound ? found + 1 : found };
}

function insightsPage({ status, statistics }: JsonObject, shown: number): SavedPage | null {
  if (typeof status !== 'string' || !isObject(statistics)) return null;
  if (!WHOLE.has(status.toUpperCase())) return { kind: 'partial', reason: `it was saved when its query was ${status}` };
  const { recordsMatched } = statistics;
  return typeof recordsMatched === 'number' ? { kind: 'count', shown, found: recordsMatched } : null;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
