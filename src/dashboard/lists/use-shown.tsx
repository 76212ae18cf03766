import { type ReactNode, useState } from 'preact/compat';
import { count } from '../parts/format.js';
import { MOST_PRINTED, usePrinting } from '../parts/printing.js';

/** The first or last rows of a table that is too long to be shown at once, and the button for more; paper gets as many as are printed. */
export function useShown<T>(
  rows: readonly T[],
  { page = 200, side = 'first' }: { readonly page?: number; readonly side?: 'first' | 'last' } = {},
): { readonly shown: readonly T[]; readonly more: ReactNode } {
  const [most, setMost] = useState(page);
  const limit = usePrinting() ? MOST_PRINTED : most;
  const shown = side === 'first' ? rows.slice(0, limit) : rows.slice(-limit);
  const left = rows.length - shown.length;
  const more = left > 0 && (
    <p className="note">
      <button type="button" className="quiet" onClick={() => setMost(most + page)}>
        Show {count(Math.min(page, left))} {side === 'first' ? 'more' : 'earlier'} of {count(rows.length)}
      </button>
      <span className="paper-only">
        The {side} {count(shown.length)} of {count(rows.length)}.
      </span>
    </p>
  );
  return { shown, more };
}
