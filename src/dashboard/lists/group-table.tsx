import type { ReactNode } from 'preact/compat';
import { useEffect, useState } from 'preact/compat';
import { GROUP_SORTS, type GroupSort, type HeldGroup } from '../../analytics/groups/group-list.js';
import { count } from '../parts/format.js';
import { Go, Panel } from '../parts/parts.js';
import { usePrinting } from '../parts/printing.js';
import { type Answer, useApi } from '../web/api.js';
import { addressOf, setParams, usePlace, viewQuery } from '../web/url.js';
import { EmptyView } from './empty-view.js';
import { EXTRAS, type GroupBy, NAMES } from './group-columns.js';
import { Line, sizeOf, type TableProps } from './group-line.js';
import { RowPages } from './row-pages.js';
import { SearchBox } from './search-box.js';
import { useHeldGroups } from './use-held-groups.js';
import { useLines } from './use-lines.js';

export type { GroupBy } from './group-columns.js';

/** Groups asked for at once; as many have a line over time. */
const PAGE = 60;
const SORTS = Object.keys(GROUP_SORTS) as GroupSort[];

/** All groups of the view, as many as there are: searched and ordered in the page where it can hold them, else by the server. */
export function GroupTable({ by }: { readonly by: GroupBy }): ReactNode {
  const { params } = usePlace();
  const [search, setSearch] = useState('');
  const order = SORTS.find((name) => name === params.get('order')) ?? 'cost';
  const isTurned = params.get('turned') === '1';
  const scope = viewQuery(params, { by });
  const query = viewQuery(params, { by, order, search, ...(isTurned ? { turned: '1' } : {}) });
  const [all, setAll] = useState<number | null>(null);
  // Patterns are searched by their texts, which only the server has.
  const held = useHeldGroups({ query: by === 'fingerprint' ? null : scope, all, search, order, isTurned });
  const asked = useApi('/groups', held ? null : `${query}&limit=${PAGE}`);
  const known = asked.isStale ? null : (asked.data?.all ?? null);
  useEffect(() => setAll(known), [known]);
  const answer: Answer<GroupPart> = held
    ? { ...asked, isStale: false, error: null, data: { ...held, found: held.found.length, rows: held.found } }
    : asked;
  const onOrder = (next: GroupSort): void =>
    setParams(
      { order: next === 'cost' ? null : next, turned: next === order && !isTurned ? '1' : null },
      { replace: true },
    );
  return (
    <Panel answer={answer} skeleton={14}>
      {(data) =>
        data.all === 0 ? (
          <EmptyView />
        ) : (
          <>
            <div className="list-tools">
              {by !== 'day' && (
                <SearchBox label={`Find in ${NAMES[by].toLowerCase()}`} value={search} onChange={setSearch} />
              )}
              <span className="soft" role="status">
                {data.found === data.all ? count(data.all) : `${count(data.found)} of ${count(data.all)}`}
              </span>
            </div>
            <RowPages
              query={query}
              first={data.rows}
              isWhole={held !== null}
              total={data.found}
              page={PAGE}
              label={`By ${NAMES[by].toLowerCase()}`}
            >
              {(rows) => (
                <LinedTable
                  {...{ scope, query, by, order, isTurned, onOrder, rows }}
                  total={data.totals.costUsd}
                  filters={{}}
                />
              )}
            </RowPages>
          </>
        )
      }
    </Panel>
  );
}

/** The first groups that a search finds, or all of them. */
interface GroupPart {
  readonly totals: { readonly costUsd: number };
  readonly all: number;
  readonly found: number;
  readonly rows: readonly HeldGroup[];
}

function LinedTable({
  scope,
  query,
  ...props
}: TableProps & { readonly scope: string; readonly query: string }): ReactNode {
  const { rows, first } = props.rows;
  const isPrinting = usePrinting();
  const lineOf = useLines({
    scope,
    query,
    page: PAGE,
    keys: isPrinting ? [] : rows.map((row) => row?.key),
    start: first,
  });
  return <Table {...props} lineOf={lineOf} />;
}

