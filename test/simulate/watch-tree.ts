import { gunzipSync } from 'node:zlib';
import { parsePart } from '../../src/tree/evidence/evidence-log.js';

/** What must hold at every single write, whatever a later one heals. */
export interface TreeWatch {
  /** Sentences; empty when every write kept to the rules. */
  readonly faults: readonly string[];
  /** Checks a write before it happens; `after` is null for a removal. */
  see(key: string, before: Uint8Array | undefined, after: Uint8Array | null): void;
}

/**
 * Watches a tree's working files: a seal and a part of the evidence are never changed, and a part goes only when another holds it
 * whole. A run that recovers by reading everything again leaves no trace of such a loss, so it is looked for where it happens.
 */
export function createTreeWatch(): TreeWatch {
  const faults: string[] = [];
  /** Names of parts that lie in merged ones. */
  const merged = new Set<string>();
  const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
  return {
    faults,
    see(key, before, after) {
      const part = parsePart(key, 0);
      if (part?.isMerged && after !== null) {
        for (const [, name = ''] of textOf(after).matchAll(/^\{"part":"([0-9a-f]{64})"\}$/gm)) merged.add(name);
      }
      if (before === undefined) return;
      if (key.startsWith('_work/seals/')) {
        if (after === null || !isSame(before, after))
          faults.push(`${key}: a seal was ${after ? 'replaced' : 'removed'}`);
      } else if (part && after === null) {
        if (!merged.has(part.sha256)) faults.push(`${key}: evidence was removed`);
      } else if (part && after !== null && textOf(before) !== textOf(after))
        faults.push(`${key}: evidence was changed`);
    },
  };
}

function textOf(bytes: Uint8Array): string {
  return gunzipSync(bytes).toString('utf8');
}

/** Sees every write into a map of files before it happens, and without any delay of its own. */
export function watchFiles(files: Map<string, Uint8Array>, watch: TreeWatch): void {
  const [set, remove] = [files.set.bind(files), files.delete.bind(files)];
  files.set = (key, bytes) => {
    watch.see(key, files.get(key), bytes);
    return set(key, bytes);
  };
  files.delete = (key) => {
    watch.see(key, files.get(key), null);
    return remove(key);
  };
}
