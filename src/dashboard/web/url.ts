import { useSyncExternalStore } from 'preact/compat';
import { FILTERS } from '../../analytics/view/filters.js';

/** Where the page is: everything that it shows follows from this, so that a link reproduces the view. */
export interface Place {
  readonly path: string;
  readonly params: URLSearchParams;
}

const listeners = new Set<() => void>();
let place = read();

function read(): Place {
  return { path: decoded(window.location.pathname), params: new URLSearchParams(window.location.search) };
}

/** A path that is not well escaped is taken as it stands: it names nothing, and the page says so. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function changed(): void {
  place = read();
  for (const listener of listeners) listener();
}

window.addEventListener('popstate', changed);

export function usePlace(): Place {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => place,
  );
}

/** Goes to an address of the dashboard. `replace` leaves no step in the history: for typing and dragging. */
export function go(address: string, { replace = false } = {}): void {
  if (replace) window.history.replaceState(null, '', address);
  else window.history.pushState(null, '', address);
  changed();
}

/** Parameters that stay when the page changes: the time, the period beside it, the zone, what is masked. */
const LASTING = ['range', 'from', 'to', 'compare', 'tz', 'mask'] as const;

/** The address of another page, in the same time and zone. */
export function addressOf(
  path: string,
  changes: Readonly<Record<string, string | readonly string[] | null>> = {},
): string {
  const params = new URLSearchParams();
  for (const name of LASTING) {
    const value = place.params.get(name);
    if (value !== null) params.set(name, value);
  }
  return join(path, apply(params, changes));
}

/** The address of this page with parameters set, or removed by null. */
export function withParams(changes: Readonly<Record<string, string | readonly string[] | null>>): string {
  return join(place.path, apply(new URLSearchParams(place.params), changes));
}

export function setParams(
  changes: Readonly<Record<string, string | readonly string[] | null>>,
  options = { replace: false },
): void {
  go(withParams(changes), options);
}

function apply(
  params: URLSearchParams,
  changes: Readonly<Record<string, string | readonly string[] | null>>,
): URLSearchParams {
  for (const [name, value] of Object.entries(changes)) {
    params.delete(name);
    if (value === null) continue;
    for (const one of typeof value === 'string' ? [value] : value) if (one !== '') params.append(name, one);
  }
  return params;
}

function join(path: string, params: URLSearchParams): string {
  const query = params
    .toString()
    .replaceAll('%40', '@')
    .replaceAll('%3A', ':')
    .replaceAll('%2F', '/')
    .replaceAll('%2C', ',');
  return `${path
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%40', '@'))
    .join('/')}${query ? `?${query}` : ''}`;
}

/** Tells a parameter that chooses rows, `-` before it or not. */
export function isFilter(name: string): boolean {
  return FILTERS.some((known) => known.name === name.replace('_', '-').replace(/^-/, ''));
}

/** The parameters that choose rows, as the API takes them. */
export function viewQuery(params: URLSearchParams, more: Readonly<Record<string, string>> = {}): string {
  const view = new URLSearchParams();
  for (const name of LASTING) {
    const value = params.get(name);
    if (value !== null) view.set(name, value);
  }
  for (const [name, value] of params) {
    if (isFilter(name)) view.append(name.replace('_', '-'), value);
  }
  for (const [name, value] of Object.entries(more)) view.set(name, value);
  return view.toString();
}

/**
 * The same for what is drawn over time: with what the bars are made of. The measure is asked for only where the answer depends on
 * it, so that another one is drawn at once.
 */
export function timeQuery(
  params: URLSearchParams,
  metric: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const stack = params.get('stack');
  const isSum = metric === 'queries' || metric === 'cost' || metric === 'bytes';
  return viewQuery(params, {
    ...more,
    ...(stack && isSum ? { stack, metric } : {}),
    ...(metric === 'concurrency' ? { metric } : {}),
  });
}

/** Shows the span that was marked in a chart. */
export function brush(start: number, end: number): void {
  setParams({ range: null, from: new Date(start).toISOString(), to: new Date(end).toISOString() });
}

/** The filters of the page, to take along to another. */
export function ownFilters(params: URLSearchParams): Readonly<Record<string, readonly string[]>> {
  const names = [...new Set(params.keys())].filter(isFilter);
  return Object.fromEntries(names.map((name) => [name.replace('_', '-'), params.getAll(name)]));
}
