import { reportDay } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import { type Manifest, REPORT_FORMATS, type ReportFormat } from '../../record/manifest.js';
import { missingParts } from '../../tree/evidence/evidence-view.js';
import { dailyKey, dayFolder, hourFolder, manifestKey, reportKey } from '../../tree/layout.js';
import { listKeys } from '../../tree/list-keys.js';
import { readManifests } from '../../tree/read-manifests.js';
import { sealDay } from '../../tree/seals.js';
import { keepDays } from '../closing/keep-days.js';
import type { Collector } from '../collector.js';
import { buildHour } from '../hour/build-hour.js';
import { openEnrichment } from '../hour/open-enrichment.js';

/** An hour in another format than before. */
export interface ChangedFormat {
  readonly before: Manifest;
  readonly after: Manifest;
}

/** Some hours cannot be written in another format: nothing was changed. */
export class FormatStuck extends Error {
  override readonly name = 'FormatStuck';
}

/** Hours that a message names; the rest is counted. */
const MAX_NAMED = 5;

/**
 * Writes every hour of a tree that has another format anew in this one, from its evidence, day by day, and seals each day; what an
 * earlier run left of another format beside a report of this one is removed, and the file of a whole day keeps its rows. Nobody is asked anything. A run that was stopped is
 * gone on with by the next; hours that have the format already are left alone.
 * @throws FormatStuck before the first hour; EvidenceLost where an hour knows less than its report all the same
 */
export async function* changeFormat(collector: Collector, format: ReportFormat): AsyncGenerator<ChangedFormat> {
  const { store, clock, progress } = collector;
  const now = clock.now();
  const total = await countOthers(store, { format, now });
  let done = 0;
  for await (const manifests of daysOf(store, now)) {
    for await (const changed of changeDay(collector, format, manifests)) {
      const { reportDate, hour, report } = changed.after;
      done++;
      progress({ kind: 'hour', reportDate, hour, rows: report.rows, done, total: Math.max(done, total) });
      yield changed;
    }
  }
}

/** Hours of another format. @throws FormatStuck when one of them could not be written anew */
async function countOthers(
  store: ReportStore,
  { format, now }: { readonly format: ReportFormat; readonly now: number },
): Promise<number> {
  const stuck: string[] = [];
  let others = 0;
  for await (const { label, manifest } of readManifests(store, { from: null, now })) {
    if (typeof manifest === 'string') stuck.push(`${manifestKey(label)} is damaged (${manifest})`);
    else if (manifest.format !== format) {
      others++;
      if ((await missingParts(store, manifest.evidence ?? [])).length > 0)
        stuck.push(`${hourFolder(label)}: evidence that it was made from is gone`);
    }
  }
  if (stuck.length === 0) return others;
  const more = stuck.length > MAX_NAMED ? `, and ${stuck.length - MAX_NAMED} more` : '';
  throw new FormatStuck(
    `${store.location}: not every hour can be written as ${format}: ${stuck.slice(0, MAX_NAMED).join('; ')}${more}. Nothing was changed: run \`aqt settle --mend\` first`,
  );
}

/** The manifests of each day, in order. */
async function* daysOf(store: ReportStore, now: number): AsyncGenerator<readonly Manifest[]> {
  let day: Manifest[] = [];
  for await (const { manifest } of readManifests(store, { from: null, now })) {
    if (typeof manifest === 'string') continue;
    if (day[0] && day[0].reportDate !== manifest.reportDate) {
      yield day;
      day = [];
    }
    day.push(manifest);
  }
  if (day.length > 0) yield day;
}

async function* changeDay(
  collector: Collector,
  format: ReportFormat,
  manifests: readonly Manifest[],
): AsyncGenerator<ChangedFormat> {
  const { store, clock, signal } = collector;
  const [first] = manifests;
  if (!first) return;
  const { reportDate, timezone } = first;
  const others = manifests.filter((manifest) => manifest.format !== format);
  if (others.length > 0) {
    const day = reportDay(reportDate, timezone);
    const enrichment = await openEnrichment(collector, reportDate, { hours: others.map(({ hour }) => hour) });
    try {
      for (const before of others) {
        signal?.throwIfAborted();
        const hour = day.hours.find((candidate) => candidate.hour === before.hour);
        if (!hour)
          throw new Error(
            `${store.location}: ${manifestKey(before)} is an hour that ${reportDate} lacks in ${timezone}`,
          );
        yield { before, after: await buildHour(collector, { hour, timezone, format, enrichment }) };
      }
    } finally {
      // Also when the caller stops here: what was rewritten must not stay unsealed.
      await sealDay({ store, day, now: clock.now() });
    }
  }
  await removeOtherFormats(store, reportDate, format);
  // Its rows are the same; the reports that its note names are gone.
  if ((await store.tagOf(dailyKey.note(reportDate))) !== null)
    await keepDays(collector, { dates: [reportDate], signal: signal ?? new AbortController().signal });
}

/** Removes what a run that died left beside the reports of the new format. */
async function removeOtherFormats(store: ReportStore, reportDate: string, format: ReportFormat): Promise<void> {
  const unwanted: string[] = [];
  for await (const file of listKeys(store, dayFolder(reportDate))) {
    if (file.kind !== 'hour') continue;
    const { key, label } = file;
    if (REPORT_FORMATS.some((other) => other !== format && key === reportKey(label, other))) unwanted.push(key);
  }
  for (const key of unwanted) await store.remove(key);
}
