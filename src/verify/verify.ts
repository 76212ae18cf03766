import type { HourLabel } from '../calendar/hour-label.js';
import { CalendarError, type ReportDay, reportDays } from '../calendar/report-day.js';
import { readChain, readSince } from '../tree/chain/chain.js';
import { readClosings } from '../tree/closings.js';
import { fileChangesFacts, readFileChanges } from '../tree/files/file-changes.js';
import { hourFolder, parseHourKey } from '../tree/layout.js';
import { checkDocuments } from '../tree/seals.js';
import type { CheckedHour, VerifyRequest } from './checked.js';
import { rewrittenSince } from './rewritten-since.js';
import { checkDaily } from './verify-daily.js';
import { checkEvidence, hasEvidence, untoldEvidence } from './verify-evidence.js';
import { countFiles } from './verify-files.js';
import { verifyHour } from './verify-hour.js';
import { isAskedFor, readTrees, treeFaults } from './verify-tree.js';

/**
 * Recomputes every report of a tree or a forest from its bytes: hash, size, rows, order, hours, ledger; and looks for hours
 * that are missing between a tree's first and last, or within the dates asked for. Yields every hour, in order, tree by tree.
 */
export async function* verify(request: VerifyRequest): AsyncGenerator<CheckedHour> {
  const { trees, strays, daily, evidence: listed } = await readTrees(request);
  if (trees.size === 0 && request.from !== null) trees.set('', new Map());
  for (const [tree, hours] of [...trees].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { store, signal, from, to, head = null } = request;
    const checkedHours = new Map<string, CheckedHour>();
    const chain = await readChain(store, tree);
    const evidence = await checkEvidence(store, { tree, files: listed.get(tree) ?? [], signal });
    const documents = await checkDocuments(store, tree, chain);
    const isCopy = chain.length === 0 && evidence.parts.length === 0;
    let timezone: string | null = null;
    const days = new Map<string, ReportDay>();
    for (const [folder, names] of hours) {
      signal?.throwIfAborted();
      const checked = await verifyHour(request, {
        ...{ tree, chain, days, evidence: isCopy ? null : evidence },
        ...names,
      });
      timezone ??= checked.manifest?.timezone ?? null;
      checkedHours.set(folder, checked);
    }
    const manifests = [...checkedHours.values()].flatMap(({ manifest }) => manifest ?? []);
    const fileChanges = await readFileChanges(store, tree);
    const since = head === null ? null : await readSince(store, tree, head);
    request.onTree?.({
      ...{ tree, chain, isCopy, missing: documents.gone, changed: new Set(documents.changed.keys()) },
      closings: await readClosings(store, { tree, from, to }),
      faults: treeFaults(chain, {
        ...{ isCopy, isEmpty: hours.size === 0, strays: [...(strays.get(tree) ?? []), ...evidence.strays] },
        changed: [
          ...documents.changed.values(),
          ...evidence.faults,
          ...fileChanges.damaged.map((key) => `${key} was changed or is damaged: it is not what its name says`),
        ],
      }),
      untold: await untoldEvidence({ store, tree, evidence }, manifests),
      daily: await checkDaily(request, tree, daily.get(tree) ?? new Set(), manifests),
      fileChanges: fileChangesFacts(fileChanges.changes, request),
      files: await countFiles(request, tree, evidence.names),
      rewritten: since ? await rewrittenSince(request, tree, since) : [],
      hasHead: since !== null,
    });
    const gone = [...chain.manifests.keys()]
      .flatMap((folder) => parseHourKey(`${folder}_manifest.json`)?.label ?? [])
      .filter(isAskedFor(request));
    for (const label of gone) {
      if (!checkedHours.has(hourFolder(label))) {
        checkedHours.set(hourFolder(label), {
          ...label,
          tree,
          manifest: null,
          faults: ['the hour was sealed and is gone'],
          remedies: [hasEvidence(evidence, label) ? 'mend' : 'collect'],
          places: new Map(),
          facts: null,
          isFinal: false,
        });
      }
    }
    for (const label of expectedHours(request, [...checkedHours.values()], timezone)) {
      const folder = hourFolder(label);
      if (!checkedHours.has(folder)) {
        checkedHours.set(folder, {
          ...label,
          tree,
          manifest: null,
          faults: ['the hour is missing: it was never collected, or it was removed'],
          remedies: ['collect'],
          places: new Map(),
          facts: null,
          isFinal: false,
        });
      }
    }
    yield* [...checkedHours.values()].sort((a, b) =>
      a.reportDate < b.reportDate ? -1 : a.reportDate > b.reportDate ? 1 : a.hour - b.hour,
    );
  }
}

/** The labels that must be there: from the first to the last one found, stretched to the dates asked for. */
function expectedHours(
  { from, to }: VerifyRequest,
  found: readonly CheckedHour[],
  timezone: string | null,
): HourLabel[] {
  const dates = found.map((checked) => checked.reportDate).sort();
  const first = from ?? dates[0];
  const last = to ?? dates.at(-1);
  if (first === undefined || last === undefined) return [];
  try {
    const hours = reportDays({ from: first, to: last, timezone: timezone ?? 'America/New_York' }).flatMap(
      (day) => day.hours,
    );
    // A tree may begin and end within a day: only what was asked for, or lies between, can be missing.
    const isWithin = (hour: HourLabel) =>
      (from !== null || found.some((one) => compareLabels(one, hour) <= 0)) &&
      (to !== null || found.some((one) => compareLabels(one, hour) >= 0));
    return hours.filter(isWithin);
  } catch (error) {
    if (error instanceof CalendarError) return [];
    throw error;
  }
}

function compareLabels(a: HourLabel, b: HourLabel): number {
  return a.reportDate < b.reportDate ? -1 : a.reportDate > b.reportDate ? 1 : a.hour - b.hour;
}
