import type { HourLabel } from '../calendar/hour-label.js';
import type { ReportStore } from '../ports/report-store.js';
import type { Manifest } from '../record/manifest.js';
import { tellsOfRows } from '../tree/evidence/day-evidence.js';
import { namesIn, type Part, parsePart, partName } from '../tree/evidence/evidence-log.js';
import { liveEvidence, untoldParts } from '../tree/evidence/evidence-view.js';
import { partFault } from '../tree/evidence/part-fault.js';
import { hourEvidence, isOfDay } from '../tree/layout.js';
import { treeView } from '../tree/tree-view.js';
import type { ListedFile } from './verify-tree.js';

/** What lies in the evidence log of a tree. */
export interface CheckedEvidence {
  readonly parts: readonly Part[];
  /** Names of all parts, those in merged ones among them. */
  readonly names: ReadonlySet<string>;
  /** Folders of those parts: `<date>/<hNN or day>`. */
  readonly folders: ReadonlySet<string>;
  /** Sentences: parts that are not what their names say. */
  readonly faults: readonly string[];
  /** Names of those parts. */
  readonly damaged: ReadonlySet<string>;
  /** Keys of files that are no parts: nobody reads them. */
  readonly strays: readonly string[];
}

/** Proves every part of a tree's evidence by its hash, of the files that lie there. Memory: some 300 bytes a part. */
export async function checkEvidence(
  store: ReportStore,
  {
    tree,
    files,
    signal,
  }: { readonly tree: string; readonly files: readonly ListedFile[]; readonly signal: AbortSignal | undefined },
): Promise<CheckedEvidence> {
  const parts: Part[] = [];
  const names = new Set<string>();
  const faults: string[] = [];
  const damaged = new Set<string>();
  const strays: string[] = [];
  for (const { key, bytes } of files) {
    signal?.throwIfAborted();
    const part = parsePart(key, bytes);
    if (!part) {
      strays.push(key);
      continue;
    }
    parts.push(part);
    const fault = await partFault(store, part);
    if (fault === null) for (const name of await namesIn(store, part)) names.add(name);
    else {
      names.add(partName(part)); // It is there, and told as damaged.
      damaged.add(partName(part));
      faults.push(`${part.key.slice(tree.length)} was changed or is damaged: ${fault}`);
    }
  }
  return { parts, names, folders: new Set(parts.map(({ folder }) => folder)), faults, damaged, strays };
}

/** Tells an hour that has evidence of its own, and so could be written anew. */
export function hasEvidence({ folders }: CheckedEvidence, label: HourLabel): boolean {
  return folders.has(hourEvidence(label));
}

/**
 * Keys of the parts that say something and that no manifest names: what came later and no report tells yet, or was added. Only
 * days of which there are manifests are looked at: others were read for their neighbours' sake, whose manifests name them.
 */
export async function untoldEvidence(
  request: { readonly store: ReportStore; readonly tree: string; readonly evidence: CheckedEvidence },
  manifests: readonly Manifest[],
): Promise<string[]> {
  const { store, tree, evidence } = request;
  const named = new Set(manifests.flatMap((manifest) => manifest.evidence));
  const dates = new Set(manifests.map(({ reportDate }) => reportDate));
  const view = liveEvidence(treeView(store, tree));
  const untold: string[] = [];
  const looked = evidence.parts.filter(({ folder }) => dates.has(folder.slice(0, DATE_LENGTH)));
  for (const part of await untoldParts(store, looked, named)) {
    const own = { ...part, key: part.key.slice(tree.length) };
    if (!isOfDay(partName(part)) || (await tellsOfRows(view, own).catch(() => true))) untold.push(own.key);
  }
  return untold;
}

const DATE_LENGTH = 'YYYY-MM-DD'.length;
