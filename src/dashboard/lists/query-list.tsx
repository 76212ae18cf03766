import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { ListedQuery } from '../../analytics/view/list-queries.js';
import { bytes, count, duration, shortPerson, time, usd } from '../parts/format.js';
import { Confidence, KindTag, StateTag } from '../parts/parts.js';
import { SqlLine } from '../parts/sql-line.js';
import { useZone } from '../web/settings.js';
import { isTyping } from '../web/shortcuts.js';
import { setParams, usePlace } from '../web/url.js';
import { usePages } from './use-pages.js';

export const PAGE_ROWS = 100;
const ROW_HEIGHT = 33;
/** On a phone the SQL has a line of its own. */
const PHONE_ROW_HEIGHT = 54;
const PHONE = '(max-width: 640px)';

interface Column {
  readonly name: string;
  readonly title: string;
  readonly sort?: string;
  readonly isNumber?: boolean;
  readonly cell: (row: ListedQuery, zone: string) => ReactNode;
}

const COLUMNS: readonly Column[] = [
  {
    name: 'time',
    title: 'Time',
    sort: 'time',
    cell: (row, zone) => <span title={`${time(row.at, zone, 'second')} ${zone}`}>{time(row.at, zone, 'short')}</span>,
  },
  {
    name: 'person',
    title: 'Person',
    sort: 'person',
    cell: (row) => (
      <span className="who-cell" title={row.person ?? row.username ?? undefined}>
        <Confidence level={row.confidence} />
        <span className="cut">{row.person ? shortPerson(row.person) : <em>{row.username ?? 'unknown'}</em>}</span>
        <KindTag kind={row.person_kind} />
      </span>
    ),
  },
  { name: 'workgroup', title: 'Workgroup', sort: 'workgroup', cell: (row) => row.workgroup ?? '–' },
  { name: 'state', title: 'State', sort: 'state', cell: (row) => <StateTag state={row.state} /> },
  {
    name: 'sql',
    title: 'SQL',
    cell: (row) =>
      row.sql === null ? (
        <em title={row.error_message ?? undefined}>
          {row.state === 'REFUSED'
            ? `refused: ${[row.error_code, row.error_message].filter(Boolean).join(' · ') || 'no reason given'}`
            : `text ${row.query_status.replace('_', ' ')}`}
        </em>
      ) : (
        <span title={[row.error_code, row.error_message, row.sql].filter(Boolean).join(' · ')}>
          <SqlLine facts={{ ...row, type: row.kind }} />
        </span>
      ),
  },
  { name: 'bytes', title: 'Scanned', sort: 'bytes', isNumber: true, cell: (row) => bytes(row.bytes) },
  { name: 'cost', title: 'Cost', sort: 'cost', isNumber: true, cell: (row) => usd(row.cost_usd) },
  { name: 'duration', title: 'Took', sort: 'duration', isNumber: true, cell: (row) => duration(row.total_ms) },
];

/**
 * The queries of the view, as many as there are: only those in sight are in the page, and they are fetched by the hundred.
 * `j`, `k` and the arrows move, Enter opens.
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
  const { zone } = useZone();
  const frame = useRef<HTMLDivElement>(null);
  const rowAt = usePages({ path: '/queries', query, first, page: PAGE_ROWS });
  const [cursor, setCursor] = useState(0);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => frame.current,
    estimateSize: () => (window.matchMedia(PHONE).matches ? PHONE_ROW_HEIGHT : ROW_HEIGHT),
    overscan: 12,
  });
  const sort = params.get('sort') ?? 'time';
  const direction = params.get('dir') === 'asc' ? 'asc' : 'desc';
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view begins at its top
  useEffect(() => {
    setCursor(0);
    virtual.scrollToOffset(0);
  }, [query]);
  const move = useCallback(
    (step: number) => {
      const next = Math.min(Math.max(cursor + step, 0), total - 1);
      setCursor(next);
      virtual.scrollToIndex(next, { align: 'auto' });
      // An open panel follows.
      const row = openId === null ? null : rowAt(next);
      if (row) onOpen(row.id);
    },
    [cursor, total, virtual, openId, rowAt, onOpen],
  );
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || document.querySelector('dialog[open]')) return;
      if (event.key === 'j') move(1);
      else if (event.key === 'k') move(-1);
      else if (
        event.key === 'Enter' &&
        (event.target === document.body || frame.current?.contains(event.target as Node))
      ) {
        const row = rowAt(cursor);
        if (row) onOpen(row.id);
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [move, cursor, rowAt, onOpen]);
  const onKeys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(step);
  };
  const sortBy = (name: string): void => {
    const isSame = sort === name;
    setParams({
      sort: name === 'time' && !(isSame && direction === 'desc') ? null : name,
      dir: isSame && direction === 'desc' ? 'asc' : null,
    });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are placed one by one
    <div
      className={`list sorted-${sort}`}
      role="grid"
      aria-label={`${count(total)} queries`}
      aria-rowcount={total + 1}
      ref={frame}
      tabIndex={0}
      onKeyDown={onKeys}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: part of the grid */}
      <div className="list-head" role="rowgroup">
        {/* biome-ignore lint/a11y/useSemanticElements: part of the grid */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons take the focus */}
        <div className="list-row" role="row" aria-rowindex={1}>
          {COLUMNS.map((column) => (
            // biome-ignore lint/a11y/useSemanticElements: part of the grid
            // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
            <div
              key={column.name}
              role="columnheader"
              className={`c-${column.name} ${column.isNumber ? 'n' : ''}`}
              aria-sort={column.sort === sort ? (direction === 'asc' ? 'ascending' : 'descending') : undefined}
            >
              {column.sort ? (
                <button type="button" className="sort" onClick={() => sortBy(column.sort ?? 'time')}>
                  {column.title}
                  {column.name === 'time' && <small> {zone === 'UTC' ? 'UTC' : 'report'}</small>}
                  {column.sort === sort && <i aria-hidden="true">{direction === 'asc' ? ' ↑' : ' ↓'}</i>}
                </button>
              ) : (
                column.title
              )}
            </div>
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: part of the grid */}
      <div className="list-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rowAt(item.index);
          return (
            // biome-ignore lint/a11y/useSemanticElements: part of the grid
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys
            <div
              key={item.key}
              role="row"
              tabIndex={-1}
              aria-rowindex={item.index + 2}
              aria-selected={row?.id === openId}
              className={`list-row ${item.index === cursor ? 'cursor' : ''} ${row?.id === openId && openId !== null ? 'open' : ''}`}
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={() => {
                setCursor(item.index);
                if (row) onOpen(row.id);
              }}
            >
              {COLUMNS.map((column) => (
                // biome-ignore lint/a11y/useSemanticElements: part of the grid
                // biome-ignore lint/a11y/useFocusableInteractive: rows take the focus, not cells
                <div key={column.name} role="gridcell" className={`c-${column.name} ${column.isNumber ? 'n' : ''}`}>
                  {row ? column.cell(row, zone) : <i className="ghost" />}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
