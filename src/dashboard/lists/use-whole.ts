import { useEffect, useState } from 'preact/compat';
import { MOST_PRINTED, usePrintHold, usePrinting } from '../parts/printing.js';
import { ask } from '../web/api.js';

const PAGE = 500;

/** All rows of a list, up to what is printed, while the page is printed; null else, and until they are here. */
export function useWhole<Row>({
  path,
  query,
  total,
  here = null,
}: {
  readonly path: '/groups' | '/queries';
  readonly query: string;
  readonly total: number;
  /** All rows, where the page has them already. */
  readonly here?: readonly Row[] | null;
}): readonly Row[] | null {
  type Rows = readonly Row[];
  const isPrinting = usePrinting();
  const [whole, setWhole] = useState<{ readonly query: string; readonly rows: Rows } | null>(null);
  const isMissing = isPrinting && here === null && whole?.query !== query;
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
      (answers) => setWhole({ query, rows: answers.flatMap(({ rows }) => rows) }),
      // What is in sight is printed.
      () => setWhole({ query, rows: [] }),
    );
    return () => abort.abort();
  }, [isMissing, path, query, total]);
  if (here !== null) return isPrinting ? here.slice(0, MOST_PRINTED) : null;
  return isPrinting && whole?.query === query && whole.rows.length > 0 ? whole.rows : null;
}
