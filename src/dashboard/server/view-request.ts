import type { Coverage } from '../../analytics/audit/audit.js';
import { type Filter, readFilters } from '../../analytics/view/filters.js';
import type { Scope } from '../../analytics/view/scope.js';
import { resolveRange } from '../../analytics/view/time-range.js';
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
  { coverage, isAuditor }: { readonly coverage: Coverage; readonly isAuditor: boolean },
): ViewRequest {
  const collected: Window = coverage.collected ?? { start: 0, end: 0 };
  const filters = readFilters(params, () => undefined);
  const range = { range: params.get('range'), from: params.get('from'), to: params.get('to') };
  const window = resolveRange(range, collected, coverage.timezone);
  const timezone = params.get('tz') === 'report' ? coverage.timezone : 'UTC';
  return { scope: { window, filters, isMasked: isAuditor || params.get('mask') === '1' }, filters, timezone, params };
}

/** A whole number from the query string, between bounds. */
export function numberParam(
  params: URLSearchParams,
  name: string,
  { fallback, most }: { readonly fallback: number; readonly most: number },
): number {
  const text = params.get(name);
  const value = text === null || text === '' ? fallback : Number(text);
  return Number.isInteger(value) && value >= 0 ? Math.min(value, most) : fallback;
}

/** One of the allowed values from the query string. */
export function choiceParam<T extends string>(
  params: URLSearchParams,
  name: string,
  choices: readonly T[],
  fallback: T,
): T {
  const text = params.get(name);
  return choices.find((choice) => choice === text) ?? fallback;
}
