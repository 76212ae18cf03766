import { hash } from 'node:crypto';
import type { ReportStore } from '../../ports/report-store.js';
import { partName } from '../../tree/evidence/evidence-log.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';

/** Whether a line is in a folder already: `copy` when this scan has met it before, `known` when only an earlier one had. */
export type LineNews = 'new' | 'known' | 'copy';

/** Knows the lines of the folders that a scan writes to, so that reading days again does not write them again. */
export interface KnownLines {
  /** Reads what a folder holds, unless it was read, or nobody needs it now: then what lies there may be written once more. */
  open(folder: string, isNeeded: boolean): Promise<{ look(hash: string): LineNews }>;
  /** Meets a line that lies in the folder, by its hash: in these parts. True for a copy. The folder is not read. */
  meet(folder: string, hash: string): boolean;
  /** Takes note of parts in which lines of a folder lie. */
  note(folder: string, parts: readonly string[]): void;
  /** Names of the parts in which all lines lie that were met in a folder, and those that were new and are written. */
  partsOf(folder: string): readonly string[];
}

/** Bytes of the SHA-256 of a line: enough that no two of a tree's lines are taken for one. */
export const HASH_BYTES = 16;

/** Hashes held at once, of all folders: some 150 MB. Beyond, the oldest are forgotten, and lines may be written twice, which is once. */
const MOST_HASHES = 1_500_000;

interface Known {
  /** What lay there before; null while nobody asked. */
  before: Set<string> | null;
  /** What this scan has met. */
  readonly met: Set<string>;
}

export function createKnownLines(store: ReportStore): KnownLines {
  const view = liveEvidence(store);
  const folders = new Map<string, Known>();
  const forgotten = new Set<string>();
  const parts = new Map<string, Set<string>>();
  let held = 0;

  function noteParts(folder: string, names: readonly string[]): void {
    const noted = parts.get(folder) ?? new Set();
    for (const name of names) noted.add(name);
    parts.set(folder, noted);
  }

  async function read(folder: string): Promise<Set<string>> {
    const before = new Set<string>();
    // Reading a large folder again and again would take longer than writing some lines twice.
    if (forgotten.has(folder)) return before;
    const listed = await view.parts(folder);
    for (const part of listed) {
      for await (const batch of view.lines(part)) for (const text of batch) before.add(hashOfLine(text));
    }
    noteParts(folder, listed.map(partName));
    held += before.size;
    return before;
  }

  /** The latest used comes last. */
  function use(folder: string): Known {
    const known = folders.get(folder) ?? { before: null, met: new Set() };
    folders.delete(folder);
    folders.set(folder, known);
    forgetOldest();
    return known;
  }

  function forgetOldest(): void {
    for (const [folder, { before, met }] of folders) {
      if (held <= MOST_HASHES || folders.size === 1) return;
      folders.delete(folder);
      forgotten.add(folder);
      held -= (before?.size ?? 0) + met.size;
    }
  }

  return {
    async open(folder, isNeeded) {
      const before = folders.get(folder)?.before ?? (isNeeded ? await read(folder) : null);
      const known = use(folder);
      known.before = before;
      return {
        look(hash) {
          if (known.met.has(hash)) return 'copy';
          known.met.add(hash);
          held++;
          return before?.has(hash) ? 'known' : 'new';
        },
      };
    },
    meet(folder, hash) {
      const { met } = use(folder);
      if (met.has(hash)) return true;
      met.add(hash);
      held++;
      return false;
    },
    note: noteParts,
    partsOf: (folder) => [...(parts.get(folder) ?? [])],
  };
}

/** What a line is known by. */
export function hashOfLine(text: string): string {
  return hash('sha256', text, 'binary').slice(0, HASH_BYTES);
}
