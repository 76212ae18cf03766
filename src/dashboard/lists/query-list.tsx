import {
  type CSSProperties,
  type ReactNode,
  useCallback,
  useEffect,
  useRef,
  useSyncExternalStore,
} from 'preact/compat';
import type { ListedQuery } from '../../analytics/view/list-queries.js';
import { count } from '../parts/format.js';
import { usePlace } from '../web/url.js';
import { isShown } from './column-choice.js';
import { useColumns } from './column-menu.js';
import { QUERY_COLUMNS } from './query-columns.js';
import { ListHead, ListLine, type Order } from './query-lines.js';
import { PrintedPart } from './row-pages.js';
import { usePages } from './use-pages.js';
import { useRowKeys } from './use-row-keys.js';
import { useVirtualRows } from './use-virtual-rows.js';
import { useWhole } from './use-whole.js';

export const PAGE_ROWS = 100;
const ROW_HEIGHT = 33;
/** On a phone the SQL has a line of its own. */
const PHONE_ROW_HEIGHT = 54;
const phone = window.matchMedia('(max-width: 640px)');

/**
 * All queries of a view in one list, as far as it goes: only the rows in sight are in the page, and pages of rows are fetched as
 * they come into sight. Paper gets them one below the other.
 */
export function QueryList({
  first,
  total,
  query,
  openId,
  onOpen,
}: {
  readonly first: readonly ListedQuery[];
  readonly total: number;
  /** Query string of the view with its order. */
  readonly query: string;
  readonly openId: string | null;
  readonly onOpen: (id: string) => void;
}): ReactNode {
  const { params } = usePlace();
  const frame = useRef<HTMLDivElement>(null);
  const isPhone = usePhone();
  const rowAt = usePages<ListedQuery>({ path: '/queries', query, first, page: PAGE_ROWS });
  const whole = useWhole<ListedQuery>({ path: '/queries', query, total });
  const virtual = useVirtualRows({
    count: total,
    getScrollElement: () => frame.current,
    estimateSize: () => (isPhone ? PHONE_ROW_HEIGHT : ROW_HEIGHT),
    overscan: 12,
  });
  const order: Order = {
    sort: params.get('sort') ?? 'time',
    direction: params.get('dir') === 'asc' ? 'asc' : 'desc',
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view begins at its top
  useEffect(() => virtual.scrollToOffset(0), [query]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are as high as the screen asks for
  useEffect(() => virtual.measure(), [isPhone]);
  const keys = useRowKeys({
    ...{ frame, total, query, onOpen },
    isOpen: openId !== null,
    idAt: useCallback((index) => rowAt(index)?.id ?? null, [rowAt]),
    scrollTo: useCallback((index) => virtual.scrollToIndex(index, { align: 'auto' }), [virtual]),
  });
  const chosen = useColumns();
  const place = { chosen, sort: order.sort, isSplit: openId !== null, isPhone };
  const columns = QUERY_COLUMNS.filter(({ name }) => isShown(name, place));
  const items = whole
    ? whole.map((row, index) => ({ row, index, top: null }))
    : virtual.getVirtualItems().map(({ index, start }) => ({ row: rowAt(index), index, top: start }));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are placed one by one
    <div
      className={`list ${whole ? 'whole' : ''}`}
      role="grid"
      aria-label={`${count(total)} queries`}
      aria-rowcount={total + 1}
      ref={frame}
      tabIndex={0}
      style={
        {
          '--columns': columns.map(({ width, narrow }) => (openId === null ? width : (narrow ?? width))).join(' '),
        } as CSSProperties
      }
      onKeyDown={keys.onKeyDown}
    >
      <ListHead columns={columns} order={order} />
      {/* biome-ignore lint/a11y/useSemanticElements: part of the grid */}
      <div className="list-body" role="rowgroup" style={whole ? {} : { height: virtual.getTotalSize() }}>
        {items.map(({ row, index, top }) => (
          <ListLine
            key={index}
            {...{ row, index, columns, top }}
            isCursor={index === keys.cursor}
            isOpen={openId !== null && row?.id === openId}
            onClick={() => {
              keys.setCursor(index);
              if (row) onOpen(row.id);
            }}
          />
        ))}
      </div>
      <PrintedPart of={total} shown={items.length} />
    </div>
  );
}

function usePhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      phone.addEventListener('change', listener);
      return () => phone.removeEventListener('change', listener);
    },
    () => phone.matches,
  );
}
