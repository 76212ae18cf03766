import type { ReportStore } from '../../src/ports/report-store.js';

/** The reports of two trees must be equal, byte for byte. Sentences; empty when they are. */
export async function compareTrees(actual: ReportStore, expected: ReportStore): Promise<string[]> {
  const read = async (store: ReportStore) => {
    const files = new Map<string, string>();
    for await (const { key } of store.list('')) {
      if (key.startsWith('_work/') || key.endsWith('_manifest.json')) continue;
      files.set(key, Buffer.from((await store.read(key))?.bytes ?? []).toString('latin1'));
    }
    return files;
  };
  const [a, b] = [await read(actual), await read(expected)];
  const keys = [...new Set([...a.keys(), ...b.keys()])].sort();
  return keys
    .filter((key) => a.get(key) !== b.get(key))
    .map((key) => `${key} is not what an undisturbed run writes${firstDifference(a.get(key), b.get(key))}`);
}

/** Column and values of the first cell that differs; texts of queries are not shown. */
function firstDifference(a: string | undefined, b: string | undefined): string {
  if (a === undefined || b === undefined) return a === undefined ? ': it is missing' : ': it should not be there';
  const at = [...a].findIndex((character, index) => character !== b[index]);
  return `: …${a.slice(Math.max(0, at - 40), at + 60)}… instead of …${b.slice(Math.max(0, at - 40), at + 60)}…`;
}
