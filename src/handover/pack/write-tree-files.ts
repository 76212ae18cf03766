import type { ReportStore } from '../../ports/report-store.js';
import { type InputHashes, ROW_INPUTS } from '../../record/manifest.js';
import { manifestKey, parseKey, workFolder, workKey } from '../../tree/layout.js';
import type { AccountedHour } from './account-hours.js';
import { type PackedTree, treeFolder } from './pack-document.js';
import type { Entries } from './pack-entries.js';

/**
 * Puts into a pack, byte for byte, what proves the hours of its trees: their manifests, the whole chain of seals, the closings of
 * the days, what was accepted, and what rows were made with.
 */
export async function writeTreeFiles(request: {
  readonly store: ReportStore;
  readonly entries: Entries;
  readonly trees: readonly PackedTree[];
  readonly accounted: readonly AccountedHour[];
  readonly from: string;
  readonly to: string;
}): Promise<void> {
  const { store, entries, trees, accounted, from, to } = request;
  for (const { number, name } of trees) {
    const folder = treeFolder(number);
    const copy = async (key: string) => {
      const stored = await store.read(name + key);
      if (stored) await entries.add(folder + key, stored.bytes);
    };
    const hashes = new Set<string>();
    for (const { account, manifestBytes, hour } of accounted) {
      if (account.tree !== number || manifestBytes === null) continue;
      await entries.add(folder + manifestKey(account), manifestBytes);
      for (const key of inputKeysOf(hour?.manifest.inputs)) hashes.add(key);
    }
    for await (const { key } of store.list(name + workFolder.seals)) await copy(key.slice(name.length));
    for await (const { key } of store.list(name + workFolder.closings)) {
      const parsed = parseKey(key);
      const date = parsed.kind === 'work' ? (parsed.parts[0] ?? '') : '';
      if (date >= from && date <= to) await copy(key.slice(name.length));
    }
    await copy(workKey.accepted);
    for (const key of [...hashes].sort()) await copy(key);
  }
}

function inputKeysOf(inputs: InputHashes = {}): string[] {
  return ROW_INPUTS.flatMap((name) => (inputs[name] === undefined ? [] : [workKey.input(name, inputs[name])]));
}
