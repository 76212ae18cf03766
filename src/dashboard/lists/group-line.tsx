import type { ReactNode } from 'preact/compat';
import type { GroupSort, HeldGroup } from '../../analytics/groups/group-list.js';
import { ago, bytes, changeText, count, nanosUsd, percent, plural, time, usd } from '../parts/format.js';
import { Share } from '../parts/parts.js';
import { useZone } from '../web/settings.js';
import { EXTRAS, type GroupBy, GroupKey } from './group-columns.js';
import type { RowWindow } from './row-pages.js';
import { Spark } from './spark.js';
import type { LineOf } from './use-lines.js';

/** What a table of groups shows, and how. */
export interface TableProps {
  readonly by: GroupBy;
  readonly order: GroupSort;
  readonly isTurned?: boolean;
  readonly onOrder: (order: GroupSort) => void;
  /** Dollars of all groups. */
  readonly total: number;
  readonly rows: RowWindow<HeldGroup>;
  readonly filters: Readonly<Record<string, string>>;
  readonly isCompact?: boolean;
  /** The values over time of a group. */
  readonly lineOf?: LineOf;
}

/** The sums of one group. */
export function Line({
  by,
  row,
  filters,
  order,
  total,
  hasPeople,
  highest,
  isCompact = false,
  lineOf,
}: TableProps & { readonly row: HeldGroup; readonly highest: number; readonly hasPeople: boolean }): ReactNode {
  const { zone } = useZone();
  return (
    <tr>
      <td className="key">
        <Share of={sizeOf(row, order)} in={highest} />
        <GroupKey by={by} row={row} filters={filters} />
      </td>
      {(isCompact ? [] : (EXTRAS[by] ?? [])).map((extra) => (
        <td key={extra.title} className={extra.isNumber ? 'n extra' : 'soft extra'}>
          {extra.cell(row, zone)}
        </td>
      ))}
      {hasPeople && <td className="n c-people">{count(row.people)}</td>}
      <td className="n" title={row.refused > 0 ? `and ${plural(row.refused, 'refused attempt')}` : undefined}>
        {count(row.queries)}
      </td>
      {!isCompact && (
        <td className={`n c-refused ${row.refused > 0 ? 'warn-text' : 'soft'}`}>
          {row.refused === 0 ? '' : count(row.refused)}
        </td>
      )}
      {!isCompact && (
        <td className={`n c-failed ${row.failed / Math.max(row.queries, 1) > 0.15 ? 'bad-text' : 'soft'}`}>
          {row.failed === 0 ? '' : percent(row.failed, row.queries)}
        </td>
      )}
      <td className="n c-bytes">{bytes(row.bytes)}</td>
      <td className="n">
        {usd(nanosUsd(row.nanos))}
        <Reserved row={row} />
      </td>
      {!isCompact && row.before_nanos !== undefined && <Before row={row} />}
      {!isCompact && <td className="n soft c-share">{percent(nanosUsd(row.nanos), total)}</td>}
      {!isCompact && (
        <td className="c-trend">
          <Spark values={lineOf?.(row.key)} />
        </td>
      )}
      <td className="soft c-last" title={`${time(row.last, zone, 'second')} ${zone}`}>
        {isCompact ? ago(row.last, Date.now()) : time(row.last, zone, 'short-minute')}
      </td>
    </tr>
  );
}

/** What the group cost in the other period, and how that changed. */
function Before({ row }: { readonly row: HeldGroup }): ReactNode {
  const [now, before] = [nanosUsd(row.nanos), nanosUsd(row.before_nanos)];
  return (
    <>
      <td className="n soft c-before">{usd(before)}</td>
      <td className={`n c-change ${now > before ? 'warn-text' : 'soft'}`} title={`${signedUsd(now - before)}`}>
        {changeText(now, before)}
      </td>
    </>
  );
}

function signedUsd(change: number): string {
  return `${change < 0 ? '−' : '+'}${usd(Math.abs(change))}`;
}

/** Says why much that was scanned cost nothing. */
function Reserved({ row: { reserved = 0 } }: { readonly row: HeldGroup }): ReactNode {
  if (reserved === 0) return null;
  return (
    <span className="tag" title="Reserved capacity is paid by the hour, not by what a query scans.">
      {count(reserved)} on a reservation
    </span>
  );
}

export function sizeOf(row: HeldGroup, order: GroupSort): number {
  return order === 'queries' ? row.queries : order === 'bytes' ? Number(row.bytes ?? 0) : nanosUsd(row.nanos);
}
