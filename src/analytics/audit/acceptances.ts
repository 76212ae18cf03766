import type { RunSql } from '../view/scope.js';

/** That somebody looked at a finding and accepted it (`aqt verify --accept`). */
export interface Acceptance {
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
}

/** Looks up what was accepted by the tree and the finding's key in `aqt verify`. */
export type LookUpAcceptance = (tree: string, key: string) => Acceptance | null;

export async function acceptedIn(run: RunSql): Promise<LookUpAcceptance> {
  const rows = await run('SELECT tree, key, reason, epoch_ms(accepted_at) AS accepted_ms FROM accepted_log');
  const known = new Map(
    rows.map((row) => [
      `${row.tree}\n${row.key}`,
      { reason: String(row.reason), acceptedAt: Number(row.accepted_ms ?? 0) },
    ]),
  );
  return (tree, key) => known.get(`${tree}\n${key}`) ?? null;
}
