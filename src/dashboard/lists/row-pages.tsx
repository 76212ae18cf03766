import { type ReactNode, useRef } from 'preact/compat';
import type { HeldGroup } from '../../analytics/groups/group-list.js';
import { count } from '../parts/format.js';
import { usePrinting } from '../parts/printing.js';
import { usePages } from './use-pages.js';
import { useVirtualRows } from './use-virtual-rows.js';
import { useWhole } from './use-whole.js';

/** The rows in sight, null where one is not here yet, and the pixels of those before and after. */
export interface RowWindow<T> {
  readonly rows: readonly (T | null)[];
  /** Place of the first of them in the list. */
  readonly first: number;
  readonly before: number;
  readonly after: number;
}

const HEIGHT = 33;
/** Rows kept ready above and below those in sight: more where they must be fetched. */
const FEW = 6;
const MANY = 20;

/** A list of any length that scrolls: only the rows in sight are in the page, fetched page by page unless all are here. Paper gets all. */
export function RowPages({
  query,
  first,
  isWhole,
  total,
  page,
  label,
  children,
}: {
  /** Query string of the list with its order. */
  readonly query: string;
  readonly first: readonly HeldGroup[];
  /** Whether `first` are all rows. */
  readonly isWhole: boolean;
  readonly total: number;
  readonly page: number;
  readonly label: string;
  readonly children: (rows: RowWindow<HeldGroup>) => ReactNode;
}): ReactNode {
  const frame = useRef<HTMLElement>(null);
  const paged = usePages<HeldGroup>({ path: '/groups', query, first, page });
  const rowAt = isWhole ? (index: number) => first[index] ?? null : paged;
  const printed = useWhole<HeldGroup>({ path: '/groups', query, total, here: isWhole ? first : null });
  const virtual = useVirtualRows({
    count: total,
    getScrollElement: () => frame.current,
    estimateSize: () => HEIGHT,
    overscan: isWhole ? FEW : MANY,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = Math.max(virtual.getTotalSize() - (items.at(-1)?.end ?? 0), 0);
  const rows = printed
    ? { rows: printed, first: 0, before: 0, after: 0 }
    : { rows: items.map(({ index }) => rowAt(index)), first: items[0]?.index ?? 0, before, after };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="table-scroll rows-scroll" tabIndex={0} aria-label={label} ref={frame}>
      {children(rows)}
      <PrintedPart of={total} shown={printed?.length ?? items.length} />
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
