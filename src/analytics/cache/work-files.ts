import type { ReportStore } from '../../ports/report-store.js';
import { parseKey, type WorkFileName } from '../../tree/layout.js';
import { type AcceptedNote, type ClosingNote, parseAccepted, parseClosing } from '../audit/closing.js';

/** A file under a tree's `_work/` that says how complete the tree is: the closing of a day, or what was accepted. */
export interface WorkFile {
  readonly key: string;
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  readonly kind: 'closing' | 'accepted';
  readonly bytes: number;
}

/** A file as the cache holds it. */
export interface KnownWorkFile {
  readonly key: string;
  readonly tag: string;
  readonly bytes: number;
}

export interface WorkFilePlan {
  readonly read: readonly WorkFile[];
  /** Files whose sizes are as known: only their tags can tell a rewrite. */
  readonly check: readonly WorkFile[];
  readonly remove: readonly string[];
}

/** A file with what it says; a file that cannot be read says nothing, as for `aqt verify`. */
export interface FetchedWorkFile {
  readonly file: WorkFile;
  readonly tag: string;
  readonly closing: ClosingNote | null;
  readonly accepted: readonly AcceptedNote[];
}

const KINDS: Partial<Record<WorkFileName, WorkFile['kind']>> = { closings: 'closing', 'accepted.json': 'accepted' };

/** Finds the files in a listing of the store. */
export function listedWorkFiles(files: readonly { readonly key: string; readonly bytes: number }[]): WorkFile[] {
  return files.flatMap(({ key, bytes }) => {
    const parsed = parseKey(key);
    const kind = parsed.kind === 'work' ? KINDS[parsed.what] : undefined;
    return parsed.kind === 'work' && kind ? [{ key, tree: parsed.tree, kind, bytes }] : [];
  });
}

/**
 * Trees without seals and without evidence: copies of the reports alone, in which nobody expects a closing.
 * Takes the listing of everything.
 */
export function copiesIn(files: readonly { readonly key: string }[], trees: Iterable<string>): string[] {
  const proven = new Set<string>();
  for (const { key } of files) {
    const parsed = parseKey(key);
    if (parsed.kind === 'work' && (parsed.what === 'seals' || parsed.what === 'evidence')) proven.add(parsed.tree);
  }
  return [...new Set(trees)].filter((tree) => !proven.has(tree)).sort();
}

/** Compares what is there with what the cache holds. Known files outside `scope` are left alone. */
export function planWorkFiles(
  listed: readonly WorkFile[],
  known: readonly KnownWorkFile[],
  scope: (key: string) => boolean = () => true,
): WorkFilePlan {
  const sizes = new Map(known.map(({ key, bytes }) => [key, bytes]));
  const present = new Set(listed.map(({ key }) => key));
  return {
    read: listed.filter(({ key, bytes }) => sizes.get(key) !== bytes),
    check: listed.filter(({ key, bytes }) => sizes.get(key) === bytes),
    remove: known.map(({ key }) => key).filter((key) => !present.has(key) && scope(key)),
  };
}

/** Reads a file; null when it is gone meanwhile. */
export async function fetchWorkFile(store: ReportStore, file: WorkFile): Promise<FetchedWorkFile | null> {
  const stored = await store.read(file.key);
  if (!stored) return null;
  const text = Buffer.from(stored.bytes).toString('utf8');
  return {
    file: { ...file, bytes: stored.bytes.byteLength },
    tag: stored.tag,
    closing: file.kind === 'closing' ? parseClosing(text) : null,
    accepted: file.kind === 'accepted' ? parseAccepted(text) : [],
  };
}
