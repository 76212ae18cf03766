import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import { listParts, namesIn, type Part, partName, readPart } from './evidence-log.js';

/** What is looked at of a tree's evidence: all that lies there, or exactly the parts that a manifest names. */
export interface EvidenceView {
  /** The parts of a folder that are looked at. */
  parts(folder: string): Promise<readonly Part[]>;
  /** Yields a part's lines in batches, as far as they are looked at. */
  lines(part: Part): AsyncIterable<readonly string[]>;
}

/** All the evidence that lies in a tree now. A part that is merged meanwhile is a `WriteConflict`: look again. */
export function liveEvidence(store: ReportStore): EvidenceView {
  return { parts: (folder) => listParts(store, folder), lines: (part) => readPart(store, part) };
}

/** A part that a manifest names and that is gone. */
export class EvidenceGone extends Error {
  override readonly name = 'EvidenceGone';
  constructor(names: readonly string[]) {
    const more = names.length > 1 ? ` and ${names.length - 1} more` : '';
    super(`_work/evidence/${names[0]}${more} is gone`);
  }
}

/**
 * Exactly the parts that a manifest names, wherever they lie by now; so a report can be made again as it was.
 * @throws EvidenceGone when one is gone
 */
export function pinnedEvidence(store: ReportStore, names: readonly string[]): EvidenceView {
  const byFolder = groupByFolder(names);
  const wantedIn = (folder: string) => byFolder.get(folder) ?? new Set<string>();
  return {
    async parts(folder) {
      const wanted = wantedIn(folder);
      if (wanted.size === 0) return [];
      const chosen: Part[] = [];
      const missing = new Set(wanted);
      const listed = await listParts(store, folder);
      for (const part of [...listed].sort((a, b) => Number(a.isMerged) - Number(b.isMerged))) {
        if (part.isMerged && missing.size === 0) break;
        const found = (await namesIn(store, part)).filter((name) => missing.has(name));
        if (found.length > 0) chosen.push(part);
        for (const name of found) missing.delete(name);
      }
      if (missing.size > 0) throw new EvidenceGone([...missing]);
      return chosen;
    },
    async *lines(part) {
      const wanted = wantedIn(part.folder);
      const isWhole = !part.isMerged || wanted.has(partName(part));
      const sections = isWhole ? null : new Set([...wanted].map((name) => name.slice(part.folder.length + 1)));
      try {
        yield* readPart(store, part, sections);
      } catch (error) {
        if (error instanceof WriteConflict) throw new EvidenceGone([partName(part)]);
        throw error;
      }
    },
  };
}

/** Which of some named parts are gone. */
export async function missingParts(store: ReportStore, names: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const [folder, wanted] of groupByFolder(names))
    missing.push(...(await missingIn(await listParts(store, folder), [...wanted], (part) => namesIn(store, part))));
  return missing;
}

/** What says of a part which ones it stands for. */
export type NamesOf = (part: Part) => Promise<readonly string[]>;

/** Reads what parts stand for once: a part is named by its content, and what it stands for never changes. */
export function namesReadOnce(store: ReportStore): NamesOf {
  const known = new Map<string, readonly string[]>();
  return async (part) => {
    const names = known.get(part.key) ?? (await namesIn(store, part));
    known.set(part.key, names);
    return names;
  };
}

/** Which of some named parts of one folder are not among those that were listed in it, nor merged into one of them. */
export async function missingIn(
  parts: readonly Part[],
  names: readonly string[],
  namesOf: NamesOf,
): Promise<readonly string[]> {
  const wanted = new Set(names);
  for (const part of parts) wanted.delete(partName(part));
  for (const part of parts) {
    if (wanted.size > 0 && part.isMerged) for (const name of await namesOf(part)) wanted.delete(name);
  }
  return [...wanted];
}

/** Which of some parts say something that none of the named parts says: what was added, or is news that no report tells yet. */
export async function untoldParts(
  store: ReportStore,
  parts: readonly Part[],
  named: ReadonlySet<string>,
): Promise<Part[]> {
  const told = new Set(named);
  const merged = new Map<Part, readonly string[]>();
  for (const part of parts) {
    if (!part.isMerged) continue;
    const [own = '', ...sections] = await namesIn(store, part);
    merged.set(part, sections);
    if (named.has(own)) for (const name of sections) told.add(name);
  }
  return parts.filter(
    (part) => !told.has(partName(part)) && !(merged.get(part)?.every((name) => told.has(name)) ?? false),
  );
}

function groupByFolder(names: readonly string[]): Map<string, Set<string>> {
  const byFolder = new Map<string, Set<string>>();
  for (const name of names) {
    const folder = name.slice(0, name.lastIndexOf('/'));
    const known = byFolder.get(folder) ?? new Set<string>();
    byFolder.set(folder, known.add(name));
  }
  return byFolder;
}
