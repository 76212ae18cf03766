import { gapsIn, unionOf, type Window } from '../calendar/window.js';
import type { EvidenceBatch, SourceAccount, StartSource } from './ports.js';

/** Several sources, one for each account and Region, as one: a window is covered when all of them have covered it. */
export function mergeSources(sources: readonly StartSource[]): StartSource & { accounts(): SourceAccount[] } {
  const [only] = sources;
  if (sources.length === 1 && only)
    return { ...only, scan: only.scan, account: only.account, accounts: () => [only.account()] };
  return {
    scan: (window, options) => mergedScan(sources, window, options),
    account: () => sumOf(sources.map((source) => source.account())),
    accounts: () => sources.map((source) => source.account()),
  };
}

async function* mergedScan(
  sources: readonly StartSource[],
  window: Window,
  { cursor, signal }: { readonly cursor?: unknown; readonly signal?: AbortSignal },
): AsyncGenerator<EvidenceBatch> {
  const cursors: unknown[] = Array.isArray(cursor) ? [...cursor] : sources.map(() => null);
  const coveredBy: Window[][] = sources.map(() => []);
  const readers = sources.map((source, index) => {
    const known = cursors[index];
    const options = {
      ...(known === null || known === undefined ? {} : { cursor: known }),
      ...(signal ? { signal } : {}),
    };
    return source.scan(window, options)[Symbol.asyncIterator]();
  });
  const next = (index: number) => readers[index]?.next().then((result) => ({ index, result }));
  const waiting = new Map(readers.map((_, index) => [index, next(index)]));
  try {
    while (waiting.size > 0) {
      const settled = await Promise.race(waiting.values());
      if (!settled) break;
      const { index, result } = settled;
      if (result.done) {
        waiting.delete(index);
        coveredBy[index] = [window];
        yield { items: [], covered: coveredByAll(window, coveredBy), cursor: [...cursors] };
        continue;
      }
      waiting.set(index, next(index));
      cursors[index] = result.value.cursor;
      coveredBy[index] = unionOf([...(coveredBy[index] ?? []), ...result.value.covered]);
      yield { items: result.value.items, covered: coveredByAll(window, coveredBy), cursor: [...cursors] };
    }
  } finally {
    await Promise.allSettled(readers.map((reader) => reader.return?.()));
  }
}

function coveredByAll(window: Window, coveredBy: readonly (readonly Window[])[]): Window[] {
  const open = unionOf(coveredBy.flatMap((covered) => gapsIn(window, covered)));
  return gapsIn(window, open);
}

function sumOf(accounts: readonly SourceAccount[]): SourceAccount {
  const counts: Record<string, number> = {};
  for (const account of accounts)
    for (const [name, count] of Object.entries(account.counts)) counts[name] = (counts[name] ?? 0) + count;
  return { kind: accounts[0]?.kind ?? 'none', accountId: null, region: null, counts };
}
