import { type PackedIds, packIds, unpackIds } from '../../athena/packed-ids.js';
import type { Clock } from '../../ports/clock.js';
import type { ListedExecutions, PlacedLister } from '../../ports/execution-source.js';

/** A page of a list. */
type KeptPage = Omit<ListedExecutions, 'ids'> & { readonly packed: PackedIds };

/** A list read so long after a day began holds all that ran in it. */
const COMPLETE_AFTER_MS = 48 * 3_600_000;

/**
 * Lets the days of one run share Athena's list: it cannot be asked for one day, and reading it takes a call for 50 executions
 * of the last 45 days. About 30 bytes of memory an execution. A list that broke off is not kept.
 */
export function shareLists(listers: readonly PlacedLister[], clock: Clock): PlacedLister[] {
  return listers.map((placed) => {
    let kept: { readonly listedAt: number; readonly pages: readonly KeptPage[] } | null = null;
    return {
      ...placed,
      lister: {
        async *list(options) {
          // The rest of a list that an earlier run began.
          if (options.cursor !== undefined) {
            yield* placed.lister.list(options);
            return;
          }
          if (kept && kept.listedAt >= options.since + COMPLETE_AFTER_MS) {
            for (const { packed, ...page } of kept.pages) yield { ...page, ids: unpackIds(packed) };
            return;
          }
          const listedAt = clock.now();
          const pages: KeptPage[] = [];
          for await (const page of placed.lister.list(options)) {
            const { ids, ...rest } = page;
            pages.push({ ...rest, packed: packIds(ids) });
            yield page;
          }
          kept = { listedAt, pages };
        },
        ...(placed.lister.describe ? { describe: placed.lister.describe } : {}),
      },
    };
  });
}
