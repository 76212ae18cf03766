import type { HourLabel } from '../calendar/hour-label.js';
import type { Chain } from '../tree/chain/chain.js';
import { hourFolder, isWorkKey, workFolder } from '../tree/layout.js';
import { listKeys } from '../tree/list-keys.js';
import type { TreeFault, VerifyRequest } from './checked.js';

/** The files of an hour. */
export interface HourNames {
  readonly label: HourLabel;
  readonly names: string[];
}

/** A file and its size. */
export interface ListedFile {
  readonly key: string;
  readonly bytes: number;
}

/** Finds the trees of a forest, the files of their hours, and what lies among their evidence. */
export async function readTrees(request: VerifyRequest): Promise<{
  readonly trees: Map<string, Map<string, HourNames>>;
  /** Files below a `year=`, a `daily/date=` or a `rollups/date=` that are none of ours, by tree. */
  readonly strays: Map<string, string[]>;
  /** Days of which there is one file, its sums or their note, by tree. */
  readonly daily: ReadonlyMap<string, ReadonlySet<string>>;
  /** By tree. Memory: some 300 bytes a file. */
  readonly evidence: ReadonlyMap<string, readonly ListedFile[]>;
}> {
  const trees = new Map<string, Map<string, HourNames>>();
  const strays = new Map<string, string[]>();
  const daily = new Map<string, Set<string>>();
  const evidence = new Map<string, ListedFile[]>();
  const isWanted = isAskedFor(request);
  for await (const file of listKeys(request.store)) {
    if (isWorkKey(file.key) && 'tree' in file && file.key.startsWith(file.tree + workFolder.evidence)) {
      const { tree, key, bytes } = file;
      const files = evidence.get(tree) ?? [];
      evidence.set(tree, files);
      files.push({ key, bytes });
    }
    if (file.kind === 'stray' && !isWorkKey(file.key))
      strays.set(file.tree, [...(strays.get(file.tree) ?? []), file.key]);
    if (file.kind === 'daily' && isWanted(file))
      daily.set(file.tree, (daily.get(file.tree) ?? new Set()).add(file.reportDate));
    if (file.kind !== 'hour') continue;
    const { tree, label, name } = file;
    if (!isWanted(label)) continue;
    const hours = trees.get(tree) ?? new Map<string, HourNames>();
    trees.set(tree, hours);
    const folder = hourFolder(label);
    const known = hours.get(folder);
    if (known) known.names.push(name);
    else hours.set(folder, { label, names: [name] });
  }
  return { trees, strays, daily, evidence };
}

/** Faults of a tree that are none of an hour. */
export function treeFaults(
  chain: Chain,
  found: {
    readonly isCopy: boolean;
    readonly isEmpty: boolean;
    readonly strays: readonly string[];
    /** Documents and parts of the evidence that were changed. */
    readonly changed: readonly string[];
  },
): TreeFault[] {
  const faults: TreeFault[] = chain.faults.map((text) => ({ text, remedy: 'accept' }));
  for (const text of found.changed) faults.push({ text, remedy: 'restore' });
  for (const stray of found.strays)
    faults.push({ text: `${stray}: there is a file that does not belong`, remedy: 'remove' });
  if (chain.length === 0 && !found.isCopy && !found.isEmpty)
    faults.push({
      text: '_work/seals/ is gone: nothing proves that the manifests are those that were written',
      remedy: 'mend',
    });
  return faults;
}

/** Tells the hours of the dates that were asked for. */
export function isAskedFor({ from, to }: VerifyRequest): (label: Pick<HourLabel, 'reportDate'>) => boolean {
  return ({ reportDate }) => (from === null || reportDate >= from) && (to === null || reportDate <= to);
}
