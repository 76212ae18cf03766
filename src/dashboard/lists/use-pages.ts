import { useCallback, useRef, useState } from 'preact/compat';
import { ask, useStatus } from '../web/api.js';

/** Rows of a list by their place; those not here yet are null, and fetched when they are looked at. */
export function usePages<Row>({
  path,
  query,
  first,
  page,
}: {
  readonly path: '/groups' | '/queries';
  /** Query string of the list with its order. */
  readonly query: string;
  readonly first: readonly Row[];
  /** Rows asked for at once. */
  readonly page: number;
}): (index: number) => Row | null {
  type Rows = readonly Row[];
  const generation = useStatus()?.generation ?? 0;
  const key = `${generation} ${query}`;
  const pages = useRef<{ key: string; byPage: Map<number, Rows | 'asked'> }>({ key: '', byPage: new Map() });
  const [, redraw] = useState(0);
  if (pages.current.key !== key) pages.current = { key, byPage: new Map() };
  pages.current.byPage.set(0, first);
  return useCallback(
    (index) => {
      const place = Math.floor(index / page);
      const held = pages.current.byPage.get(place);
      if (held === undefined) {
        const { byPage } = pages.current;
        byPage.set(place, 'asked');
        ask<{ rows: Rows }>(`/api${path}?${query}&limit=${page}&offset=${place * page}`).then(
          ({ rows }) => {
            byPage.set(place, rows);
            redraw((times) => times + 1);
          },
          () => {
            // It is asked again when it is looked at again.
            byPage.delete(place);
          },
        );
      }
      return held === undefined || held === 'asked' ? null : (held[index % page] ?? null);
    },
    [path, query, page],
  );
}
