import type { PlacedLister } from '../collect/close-day.js';
import type { Clock } from '../collect/ports.js';

/**
 * Reads Athena's lists until an instant (epoch milliseconds), then leaves what remains and says so. Athena lists the executions of
 * 45 days, 250 a second, the newest first as a rule that it does not promise: a busy account's list does not fit into an invocation.
 */
export function listWithin(
  listers: readonly PlacedLister[],
  { until, clock }: { readonly until: number; readonly clock: Clock },
): PlacedLister[] {
  return listers.map((placed) => ({
    ...placed,
    lister: {
      async *list(options) {
        const counts = new Map<string, number>();
        for await (const page of placed.lister.list(options)) {
          const count = (counts.get(page.workGroup) ?? 0) + page.ids.length;
          counts.set(page.workGroup, count);
          yield page;
          if (clock.now() < until) continue;
          const failure = `the time of the function was over after ${count} executions: the rest of the list was not read, nor any workgroup after this one`;
          yield { workGroup: page.workGroup, ids: [], failure };
          return;
        }
      },
    },
  }));
}
