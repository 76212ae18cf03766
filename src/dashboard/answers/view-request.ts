import type { Coverage } from '../../analytics/audit/audit.js';
import { resolveRange } from '../../analytics/time/time-range.js';
import { type Filter, FilterError, readFilters } from '../../analytics/view/filters.js';
import type { Scope } from '../../analytics/view/scope.js';
import type { Window } from '../../calendar/window.js';

/** The view that a request asks for; parameters are those of the page's own URL. */
export interface ViewRequest {
  readonly scope: Scope;
  readonly filters: readonly Filter[];
  /** Zone of buckets and of days. */
  readonly timezone: string;
  readonly params: URLSearchParams;
}

/**
 * Reads a view from the query string. Unknown parameters belong to the page.
 * @throws FilterError or TimeRangeError for a value that cannot be used
 */
export function readView(
  params: URLSearchParams,
  {
    coverage,
    held,
    isAuditor,
  }: {
    readonly coverage: Pick<Coverage, 'timezone' | 'started'>;
    /** What relative ranges are of. */
    readonly held: Window;
    readonly isAuditor: boolean;
  },
): ViewRequest {
  const filters = readFilters(params, () => undefined);
  const range = { range: params.get('range'), from: params.get('from'), to: params.get('to') };
  const window = resolveRange(range, held, coverage.timezone);
  const timezone = params.get('tz') === 'report' ? coverage.timezone : 'UTC';
  const isMasked = isAuditor || params.get('mask') === '1';
  return { scope: { window, started: coverage.started, filters, isMasked }, filters, timezone, params };
}

/** A whole number from the query string; more than `most` is cut down. @throws FilterError */
export function numberParam(
  params: URLSearchParams,
  name: string,
  { fallback, most }: { readonly fallback: number; readonly most: number },
): number {
  const text = params.get(name);
  if (text === null || text === '') return fallback;
  if (!/^\d{1,15}$/.test(text)) throw new FilterError(`${name}=${text} is no number: write a whole number from 0`);
  return Math.min(Number(text), most);
}

/** One of the allowed values from the query string. @throws FilterError */
export function choiceParam<T extends string>(
  params: URLSearchParams,
  name: string,
  choices: readonly T[],
  fallback: T,
): T {
  const text = params.get(name);
  if (text === null || text === '') return fallback;
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new FilterError(`${name}=${text} is not one of ${choices.join(', ')}`);
  return found;
}
