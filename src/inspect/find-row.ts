import { gunzipSync } from 'node:zlib';
import type { HourLabel } from '../calendar/hour-label.js';
import { type ReportHour, reportDay, reportHourAt } from '../calendar/report-day.js';

import type { ReportStore } from '../ports/report-store.js';
import { decodeManifest } from '../record/encode-manifest.js';
import type { Manifest } from '../record/manifest.js';
import type { KnownStart } from '../record/start-groups.js';
import { listParts } from '../tree/evidence/evidence-log.js';
import { liveEvidence } from '../tree/evidence/evidence-view.js';
import { type HourEvidence, readHour } from '../tree/evidence/hour-evidence.js';
import { hourEvidence, manifestKey, workFolder } from '../tree/layout.js';
import { listKeys } from '../tree/list-keys.js';
import { treeView } from '../tree/tree-view.js';

/** Where the evidence of a row lies. */
export interface RowPlace {
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  /** The tree as a store of its own. */
  readonly store: ReportStore;
  readonly timezone: string;
  /** The hour that holds the row: that of the earliest start. */
  readonly hour: ReportHour;
  readonly evidence: HourEvidence;
  /** Null when the hour's report is not written. */
  readonly manifest: Manifest | null;
  /** Null for a refused attempt. */
  readonly executionId: string | null;
  /** Every start of the execution that any hour knows, earliest first; the one start of a refused attempt. */
  readonly starts: readonly KnownStart[];
}

interface Tree {
  readonly tree: string;
  readonly store: ReportStore;
}

/**
 * Finds an execution, or the event of a start, in the evidence of a tree or forest: the hinted day first, then the newest day
 * first. Null when no evidence names it.
 */
export async function findRow(request: {
  readonly store: ReportStore;
  readonly id: string;
  readonly day?: string;
  readonly signal?: AbortSignal;
}): Promise<RowPlace | null> {
  const { store, id, day, signal } = request;
  const asked = new Set<string>();
  for (const { key, tree, label } of await evidenceFiles(store, day)) {
    signal?.throwIfAborted();
    const hour = `${tree}${hourEvidence(label)}`;
    if (asked.has(hour)) continue;
    const stored = await store.read(key);
    // Most files do not name it: they are searched as text and not parsed.
    if (!stored || !gunzipSync(stored.bytes).includes(id)) continue;
    asked.add(hour);
    const place = await placeIn({ tree, store: treeView(store, tree) }, label, id);
    if (place) return place;
  }
  return null;
}

/** Most hours do not name an id: they are searched as text and not parsed. */
async function isNamed(store: ReportStore, label: HourLabel, id: string): Promise<boolean> {
  for (const { key } of await listParts(store, hourEvidence(label))) {
    const stored = await store.read(key);
    if (stored && gunzipSync(stored.bytes).includes(id)) return true;
  }
  return false;
}

/** Finds the row when its hour is known; null when that hour does not name it. */
export async function placeIn({ tree, store }: Tree, label: HourLabel, id: string): Promise<RowPlace | null> {
  if (!(await isNamed(store, label, id))) return null;
  const evidence = await readHour(liveEvidence(store), label);
  const manifest = await readManifest(store, label);
  const timezone = manifest?.timezone ?? 'America/New_York';
  const hour = reportDay(label.reportDate, timezone).hours.find((each) => each.hour === label.hour);
  if (!hour) return null;
  const base = { tree, store, timezone };
  const byEvent = evidence.starts.find((start) => start.eventId === id || start.replacesEventId === id);
  const executionId = byEvent ? byEvent.queryExecutionId : id;
  if (byEvent && executionId === null) return { ...base, hour, evidence, manifest, executionId, starts: [byEvent] };
  if (executionId === null) return null;
  const hours = await hoursNaming({ store, timezone, executionId, hour, evidence });
  const starts = hours.flatMap((each) => startsOf(each.evidence, executionId));
  const first = hours.find((each) => startsOf(each.evidence, executionId).length > 0) ?? hours[0];
  if (!first) return null;
  return {
    ...base,
    ...first,
    executionId,
    manifest: first.hour === hour ? manifest : await readManifest(store, first.hour),
    starts: starts.sort((a, b) => a.eventTime - b.eventTime || (a.eventId < b.eventId ? -1 : 1)),
  };
}

interface NamingHour {
  readonly hour: ReportHour;
  readonly evidence: HourEvidence;
}

/** The hours around the one found that name the same execution, earliest first. */
async function hoursNaming(request: {
  readonly store: ReportStore;
  readonly timezone: string;
  readonly executionId: string;
  readonly hour: ReportHour;
  readonly evidence: HourEvidence;
}): Promise<NamingHour[]> {
  const { store, timezone, executionId, hour, evidence } = request;
  const naming: NamingHour[] = [];
  const seen = new Set([hour.window.start]);
  const waiting: NamingHour[] = [{ hour, evidence }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const starts = startsOf(next.evidence, executionId);
    if (starts.length === 0 && !next.evidence.listed.has(executionId)) continue;
    naming.push(next);
    const answer = next.evidence.answers.get(executionId)?.answer;
    const submitted = answer?.outcome === 'found' ? answer.execution.submittedAt : null;
    // As rows are planned: a repeat is counted from the next hour, and the submission tells of earlier ones.
    const instants = [next.hour.window.start - 1, next.hour.window.end, ...(submitted === null ? [] : [submitted])];
    for (const instant of instants) {
      const around = reportHourAt(instant, timezone);
      if (seen.has(around.window.start)) continue;
      seen.add(around.window.start);
      waiting.push({ hour: around, evidence: await readHour(liveEvidence(store), around) });
    }
  }
  return naming.sort((a, b) => a.hour.window.start - b.hour.window.start);
}

function startsOf(evidence: HourEvidence, executionId: string): readonly KnownStart[] {
  return evidence.starts.filter(({ queryExecutionId }) => queryExecutionId === executionId);
}

async function readManifest(store: ReportStore, label: HourLabel): Promise<Manifest | null> {
  const stored = await store.read(manifestKey(label));
  const manifest = stored ? decodeManifest(Buffer.from(stored.bytes).toString('utf8')) : null;
  return typeof manifest === 'string' ? null : manifest;
}

interface EvidenceFile {
  readonly key: string;
  readonly tree: string;
  readonly label: HourLabel;
}

async function evidenceFiles(store: ReportStore, day: string | undefined): Promise<EvidenceFile[]> {
  const files = async (prefix: string) => {
    const found: EvidenceFile[] = [];
    for await (const one of listKeys(store, prefix)) {
      if (one.kind !== 'work' || one.what !== 'evidence') continue;
      const [reportDate = '', place = ''] = one.parts;
      const hour = Number(/^h(\d{2})$/.exec(place)?.[1] ?? Number.NaN);
      if (!Number.isNaN(hour)) found.push({ key: one.key, tree: one.tree, label: { reportDate, hour } });
    }
    return found;
  };
  // A tree keeps its evidence at its root; a forest has trees in its folders.
  const own = await files(workFolder.evidence);
  const all = own.length > 0 ? own : await files('');
  const rank = ({ label }: EvidenceFile) => (label.reportDate === day ? 1 : 0);
  return all.sort(
    (a, b) =>
      rank(b) - rank(a) ||
      (a.label.reportDate < b.label.reportDate ? 1 : a.label.reportDate > b.label.reportDate ? -1 : 0) ||
      b.label.hour - a.label.hour,
  );
}
