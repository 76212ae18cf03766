import { createContext, useCallback, useContext, useEffect, useRef, useState } from 'react';

export interface Coverage {
  readonly collected: { readonly start: number; readonly end: number } | null;
  readonly timezone: string;
  readonly trees: readonly string[];
  readonly hours: number;
  readonly complete: number;
  readonly open: number;
  readonly faulty: number;
  readonly gaps: number;
  readonly queries: number;
}

export interface Status {
  readonly version: string;
  readonly location: string;
  /** What a user types to start the program. */
  readonly program: string;
  readonly isAuditor: boolean;
  readonly hasChargeback: boolean;
  readonly generation: number | null;
  readonly coverage: Coverage | null;
  /** Accounts and Regions; null before the first generation. */
  readonly places: {
    readonly count: number;
    readonly accounts: number;
    readonly regions: number;
    /** Those that lack something nobody accepted. */
    readonly unread: readonly {
      readonly accountId: string;
      readonly region: string;
      readonly days: number;
      readonly hoursLacking: number;
      readonly from: string;
      readonly to: string;
    }[];
  } | null;
  readonly sync: {
    readonly state: 'idle' | 'reading';
    readonly done: number;
    readonly total: number;
    readonly checkedAt: number | null;
    readonly error: string | null;
    readonly warning?: string | null;
  };
  readonly now: number;
}

export interface Totals {
  readonly queries: number;
  readonly costUsd: number;
  readonly scannedBytes: number;
  readonly people: number;
  readonly failed: number;
  readonly refused: number;
  readonly unpriced: number;
}

export interface Bar {
  readonly start: number;
  readonly end: number;
  readonly queries: number;
  readonly failed: number;
  readonly refused: number;
  readonly costUsd: number;
  readonly scannedBytes: number;
}

export interface Histogram {
  readonly unit: string;
  readonly bars: readonly Bar[];
}

export interface CopyAs {
  readonly cli: string;
  readonly sql: string;
}

export interface QueryRow {
  readonly id: string;
  readonly at: number;
  readonly person: string | null;
  readonly username: string | null;
  readonly person_kind: string;
  readonly confidence: string;
  readonly workgroup: string | null;
  readonly database: string | null;
  readonly state: string;
  readonly kind: string | null;
  readonly client: string | null;
  readonly sql: string | null;
  readonly query_status: string;
  readonly bytes: number | null;
  readonly cost_usd: number | null;
  readonly total_ms: number | null;
}

export interface GroupRow {
  readonly key: string | null;
  readonly queries: number;
  readonly nanos: number | null;
  readonly bytes: number | null;
  readonly failed: number;
  readonly refused: number;
  readonly people: number;
  readonly first: number;
  readonly last: number;
  readonly groups: number;
  readonly trend?: readonly number[] | null;
  readonly [extra: string]: unknown;
}

export interface Groups {
  readonly rows: readonly GroupRow[];
  readonly totals: Totals;
  readonly copy: CopyAs;
  readonly ms: number;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly requestId: string | null;
  constructor(message: string, status: number, requestId: string | null) {
    super(message);
    this.status = status;
    this.requestId = requestId;
  }
}

export async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { accept: 'application/json', ...init.headers } });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('The server does not answer. Is aqt serve still running?', 0, null);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  const error = (body as { error?: { message?: string; request_id?: string } } | null)?.error;
  throw new ApiError(
    error?.message ?? `The server answered ${response.status}.`,
    response.status,
    error?.request_id ?? null,
  );
}

/** What the page was told last about the collection; a new generation makes every answer old. */
export const StatusContext = createContext<Status | null>(null);

export function useStatus(): Status | null {
  return useContext(StatusContext);
}

export interface Answer<T> {
  /** The last answer; it may belong to an earlier question while `isStale`. */
  readonly data: T | null;
  readonly isStale: boolean;
  readonly error: ApiError | null;
  readonly retry: () => void;
}

const REMEMBERED = 60;
const answers = new Map<string, unknown>();

/**
 * Asks the API. While the answer is awaited the last one stays, marked as stale; a question asked before is answered at once.
 * Null asks nothing.
 */
export function useApi<T>(path: string | null): Answer<T> {
  const generation = useStatus()?.generation ?? null;
  const [state, setState] = useState<{ data: T | null; for: string | null; error: ApiError | null }>({
    data: null,
    for: null,
    error: null,
  });
  const [attempt, setAttempt] = useState(0);
  const key = path === null || generation === null ? null : `${generation} ${path}`;
  const latest = useRef(key);
  latest.current = key;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks the same question again
  useEffect(() => {
    if (key === null || path === null) return;
    if (answers.has(key)) {
      setState({ data: answers.get(key) as T, for: key, error: null });
      return;
    }
    const abort = new AbortController();
    ask<T>(path, { signal: abort.signal }).then(
      (data) => {
        remember(key, data);
        if (latest.current === key) setState({ data, for: key, error: null });
      },
      (error: unknown) => {
        if (abort.signal.aborted || latest.current !== key) return;
        const known = error instanceof ApiError ? error : new ApiError(String(error), 0, null);
        setState((before) => ({ ...before, for: key, error: known }));
      },
    );
    return () => abort.abort();
  }, [key, path, attempt]);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  const isKnown = key !== null && answers.has(key);
  const data = isKnown ? (answers.get(key) as T) : state.data;
  return {
    data,
    isStale: key === null || (state.for !== key && !isKnown),
    error: state.for === key ? state.error : null,
    retry,
  };
}

function remember(key: string, data: unknown): void {
  answers.set(key, data);
  const [oldest] = answers.keys();
  if (answers.size > REMEMBERED && oldest !== undefined) answers.delete(oldest);
}
