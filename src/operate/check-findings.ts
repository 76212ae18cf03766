import { reportDateAt } from '../calendar/report-day.js';
import { closingFacts, type HourFacts, hourFacts, NO_IDS } from '../findings/facts.js';
import { findingsOf } from '../findings/find.js';
import { type FindingKind, KINDS } from '../findings/kinds.js';
import type { Clock } from '../ports/clock.js';
import type { ReportStore } from '../ports/report-store.js';
import type { Manifest } from '../record/manifest.js';
import { readAccepted } from '../tree/acceptances.js';
import { readClosings } from '../tree/closings.js';
import { staleDays } from '../tree/daily/stale-days.js';
import { fileChangesFacts, readFileChanges } from '../tree/files/file-changes.js';
import { readManifests } from '../tree/read-manifests.js';
import { type Finding, pass, warn } from './doctor/finding.js';

const DAY_MS = 86_400_000;
/** Days looked back: what Athena has not forgotten can still be mended. */
const DAYS = 45;

/**
 * Tells what manifests and closings of the last days leave to be looked at, in the words of `aqt verify`, which also reads the
 * rows; what was accepted there is not told.
 */
export async function checkFindings({
  store,
  clock,
}: {
  readonly store: ReportStore;
  readonly clock: Clock;
}): Promise<Finding> {
  const now = clock.now();
  const from = reportDateAt(now - DAYS * DAY_MS, 'UTC');
  const hours: HourFacts[] = [];
  const rows = { unattributed: NO_IDS, conflict: NO_IDS, partsGone: 0 };
  const manifests: Manifest[] = [];
  for await (const { manifest } of readManifests(store, { from, now })) {
    if (typeof manifest === 'string') continue;
    hours.push(hourFacts(manifest, rows));
    manifests.push(manifest);
  }
  const closings = (await readClosings(store, { tree: '', from, to: null })).map(closingFacts);
  const accepted = await readAccepted(store, '');
  const open = findingsOf({
    hours,
    closings,
    repeated: [],
    missing: [],
    untold: [],
    rewritten: [],
    daily: await staleDays(store, { from, manifests }),
    fileChanges: fileChangesFacts((await readFileChanges(store)).changes, { from, to: null }),
    isCopy: false,
  }).filter(({ key }) => !accepted.has(key));
  const [first] = open;
  if (!first) return pass('findings', `no finding of the last ${DAYS} days is open`);
  const kinds = new Map<FindingKind, number>();
  for (const { kind } of open) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const heads = [...kinds].map(([kind, count]) => `${KINDS[kind].title} (${count})`);
  return warn(
    'findings',
    `${heads.join('; ')}: ${first.text}`,
    `aqt verify ${store.location} tells each, and what helps`,
  );
}
