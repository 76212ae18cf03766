import { useEffect, useState } from 'react';
import type { Api } from '../answers/answers.js';
import { MOST_PRINTED, usePrintHold, usePrinting } from '../parts/printing.js';
import { ask } from '../web/api.js';

const PAGE = 500;

/** All rows of a list, up to what is printed, while the page is printed; null else, and until they are here. */
export function useWhole<Path extends '/groups' | '/queries'>(
  path: Path,
  query: string,
  total: number,
): Api[Path]['rows'] | null {
  type Rows = Api[Path]['rows'];
  const isPrinting = usePrinting();
  const [whole, setWhole] = useState<{ readonly query: string; readonly rows: Rows } | null>(null);
  const isMissing = isPrinting && whole?.query !== query;
  usePrintHold(isMissing);
  useEffect(() => {
    if (!isMissing) return;
    const abort = new AbortController();
    const offsets = Array.from({ length: Math.ceil(Math.min(total, MOST_PRINTED) / PAGE) }, (_, page) => page * PAGE);
    const pages = offsets.map((offset) => {
      const params = new URLSearchParams(query);
      params.set('limit', String(PAGE));
      params.set('offset', String(offset));
      return ask<{ rows: Rows }>(`/api${path}?${params}`, { signal: abort.signal });
    });
    Promise.all(pages).then(
      (answers) => setWhole({ query, rows: answers.flatMap(({ rows }) => [...rows]) as unknown as Rows }),
      // What is in sight is printed.
      () => setWhole({ query, rows: [] as unknown as Rows }),
    );
    return () => abort.abort();
  }, [isMissing, path, query, total]);
  return isPrinting && whole?.query === query && whole.rows.length > 0 ? whole.rows : null;
}
