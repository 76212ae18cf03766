import { gapsIn, unionOf, type Window } from '../../calendar/window.js';
import type { EvidenceBatch, SourceAccount, StartSource } from '../../ports/start-source.js';

/**
 * Several sources, one for each account and Region, as one: a window is covered when all of them have covered it. A source that
 * fails does not stop the others: its account carries the `failure`, and a later scan with the same cursor goes on where it
 * stopped. When every one of them fails, the first failure is thrown.
 */
export function mergeSources(sources: readonly StartSource[]): StartSource {
  const [only] = sources;
  if (sources.length === 1 && only) return only;
  const failures = new Map<StartSource, string>();
  const accounts = () =>
    sources.map((source) => {
      const failure = failures.get(source);
      return failure === undefined ? source.account() : { ...source.account(), failure };
    });
  return {
    scan: (window, options) => mergedScan(sources, { ...options, window, failures }),
    account: () => sumOf(accounts()),
    accounts,
  };
}

interface Merged {
  readonly window: Window;
  readonly cursor?: unknown;
  readonly signal?: AbortSignal;
  readonly failures: Map<StartSource, string>;
}

type Settled = { readonly index: number } & (
  | { readonly result: IteratorResult<EvidenceBatch> }
  | { readonly error: unknown }
);

async function* mergedScan(
  sources: readonly StartSource[],
  { window, cursor, signal, failures }: Merged,
): AsyncGenerator<EvidenceBatch> {
  const cursors: unknown[] = Array.isArray(cursor) ? [...cursor] : sources.map(() => null);
  const coveredBy: Window[][] = sources.map(() => []);
  const errors: unknown[] = [];
  const readers = sources.map((source, index) => {
    failures.delete(source);
    const known = cursors[index];
    const options = {
      ...(known === null || known === undefined ? {} : { cursor: known }),
      ...(signal ? { signal } : {}),
    };
    return source.scan(window, options)[Symbol.asyncIterator]();
  });
  const next = async (index: number): Promise<Settled> => {
    try {
      return { index, result: (await readers[index]?.next()) ?? { done: true, value: undefined } };
    } catch (error) {
      return { index, error };
    }
  };
  const covered = () => ({ covered: coveredByAll(window, coveredBy), share: meanShare(window, coveredBy, waiting) });
  const waiting = new Map(readers.map((_, index) => [index, next(index)]));
  try {
    while (waiting.size > 0) {
      const settled = await Promise.race(waiting.values());
      const { index } = settled;
      const source = sources[index];
      if ('error' in settled) {
        signal?.throwIfAborted();
        waiting.delete(index);
        errors.push(settled.error);
        if (source) failures.set(source, describe(settled.error));
        continue;
      }
      const { result } = settled;
      if (result.done) {
        waiting.delete(index);
        coveredBy[index] = [window];
        yield { items: [], ...covered(), cursor: [...cursors] };
        continue;
      }
      waiting.set(index, next(index));
      cursors[index] = result.value.cursor;
      coveredBy[index] = unionOf([...(coveredBy[index] ?? []), ...result.value.covered]);
      yield { items: result.value.items, ...covered(), cursor: [...cursors] };
    }
  } finally {
    await Promise.allSettled(readers.map((reader) => reader.return?.()));
  }
  if (errors.length === sources.length) throw errors[0];
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function coveredByAll(window: Window, coveredBy: readonly (readonly Window[])[]): Window[] {
  const open = unionOf(coveredBy.flatMap((covered) => gapsIn(window, covered)));
  return gapsIn(window, open);
}

/** A source that failed reads no more: it counts as one that is done. */
function meanShare(
  window: Window,
  coveredBy: readonly (readonly Window[])[],
  waiting: ReadonlyMap<number, unknown>,
): number {
  const length = Math.max(window.end - window.start, 1);
  const shares = coveredBy.map((covered, index) =>
    waiting.has(index) ? covered.reduce((sum, { start, end }) => sum + end - start, 0) / length : 1,
  );
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(shares.length, 1);
}

function sumOf(accounts: readonly SourceAccount[]): SourceAccount {
  const counts: Record<string, number> = {};
  for (const account of accounts)
    for (const [name, count] of Object.entries(account.counts)) counts[name] = (counts[name] ?? 0) + count;
  return { kind: accounts[0]?.kind ?? 'none', accountId: null, region: null, counts };
}