/** The first groups of a page about one thing, and the way to all of them. */
export function GroupCard({
  by,
  title,
  filters,
  limit = 12,
}: {
  readonly by: GroupBy;
  /** What the card is called. */
  readonly title: string;
  /** Filters that hold besides those of the page. */
  readonly filters: Readonly<Record<string, string>>;
  readonly limit?: number;
}): ReactNode {
  const { params } = usePlace();
  const [order, setOrder] = useState<GroupSort>('cost');
  const answer = useApi('/groups', viewQuery(params, { ...filters, by, order, limit: String(limit) }));
  return (
    <Panel answer={answer} skeleton={6}>
      {(data) =>
        data.all === 0 ? (
          <p className="soft pad">None in this time.</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <section className="table-scroll" tabIndex={0} aria-label={`${title}, by ${NAMES[by].toLowerCase()}`}>
            <Table
              by={by}
              order={order}
              onOrder={setOrder}
              total={data.totals.costUsd}
              rows={{ rows: data.rows, first: 0, before: 0, after: 0 }}
              filters={filters}
              isCompact
            />
            {data.all > data.rows.length && (
              <p className="note">
                <Go to={addressOf('/groups', { ...filters, by })}>All {count(data.all)}</Go>
                <span className="paper-only">
                  The first {count(data.rows.length)} of {count(data.all)}.
                </span>
              </p>
            )}
          </section>
        )
      }
    </Panel>
  );
}

function Table(props: TableProps): ReactNode {
  const { by, rows, filters, order, isCompact = false } = props;
  const highest = Math.max(...rows.rows.map((row) => (row ? sizeOf(row, order) : 0)), 0);
  const extras = isCompact ? [] : (EXTRAS[by] ?? []);
  const hasPeople = by !== 'person' && !('person' in filters);
  const { params } = usePlace();
  const isCompared = !isCompact && params.has('compare');
  const columns = 5 + extras.length + Number(hasPeople) + (isCompact ? 0 : 4) + (isCompared ? 2 : 0);
  return (
    <table className={`groups-table by-${by} ${isCompared ? 'is-compared' : ''}`}>
      <thead>
        <tr>
          <Head {...props} title={NAMES[by]} name="key" />
          {extras.map(({ title, order, isNumber = false }) =>
            order ? (
              <Head key={title} {...props} title={title} name={order} isNumber={isNumber} className="extra" />
            ) : (
              <th key={title} className={isNumber ? 'n extra' : 'extra'}>
                {title}
              </th>
            ),
          )}
          {hasPeople && <Head {...props} title="People" name="people" isNumber />}
          <Head {...props} title="Queries" name="queries" isNumber />
          {!isCompact && <Head {...props} title="Refused" name="refused" isNumber />}
          {!isCompact && <Head {...props} title="Failed" name="failed" isNumber />}
          <Head {...props} title="Scanned" name="bytes" isNumber />
          <Head {...props} title="Cost" name="cost" isNumber />
          {isCompared && <th className="n c-before">Cost then</th>}
          {isCompared && <Head {...props} title="Change" name="change" isNumber />}
          {!isCompact && <th className="n c-share">Share</th>}
          {!isCompact && <th className="c-trend">{by === 'table' ? 'Queries over time' : 'Cost over time'}</th>}
          <Head {...props} title="Last" name="last" />
        </tr>
      </thead>
      <tbody>
        <Spacer height={rows.before} columns={columns} />
        {rows.rows.map((row, index) =>
          row ? (
            <Line key={row.key ?? ''} {...props} row={row} highest={highest} hasPeople={hasPeople} />
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows that are not here yet have no other key
            <Spacer key={`awaited ${index}`} height={ROW_HEIGHT} columns={columns} />
          ),
        )}
        <Spacer height={rows.after} columns={columns} />
      </tbody>
    </table>
  );
}

export const ROW_HEIGHT = 33;

/** Stands for rows that are out of sight or not here yet. */
function Spacer({ height, columns }: { readonly height: number; readonly columns: number }): ReactNode {
  return height === 0 ? null : (
    <tr className="spacer">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

function Head({
  title,
  name,
  order,
  isTurned = false,
  isNumber = false,
  className = '',
  onOrder,
}: Pick<TableProps, 'order' | 'isTurned' | 'onOrder'> & {
  readonly title: string;
  readonly name: GroupSort;
  readonly isNumber?: boolean;
  readonly className?: string;
}): ReactNode {
  const isText = name === 'key' || name === 'team';
  const isRising = isText !== isTurned;
  return (
    <th
      className={`c-${name} ${isNumber ? 'n' : ''} ${className}`}
      aria-sort={order === name ? (isRising ? 'ascending' : 'descending') : undefined}
    >
      <button type="button" className="sort" onClick={() => onOrder(name)}>
        {title}
        {order === name && <i aria-hidden="true"> {isRising ? '↑' : '↓'}</i>}
      </button>
    </th>
  );
}
