import { ATHENA_RETENTION_DAYS } from '../../athena/limits.js';
import { reportDateAt } from '../../calendar/report-day.js';
import type { Clock } from '../../ports/clock.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Manifest } from '../../record/manifest.js';
import { readManifests } from '../../tree/read-manifests.js';
import { type Finding, fail, pass, skip, warn } from './finding.js';

const DAY_MS = 86_400_000;
const WARN_DAYS = 7;
const FAIL_DAYS = 38;

/** Checks the reports: readable manifests, and the age of the oldest query whose text or end is not saved yet. */
export async function* checkReports({
  store,
  clock,
}: {
  readonly store: ReportStore;
  readonly clock: Clock;
}): AsyncGenerator<Finding> {
  const now = clock.now();
  let hours = 0;
  let oldest: Manifest | null = null;
  const damaged: string[] = [];
  const from = reportDateAt(now - (ATHENA_RETENTION_DAYS + 2) * DAY_MS, 'UTC');
  for await (const { label, manifest } of readManifests(store, { from, now })) {
    if (typeof manifest === 'string') {
      damaged.push(`${label.reportDate} hour ${label.hour} (${manifest})`);
      continue;
    }
    hours++;
    if (manifest.pending.length > 0 && (!oldest || manifest.window.start < oldest.window.start)) oldest = manifest;
  }
  if (damaged.length > 0) {
    yield fail(
      'manifests',
      `${damaged.length} manifests at ${store.location} are damaged: ${damaged.slice(0, 5).join('; ')}`,
      `aqt verify ${store.location}`,
    );
  }
  if (hours === 0) {
    yield skip('reports', `${store.location} has no hour of the last ${ATHENA_RETENTION_DAYS} days yet`);
    return;
  }
  yield pass('reports', `${hours} hours of the last ${ATHENA_RETENTION_DAYS} days are at ${store.location}`);
  if (!oldest) {
    yield pass('unsaved', 'every query of these hours is saved');
    return;
  }
  const days = (now - Date.parse(oldest.window.start)) / DAY_MS;
  const message = `the oldest query that is not settled is ${days.toFixed(1)} days old (${oldest.reportDate} hour ${oldest.hour}); Athena forgets it after ${ATHENA_RETENTION_DAYS}`;
  const fix = `aqt settle ${store.location}`;
  yield days >= FAIL_DAYS
    ? fail('unsaved', message, fix)
    : days >= WARN_DAYS
      ? warn('unsaved', message, fix)
      : pass('unsaved', message);
}
