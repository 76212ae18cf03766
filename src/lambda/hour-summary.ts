import type { Manifest } from '../record/manifest.js';

/** A manifest in short: small enough for 40 of them in the state of a state machine. */
export interface HourSummary {
  readonly report_date: string;
  readonly hour: number;
  readonly status: Manifest['status'];
  readonly version: number;
  readonly key: string;
  readonly rows: number;
  readonly refused: number;
  readonly unattributed: number;
  readonly conflict: number;
  /** Executions whose text is lost: Athena forgot or never knew them. */
  readonly lost: number;
  /** Executions to settle. */
  readonly pending: number;
  readonly cost_usd: number;
  readonly sha256: string;
}

/** Shortens a manifest. `costUsd` is the sum over its rows. */
export function summarize(manifest: Manifest, costUsd: number): HourSummary {
  const { ledger, report } = manifest;
  return {
    report_date: manifest.reportDate,
    hour: manifest.hour,
    status: manifest.status,
    version: manifest.version,
    key: report.key,
    rows: report.rows,
    refused: ledger.refused,
    unattributed: ledger.unattributed,
    conflict: ledger.conflict,
    lost: (ledger.byQueryStatus.expired ?? 0) + (ledger.byQueryStatus.not_found ?? 0),
    pending: manifest.pending.length,
    cost_usd: Math.round(costUsd * 1e6) / 1e6,
    sha256: report.sha256,
  };
}

/** Picks the summaries out of what the Map returned; the rest are failures. */
export function summariesIn(results: unknown): HourSummary[] {
  if (!Array.isArray(results)) return [];
  return results.filter(
    (result): result is HourSummary => typeof result === 'object' && result !== null && 'sha256' in result,
  );
}
