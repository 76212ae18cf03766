import { createContext, useCallback, useContext, useLayoutEffect, useRef, useState } from 'preact/compat';
import type { Api } from '../answers/answers.js';
import type { RowsLoading } from '../rows/row-source.js';
import type { Status } from '../server/status.js';
import { sent } from './sent.js';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly requestId: string | null;
  /** The rows of an answer that is here were let go since: it stands as it was. */
  readonly isLetGo: boolean;
  constructor(message: string, status: number, requestId: string | null, isLetGo = false) {
    super(message);
    this.status = status;
    this.requestId = requestId;
    this.isLetGo = isLetGo;
  }
}

/** Days whose rows are being loaded for a question. */
export type Loading = RowsLoading['loading'];

/**
 * Asks the server. While it loads the rows of a question it is asked again and again, and what it says of that is passed on. What was
 * answered since the address last changed is asked as such: nothing is loaded once more for a page that only looks whether it changed.
 */
export async function ask<T>(path: string, init: RequestInit = {}, onLoading?: (loading: Loading) => void): Promise<T> {
  if (answered.at !== location.href) {
    answered.at = location.href;
    answered.paths.clear();
  }
  const again = answered.paths.has(path) ? { 'x-again': '1' } : {};
  for (;;) {
    const said = await once<T>(path, { ...init, headers: { ...again, ...init.headers } });
    if (!('loading' in said)) {
      answered.paths.add(path);
      return said.body;
    }
    onLoading?.(said.loading);
    await pause(ASK_AGAIN_MS, init.signal);
  }
}

const ASK_AGAIN_MS = 1_000;
const answered = { at: '', paths: new Set<string>() };

/** What was answered is forgotten: the next question for it may have its rows loaded again. */
function forget(path: string): void {
  answered.paths.delete(path);
}

function pause(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      window.clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = window.setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

async function once<T>(path: string, init: RequestInit): Promise<{ body: T } | { loading: Loading }> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { accept: 'application/json', ...init.headers } });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('The server does not answer. Does it still run, in the terminal where it was started?', 0, null);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return { body: body as T };
  const error = (body as { error?: Said } | null)?.error;
  if (error?.loading) return { loading: error.loading };
  throw new ApiError(
    error?.message ?? `The server answered ${response.status}.`,
    response.status,
    error?.request_id ?? null,
    error?.let_go === true,
  );
}

interface Said {
  readonly message?: string;
  readonly request_id?: string;
  readonly loading?: Loading;
  readonly let_go?: boolean;
}

/** What the page was told last about the collection; a new generation makes every answer old. */
export const StatusContext = createContext<Status | null>(null);

export function useStatus(): Status | null {
  return useContext(StatusContext);
}

/** What the page that is shown answers, in a sentence: a sheet of paper says it. */
export const PageContext = createContext('');

export interface Answer<T> {
  /** The last answer; it may belong to an earlier question while `isStale`. */
  readonly data: T | null;
  readonly isStale: boolean;
  readonly error: ApiError | null;
  /** How far the rows of the question have come, while they are loaded. */
  readonly loading: Loading | null;
  readonly retry: () => void;
}

/** A question that reaches beyond the rows that the server holds. */
export const REFUSED = 409;

const REMEMBERED = 60;
const answers = new Map<string, unknown>();
if (sent?.overview) answers.set(`${sent.overview.generation} /api/overview?`, sent.overview);

/**
 * Asks the API. While the answer is awaited the last one stays, marked as stale; a question asked before is answered at once.
 * `query` is the query string; null asks nothing.
 */
export function useApi<Path extends keyof Api>(path: Path, query: string | null = ''): Answer<Api[Path]> {
  return useAnswer<Api[Path]>(query === null ? null : `/api${path}?${query}`);
}

function useAnswer<T>(path: string | null): Answer<T> {
  const generation = useStatus()?.generation ?? null;
  const isAsked = generation !== null || path?.startsWith(NOT_KEPT);
  const key = path === null || !isAsked ? null : `${generation} ${path}`;
  const [state, setState] = useState<{ data: T | null; for: string | null; error: ApiError | null }>(() => {
    const known = key !== null && answers.has(key);
    return { data: known ? (answers.get(key) as T) : null, for: known ? key : null, error: null };
  });
  const [loading, setLoading] = useState<{ readonly for: string; readonly loading: Loading } | null>(null);
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(key);
  latest.current = key;
  // Before the page is painted: the server answers while the browser draws.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks the same question again
  useLayoutEffect(() => {
    if (key === null || path === null) return;
    if (answers.has(key)) {
      setState((before) =>
        before.for === key && before.error === null ? before : { data: answers.get(key) as T, for: key, error: null },
      );
      return;
    }
    const abort = new AbortController();
    ask<T>(path, { signal: abort.signal }, (now) => setLoading({ for: key, loading: now })).then(
      (data) => {
        remember(key, data);
        if (latest.current === key) setState({ data, for: key, error: null });
      },
      (error: unknown) => {
        if (abort.signal.aborted || latest.current !== key) return;
        const known = error instanceof ApiError ? error : new ApiError(String(error), 0, null);
        // What is refused is not to be taken for the answer before.
        const isRefused = known.status === REFUSED && !known.isLetGo;
        setState((before) => ({ data: isRefused ? null : before.data, for: key, error: known }));
      },
    );
    return () => abort.abort();
  }, [key, path, attempt]);
  const retry = useCallback(() => {
    if (path !== null) forget(path);
    setAttempt((count) => count + 1);
  }, [path]);
  const isKnown = key !== null && answers.has(key);
  const data = isKnown ? (answers.get(key) as T) : state.data;
  return {
    data,
    isStale: key === null || (state.for !== key && !isKnown),
    error: state.for === key ? state.error : null,
    loading: loading !== null && loading.for === key && state.for !== key ? loading.loading : null,
    retry,
  };
}

/** Of reports whose rows are not here: asked before any is, and a new generation is no sign of whether they have changed. */
const NOT_KEPT = '/api/sums?';

function remember(key: string, data: unknown): void {
  if (key.includes(NOT_KEPT)) return;
  answers.set(key, data);
  const [oldest] = answers.keys();
  if (answers.size > REMEMBERED && oldest !== undefined) answers.delete(oldest);
}
