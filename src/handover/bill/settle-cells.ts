import { CENT, type ComparedCell } from './compared-cell.js';
import { reservedKey } from './tracker-usage.js';

/** Usage that one day has too much and another too little, of the same workgroup: AWS bills a query by another instant. */
export function settleDays(cells: readonly ComparedCell[]): ComparedCell[] {
  const byGroup = new Map<string, number>();
  const groupOf = ({ account, region, workgroup }: ComparedCell) => `${account} ${region} ${workgroup ?? ''}`;
  for (const cell of cells) {
    const { unexplained = 0 } = cell.reasons;
    byGroup.set(groupOf(cell), (byGroup.get(groupOf(cell)) ?? 0) + unexplained);
  }
  return cells.map((cell) => {
    const { unexplained, ...rest } = cell.reasons;
    if (unexplained === undefined || Math.abs(byGroup.get(groupOf(cell)) ?? 0) >= CENT) return cell;
    return { ...cell, reasons: { ...rest, 'moved-between-days': unexplained } };
  });
}

/**
 * A line without a workgroup takes up what workgroups of its account, Region and slot have too little on the bill: the export has
 * no resource ids, or not on that line.
 */
export function settleUnnamed(cells: readonly ComparedCell[]): ComparedCell[] {
  const placeOf = ({ account, region, slot }: ComparedCell) => `${account} ${region} ${slot}`;
  const free = new Map<string, number>();
  for (const cell of cells)
    free.set(placeOf(cell), (free.get(placeOf(cell)) ?? 0) + (cell.reasons['no-workgroup-on-the-line'] ?? 0));
  return cells.map((cell) => {
    const { unexplained, ...rest } = cell.reasons;
    const left = free.get(placeOf(cell)) ?? 0;
    if (unexplained === undefined || unexplained > 0 || left <= 0 || -unexplained > left + CENT) return cell;
    free.set(placeOf(cell), left + unexplained);
    return { ...cell, reasons: { ...rest, 'no-workgroup-on-the-line': unexplained } };
  });
}

/**
 * The reservation's line names no workgroup, the queries that ran on it do: what they used of it is no idle time. Nor is the rest
 * where queries ran of which nobody knows what they used: `untold`, by `reservedKey`.
 */
export function settleReservations(cells: readonly ComparedCell[], untold: ReadonlySet<string>): ComparedCell[] {
  const placeOf = reservedKey;
  const used = new Map<string, number>();
  for (const cell of cells)
    used.set(placeOf(cell), (used.get(placeOf(cell)) ?? 0) - (cell.reasons['in-the-reservation'] ?? 0));
  return cells.map((cell) => {
    const idle = cell.reasons['reservation-idle'] ?? 0;
    const share = Math.min(idle, used.get(placeOf(cell)) ?? 0);
    const isUntold = untold.has(placeOf(cell));
    if (idle <= 0 || (share <= 0 && !isUntold)) return cell;
    const { 'reservation-idle': _, ...rest } = cell.reasons;
    const left = idle - Math.max(share, 0);
    const reasons = { ...rest, [isUntold ? 'dpus-not-told' : 'reservation-idle']: left };
    if (share <= 0) return { ...cell, reasons };
    used.set(placeOf(cell), (used.get(placeOf(cell)) ?? 0) - share);
    const own = (cell.reasons['in-the-reservation'] ?? 0) + share;
    return { ...cell, reasons: { ...reasons, 'in-the-reservation': own } };
  });
}
