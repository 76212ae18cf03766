import { ATHENA_RETENTION_MS } from '../athena/limits.js';
import type { ReportStore } from '../ports/report-store.js';
import type { Manifest } from '../record/manifest.js';
import { readManifests } from '../tree/read-manifests.js';

/** Texts older than this and not saved are worth a warning: two weeks are left. */
export const WARN_AGE_MS = 30 * 86_400_000;

/** An hour with rows whose SQL text is not in its report. */
export interface UnsavedHour {
  readonly manifest: Manifest;
  /** Rows without text that Athena may still give. */
  readonly unsaved: number;
  /** Rows whose text is lost: Athena has forgotten it, or nobody asked in time. */
  readonly lost: number;
  /** Age of the hour's oldest query, milliseconds. */
  readonly ageMs: number;
  /** Milliseconds until Athena begins to forget this hour; negative when it has. */
  readonly leftMs: number;
}

/** Yields the hours of a tree that lack texts, the oldest first. A refused start never had a text that AWS would tell. */
export async function* unsavedTexts(store: ReportStore, now: number): AsyncGenerator<UnsavedHour> {
  for await (const { manifest } of readManifests(store, { from: null, now })) {
    if (typeof manifest === 'string') continue;
    const { byQueryStatus } = manifest.ledger;
    const missing = ['pending', 'denied', 'masked', 'not_found'].reduce(
      (sum, status) => sum + (byQueryStatus[status] ?? 0),
      0,
    );
    const expired = byQueryStatus.expired ?? 0;
    if (missing + expired === 0) continue;
    const ageMs = now - Date.parse(manifest.window.start);
    const isLate = now - Date.parse(manifest.window.end) > ATHENA_RETENTION_MS;
    yield {
      manifest,
      unsaved: isLate ? 0 : missing,
      lost: expired + (isLate ? missing : 0),
      ageMs,
      leftMs: ATHENA_RETENTION_MS - ageMs,
    };
  }
}
