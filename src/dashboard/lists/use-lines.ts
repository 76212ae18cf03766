import { useEffect, useRef, useState } from 'preact/compat';
import type { Api } from '../answers/answers.js';
import { ask, useStatus } from '../web/api.js';

/** So long the rows must stand still before their lines are asked for. */
const PAUSE_MS = 150;

/** The values over time of a group; null where they are not here yet. */
export type LineOf = (key: string | null) => readonly number[] | null;

/**
 * Fetches the lines over time of the groups in sight, behind the rows: a line takes the server longer than a letter that is typed may
 * take. Lines that are here stay while the same groups are searched and ordered.
 */
export function useLines({
  scope,
  query,
  page,
  keys,
  start,
}: {
  /** Query string of the view and what it is grouped by. */
  readonly scope: string;
  /** The same with the order and the search that the rows in sight follow from. */
  readonly query: string;
  readonly page: number;
  /** Keys of the rows in sight, undefined where a row is not here yet, and the place of the first. */
  readonly keys: readonly (string | null | undefined)[];
  readonly start: number;
}): LineOf {
  const generation = useStatus()?.generation ?? 0;
  const memory = `${generation} ${scope}`;
  const lines = useRef<{ readonly for: string; readonly byKey: Map<string | null, readonly number[] | null> }>(NONE);
  const [, redraw] = useState(0);
  if (lines.current.for !== memory) lines.current = { for: memory, byKey: new Map() };
  const { byKey } = lines.current;
  const missing = new Set(
    keys.flatMap((key, index) => (key === undefined || byKey.has(key) ? [] : [Math.floor((start + index) / page)])),
  );
  const wanted = [...missing].join(' ');
  useEffect(() => {
    if (wanted === '') return;
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      for (const place of wanted.split(' ').map(Number))
        ask<Api['/groups']>(`/api/groups?${query}&trend=1&limit=${page}&offset=${place * page}`, {
          signal: abort.signal,
        }).then(
          ({ rows }) => {
            for (const { key, trend } of rows) byKey.set(key, trend);
            redraw((times) => times + 1);
          },
          () => {
            // A row without its line still has its numbers; the next look asks again.
          },
        );
    }, PAUSE_MS);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [wanted, query, page, byKey]);
  return (key) => byKey.get(key) ?? null;
}

const NONE = { for: '', byKey: new Map<string | null, readonly number[] | null>() };
