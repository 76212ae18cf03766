import { createHash } from 'node:crypto';
import type { ReportStore } from '../../ports/report-store.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';

/** Whether a line is in a folder already: `copy` when this scan has met it before, `known` when only an earlier one had. */
export type LineNews = 'new' | 'known' | 'copy';

/** Knows the lines of the folders that a scan writes to, so that reading days again does not write them again. */
export interface KnownLines {
  /** Reads what a folder holds, unless it was read. */
  open(folder: string): Promise<{ look(text: string): LineNews }>;
}

/** Hashes held at once, of all folders: some 150 MB. Beyond, the oldest are forgotten, and lines may be written twice, which is once. */
const MOST_HASHES = 1_500_000;

interface Known {
  /** What lay there before. */
  readonly before: Set<string>;
  /** What this scan has met. */
  readonly met: Set<string>;
}

export function createKnownLines(store: ReportStore): KnownLines {
  const view = liveEvidence(store);
  const folders = new Map<string, Known>();
  const forgotten = new Set<string>();
  let held = 0;

  async function read(folder: string): Promise<Known> {
    const known: Known = { before: new Set(), met: new Set() };
    // Reading a large folder again and again would take longer than writing some lines twice.
    if (forgotten.has(folder)) return known;
    for (const part of await view.parts(folder)) {
      for await (const batch of view.lines(part)) for (const text of batch) known.before.add(hashOf(text));
    }
    held += known.before.size;
    return known;
  }

  function forgetOldest(): void {
    for (const [folder, { before, met }] of folders) {
      if (held <= MOST_HASHES || folders.size === 1) return;
      folders.delete(folder);
      forgotten.add(folder);
      held -= before.size + met.size;
    }
  }

  return {
    async open(folder) {
      const known = folders.get(folder) ?? (await read(folder));
      // The latest used comes last.
      folders.delete(folder);
      folders.set(folder, known);
      forgetOldest();
      return {
        look(text) {
          const hash = hashOf(text);
          if (known.met.has(hash)) return 'copy';
          known.met.add(hash);
          held++;
          return known.before.has(hash) ? 'known' : 'new';
        },
      };
    },
  };
}

/** Enough of a SHA-256 that no two of a tree's lines are taken for one. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('binary').slice(0, 16);
}
