import { ATHENA_RETENTION_MS } from '../../athena/limits.js';
import { addDays, reportDateAt, reportDay } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import { readClosings } from '../../tree/closings.js';
import { readManifests } from '../../tree/read-manifests.js';
import { readSettleState } from '../../tree/settle-state.js';

/** How old the oldest things of a tree are that should be young. Milliseconds; zero where there is nothing old. */
export interface TreeAges {
  /** Since the end of the oldest hour that is not final. */
  readonly openMs: number;
  readonly openHours: number;
  /** Since the end of the oldest hour with a query that is not settled: its text may not be saved. */
  readonly unsavedMs: number;
  /** Since the end of the last day that was closed with every hour; null when none of the last 90 was. */
  readonly completedMs: number | null;
}

const CLOSINGS_DAYS = 90;

/** Reads them. What is older than Athena remembers, and was not left open by the last settling, is final (see `settle.ts`). */
export async function readAges(
  store: ReportStore,
  { timezone, now }: { readonly timezone: string; readonly now: number },
): Promise<TreeAges> {
  const { openSince } = await readSettleState(store);
  const recent = addDays(reportDateAt(now - ATHENA_RETENTION_MS, 'UTC'), -2);
  const from = openSince !== null && openSince < recent ? openSince : recent;
  let [openMs, unsavedMs, openHours] = [0, 0, 0];
  for await (const { manifest } of readManifests(store, { from, now })) {
    if (typeof manifest === 'string' || manifest.status !== 'open') continue;
    const age = now - Date.parse(manifest.window.end);
    openHours++;
    openMs = Math.max(openMs, age);
    if (manifest.pending.length > 0) unsavedMs = Math.max(unsavedMs, age);
  }
  const since = addDays(reportDateAt(now, 'UTC'), -CLOSINGS_DAYS);
  const closings = await readClosings(store, { tree: '', from: since, to: null });
  const last = closings.filter(({ missingHours }) => missingHours.length === 0).at(-1);
  const completedMs = last ? Math.max(0, now - reportDay(last.reportDate, timezone).window.end) : null;
  return { openMs, openHours, unsavedMs, completedMs };
}
