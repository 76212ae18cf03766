import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import type { Api } from '../answers/answers.js';
import { count } from '../parts/format.js';
import { usePrinting } from '../parts/printing.js';
import { usePages } from './use-pages.js';
import { useWhole } from './use-whole.js';

/** The rows in sight, null where one is not here yet, and the pixels of those before and after. */
export interface RowWindow<T> {
  readonly rows: readonly (T | null)[];
  readonly before: number;
  readonly after: number;
}

const HEIGHT = 33;

/** A list of any length that scrolls: only the rows in sight are in the page, and they are fetched page by page. Paper gets all. */
export function RowPages<Path extends '/groups' | '/queries'>({
  path,
  query,
  first,
  total,
  page,
  label,
  children,
}: {
  readonly path: Path;
  readonly query: string;
  readonly first: Api[Path]['rows'];
  readonly total: number;
  readonly page: number;
  readonly label: string;
  readonly children: (rows: RowWindow<Api[Path]['rows'][number]>) => ReactNode;
}): ReactNode {
  const frame = useRef<HTMLElement>(null);
  const rowAt = usePages({ path, query, first, page });
  const whole = useWhole(path, query, total);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => frame.current,
    estimateSize: () => HEIGHT,
    overscan: 20,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = Math.max(virtual.getTotalSize() - (items.at(-1)?.end ?? 0), 0);
  const rows = whole
    ? { rows: whole, before: 0, after: 0 }
    : { rows: items.map(({ index }) => rowAt(index)), before, after };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="table-scroll rows-scroll" tabIndex={0} aria-label={label} ref={frame}>
      {children(rows)}
      <PrintedPart of={total} shown={whole?.length ?? items.length} />
    </section>
  );
}

/** Says on paper that a list goes on. */
export function PrintedPart({ of, shown }: { readonly of: number; readonly shown: number }): ReactNode {
  const isPrinting = usePrinting();
  if (shown >= of) return null;
  return (
    <p className="paper-only">
      {isPrinting ? `The first ${count(shown)}` : `${count(shown)} that were in sight,`} of {count(of)}.{' '}
      {isPrinting
        ? 'Choose a shorter time or a filter for the others, or Export for all.'
        : 'The button Print, and Ctrl P on the page, print the whole list.'}
    </p>
  );
}
