import type { ReactNode } from 'preact/compat';
import type { ListedQuery } from '../../analytics/view/list-queries.js';
import { useZone } from '../web/settings.js';
import { setParams } from '../web/url.js';
import type { QueryColumn } from './query-columns.js';

/** How the list is ordered. */
export interface Order {
  readonly sort: string;
  readonly direction: 'asc' | 'desc';
}

/** The heads of the columns; a click orders the list, another turns it. */
export function ListHead({
  columns,
  order,
}: {
  readonly columns: readonly QueryColumn[];
  readonly order: Order;
}): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the grid
    <div className="list-head" role="rowgroup">
      {/* biome-ignore lint/a11y/useSemanticElements: part of the grid */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons take the focus */}
      <div className="list-row" role="row" aria-rowindex={1}>
        {columns.map((column) => (
          <ColumnHead key={column.name} column={column} order={order} />
        ))}
      </div>
    </div>
  );
}

function ColumnHead({
  column: { name, title, sort, isNumber },
  order,
}: {
  readonly column: QueryColumn;
  readonly order: Order;
}): ReactNode {
  const { zone } = useZone();
  const isOrdered = sort !== undefined && sort === order.sort;
  const isRising = order.direction === 'asc';
  const turn = isOrdered && !isRising;
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the grid
    // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
    <div
      role="columnheader"
      className={`c-${name} ${isNumber ? 'n' : ''}`}
      aria-sort={isOrdered ? (isRising ? 'ascending' : 'descending') : undefined}
    >
      {sort ? (
        <button
          type="button"
          className="sort"
          onClick={() => setParams({ sort: sort === 'time' && !turn ? null : sort, dir: turn ? 'asc' : null })}
        >
          {title}
          {name === 'time' && <small> {zone === 'UTC' ? 'UTC' : 'report'}</small>}
          {isOrdered && <i aria-hidden="true">{isRising ? ' ↑' : ' ↓'}</i>}
        </button>
      ) : (
        title
      )}
    </div>
  );
}

/** One query; a shade where it is not here yet. */
export function ListLine({
  row,
  index,
  columns,
  top,
  isCursor,
  isOpen,
  onClick,
}: {
  readonly row: ListedQuery | null;
  readonly index: number;
  readonly columns: readonly QueryColumn[];
  /** Pixels from the top of the list; null on paper, where lines follow each other. */
  readonly top: number | null;
  readonly isCursor: boolean;
  readonly isOpen: boolean;
  readonly onClick: () => void;
}): ReactNode {
  const { zone } = useZone();
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the grid
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      className={`list-row ${isCursor ? 'cursor' : ''} ${isOpen ? 'open' : ''}`}
      style={top === null ? {} : { transform: `translateY(${top}px)` }}
      onClick={onClick}
    >
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: part of the grid
        // biome-ignore lint/a11y/useFocusableInteractive: rows take the focus, not cells
        <div key={column.name} role="gridcell" className={`c-${column.name} ${column.isNumber ? 'n' : ''}`}>
          {row ? column.cell(row, zone) : <i className="ghost" />}
        </div>
      ))}
    </div>
  );
}
