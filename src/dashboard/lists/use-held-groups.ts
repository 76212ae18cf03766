import { useEffect, useMemo, useState } from 'preact/compat';
import {
  type GroupSort,
  groupsOfColumns,
  type HeldGroup,
  MOST_HELD,
  orderGroups,
  searchGroups,
} from '../../analytics/groups/group-list.js';
import type { Api } from '../answers/answers.js';
import { ask, useStatus } from '../web/api.js';

/** A list of groups that the page has as a whole: no letter that is typed waits for the server. */
export interface HeldGroups {
  readonly totals: Api['/groups']['totals'];
  readonly all: number;
  /** What the search finds, in order. */
  readonly found: readonly HeldGroup[];
}

/**
 * Fetches all groups once their first page is here, and searches and orders them in the page; null until then, and where they are too
 * many. The last list alone is kept.
 */
export function useHeldGroups({
  query,
  all,
  search,
  order,
  isTurned,
}: {
  /** Query string of the view and what it is grouped by; null holds nothing. */
  readonly query: string | null;
  /** Groups that there are; null while nobody knows. */
  readonly all: number | null;
  readonly search: string;
  readonly order: GroupSort;
  readonly isTurned: boolean;
}): HeldGroups | null {
  const generation = useStatus()?.generation ?? null;
  const [held, setHeld] = useState<{
    readonly key: string;
    readonly rows: readonly HeldGroup[];
    readonly totals: HeldGroups['totals'];
  } | null>(null);
  const key = query === null ? null : `${generation} ${query}`;
  const isHeld = key !== null && held?.key === key;
  const isWanted = key !== null && !isHeld && all !== null && all <= MOST_HELD;
  useEffect(() => {
    if (!isWanted) return;
    const abort = new AbortController();
    ask<Api['/groups/whole']>(`/api/groups/whole?${query}`, { signal: abort.signal }).then(
      ({ columns, totals }) => columns && setHeld({ key, rows: groupsOfColumns(columns), totals }),
      () => {
        // The server is asked letter by letter, and says itself what is wrong.
      },
    );
    return () => abort.abort();
  }, [isWanted, key, query]);
  const ordered = useMemo(
    () => (isHeld ? orderGroups(held.rows, order, isTurned) : []),
    [isHeld, held, order, isTurned],
  );
  return useMemo(
    () => (isHeld ? { totals: held.totals, all: held.rows.length, found: searchGroups(ordered, search) } : null),
    [isHeld, held, ordered, search],
  );
}
