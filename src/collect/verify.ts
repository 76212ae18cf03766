import { CalendarError, reportDays } from '../calendar/report-day.js';
import type { ReportRow } from '../record/columns.js';
import type { Manifest, ReportFormat } from '../record/manifest.js';
import { type HourLabel, hourFolder, hourName, parseHourKey } from '../record/report-path.js';
import type { Closing } from './close-day.js';
import type { ReportStore } from './ports.js';
import { type Chain, readChain } from './seals.js';
import type { Finding } from './verify-findings.js';
import { verifyHour } from './verify-hour.js';
import {
  isAskedFor,
  missingFiles,
  type Remedy,
  readClosings,
  readEvidenceKeys,
  readTrees,
  type TreeFault,
  treeFaults,
} from './verify-tree.js';

export interface VerifyRequest {
  readonly store: ReportStore;
  /** First and last report date, inclusive; null for all there is. */
  readonly from: string | null;
  readonly to: string | null;
  readonly decode: (format: ReportFormat, bytes: AsyncIterable<Uint8Array>) => AsyncIterable<ReportRow>;
  /** Hears of each tree before its hours: the state of its chain of seals, and what closing its days found. */
  readonly onTree?: (tree: TreeVerdict) => void;
  readonly signal?: AbortSignal;
}

/** What was found of a tree as a whole. */
export interface TreeVerdict {
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  readonly chain: Chain;
  readonly closings: readonly Closing[];
  /** Faults of the tree as a whole, those of its chain among them. */
  readonly faults: readonly TreeFault[];
  /** Working files that settling cannot do without, and that are gone. */
  readonly missing: readonly string[];
  /** There is nothing under `_work/` to prove with: a copy of the reports alone. */
  readonly isCopy: boolean;
}

/** What was found of one hour of one tree. */
export interface HourVerdict extends HourLabel {
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  readonly manifest: Manifest | null;
  /** Sentences; empty when the hour is proven. */
  readonly faults: readonly string[];
  /** What helps against the faults. */
  readonly remedies: readonly Remedy[];
  /** Rows by `<account> <Region>`. */
  readonly places: ReadonlyMap<string, number>;
  /** What is explained, and worth a look. */
  readonly findings: readonly Finding[];
  /** The latest instant of the hour for which nothing can change any more has passed. */
  readonly isFinal: boolean;
}

/**
 * Recomputes every report of a tree or a forest from its bytes: hash, size, rows, order, hours, ledger; and looks for hours
 * that are missing between a tree's first and last, or within the dates asked for. Yields every hour, in order, tree by tree.
 */
export async function* verify(request: VerifyRequest): AsyncGenerator<HourVerdict> {
  const { trees, strays } = await readTrees(request);
  if (trees.size === 0 && request.from !== null) trees.set('', new Map());
  for (const [tree, hours] of [...trees].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const verdicts = new Map<string, HourVerdict>();
    const chain = await readChain(request.store, tree);
    const evidence = await readEvidenceKeys(request.store, tree);
    const isCopy = chain.length === 0 && evidence.size === 0;
    const missing = await missingFiles(request.store, tree, chain);
    const faults = treeFaults(chain, { isCopy, isEmpty: hours.size === 0, strays: strays.get(tree) ?? [] });
    request.onTree?.({ tree, chain, closings: await readClosings(request, tree), faults, isCopy, missing });
    let timezone: string | null = null;
    for (const [folder, names] of hours) {
      request.signal?.throwIfAborted();
      const verdict = await verifyHour(request, { tree, chain, evidence: isCopy ? null : evidence, ...names });
      timezone ??= verdict.manifest?.timezone ?? null;
      verdicts.set(folder, verdict);
    }
    const gone = [...chain.manifests.keys()]
      .flatMap((folder) => parseHourKey(`${folder}_manifest.json`)?.label ?? [])
      .filter(isAskedFor(request));
    for (const label of gone) {
      if (!verdicts.has(hourFolder(label))) {
        verdicts.set(hourFolder(label), {
          ...label,
          tree,
          manifest: null,
          faults: ['the hour was sealed and is gone'],
          remedies: [evidence.has(hourName(label)) ? 'mend' : 'collect'],
          places: new Map(),
          findings: [],
          isFinal: false,
        });
      }
    }
    for (const label of expectedHours(request, [...verdicts.values()], timezone)) {
      const folder = hourFolder(label);
      if (!verdicts.has(folder)) {
        verdicts.set(folder, {
          ...label,
          tree,
          manifest: null,
          faults: ['the hour is missing: it was never collected, or it was removed'],
          remedies: ['collect'],
          places: new Map(),
          findings: [],
          isFinal: false,
        });
      }
    }
    yield* [...verdicts.values()].sort((a, b) =>
      a.reportDate < b.reportDate ? -1 : a.reportDate > b.reportDate ? 1 : a.hour - b.hour,
    );
  }
}

/** The labels that must be there: from the first to the last one found, stretched to the dates asked for. */
function expectedHours(
  { from, to }: VerifyRequest,
  found: readonly HourVerdict[],
  timezone: string | null,
): HourLabel[] {
  const dates = found.map((verdict) => verdict.reportDate).sort();
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
