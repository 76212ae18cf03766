import type { ComparedCell, Reason } from './compared-cell.js';

/** What tracker and bill say of one workgroup, over all slots. */
export interface CellGroup {
  readonly account: string;
  readonly region: string;
  /** Null for lines that name none. */
  readonly workgroup: string | null;
  readonly trackerUsd: number;
  readonly billUsd: number;
  /** Of each cell apart, so that two of them do not cancel. */
  readonly unexplainedUsd: number;
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
}

/** Adds cells up by account, Region and workgroup, the dearest on the bill first. */
export function groupCells(cells: readonly ComparedCell[]): CellGroup[] {
  const groups = new Map<string, CellGroup>();
  for (const cell of cells) {
    const { account, region, workgroup } = cell;
    const key = [account, region, workgroup ?? ''].join('\n');
    const before = groups.get(key);
    const reasons: Partial<Record<Reason, number>> = { ...before?.reasons };
    for (const [reason, usd] of Object.entries(cell.reasons) as [Reason, number][])
      reasons[reason] = (reasons[reason] ?? 0) + usd;
    groups.set(key, {
      ...{ account, region, workgroup, reasons },
      trackerUsd: (before?.trackerUsd ?? 0) + cell.trackerUsd,
      billUsd: (before?.billUsd ?? 0) + cell.billUsd,
      unexplainedUsd: (before?.unexplainedUsd ?? 0) + Math.abs(cell.reasons.unexplained ?? 0),
    });
  }
  return [...groups].sort(([a, x], [b, y]) => y.billUsd - x.billUsd || (a < b ? -1 : 1)).map(([, group]) => group);
}
