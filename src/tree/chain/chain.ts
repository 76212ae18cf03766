import { createHash } from 'node:crypto';
import type { HourLabel } from '../../calendar/hour-label.js';
import type { ReportStore } from '../../ports/report-store.js';
import { hasMembers, isMapOf, isNullOr, isText } from '../../record/text/shape.js';
import { hourFolder, workFolder, workKey } from '../layout.js';

/**
 * One link of the chain over all manifests of a tree: what changed since the seal before, and that seal's hash. Whoever keeps
 * one seal's hash elsewhere can prove later that nothing before it was changed.
 */
export interface Seal {
  readonly schema: 1;
  readonly number: number;
  /** sha256 of the seal before; null for the first. */
  readonly previous: string | null;
  /** ISO 8601 UTC. */
  readonly sealedAt: string;
  /** Hour folder to sha256 of its manifest, keys sorted. */
  readonly manifests: Readonly<Record<string, string>>;
  /**
   * Documents of the tree that are new or changed, keys sorted, to their sha256: closings, acceptances, settings and what rows
   * are made with. Null for a directory that the other format replaced.
   */
  readonly documents: Readonly<Record<string, string | null>>;
}

/** What a chain says in the end. */
export interface Chain {
  readonly length: number;
  /** Number of the last seal; 0 for a tree without seals. */
  readonly last: number;
  /** sha256 of the last seal; null for a tree without seals. */
  readonly head: string | null;
  /** sha256 of every seal, in order: one that was kept elsewhere must be among them. */
  readonly seals: readonly string[];
  /** Latest sealed sha256 of each hour's manifest. */
  readonly manifests: ReadonlyMap<string, string>;
  /** Latest sealed sha256 of each document that must be there. */
  readonly documents: ReadonlyMap<string, string>;
  /** Sentences; empty when every link holds. */
  readonly faults: readonly string[];
}

/** What a chain said at one of its seals. */
export type KnownChain = Pick<Chain, 'length' | 'last' | 'head' | 'manifests' | 'documents'>;

/**
 * Reads and checks the chain of a tree (its folder ends in `/`, or is empty). Where `known` says what it was at one of its seals,
 * only the seals after that are read, and `seals` and `faults` are of these.
 */
export async function readChain(store: ReportStore, tree: string, known: KnownChain | null = null): Promise<Chain> {
  const manifests = new Map(known?.manifests);
  const documents = new Map(known?.documents);
  const faults: string[] = [];
  const seals: string[] = [];
  let { head, length, last } = known ?? { head: null, length: 0, last: 0 };
  for await (const { key } of store.list(tree + workFolder.seals)) {
    if (known && key <= tree + workKey.seal(known.last)) continue;
    const stored = await store.read(key);
    if (!stored) continue;
    length++;
    const seal = parseSeal(stored.bytes);
    if (typeof seal === 'string') {
      faults.push(`${key}: ${seal}`);
      last++;
    } else {
      const isOwnKey = key === `${tree}${workKey.seal(seal.number)}`;
      if (!isOwnKey || seal.number !== last + 1)
        faults.push(`${key}: seal ${seal.number} comes after seal ${last}: a seal is missing or was added`);
      if (seal.previous !== head)
        faults.push(`${key}: it follows ${seal.previous ?? 'nothing'}, the seal before is ${head ?? 'none'}`);
      last = isOwnKey ? Math.max(last + 1, seal.number) : last + 1;
      for (const [folder, hash] of Object.entries(seal.manifests)) manifests.set(folder, hash);
      for (const [key, hash] of Object.entries(seal.documents)) {
        if (hash === null) documents.delete(key);
        else documents.set(key, hash);
      }
    }
    head = sha256(stored.bytes);
    seals.push(head);
  }
  return { length, last, head, seals, manifests, documents, faults };
}

/** What a head proves, and what was sealed after it. */
export interface Since {
  /** sha256 of each hour's manifest under the head, by the hour's folder. */
  readonly manifests: ReadonlyMap<string, string>;
  readonly later: readonly Pick<Seal, 'number' | 'sealedAt' | 'manifests'>[];
}

/** Reads the chain of a tree as it was under a head that was kept elsewhere; null when no seal has that hash. */
export async function readSince(store: ReportStore, tree: string, head: string): Promise<Since | null> {
  const manifests = new Map<string, string>();
  const later: Seal[] = [];
  let isMet = false;
  for await (const { key } of store.list(tree + workFolder.seals)) {
    const stored = await store.read(key);
    const seal = stored ? parseSeal(stored.bytes) : '';
    if (!stored || typeof seal === 'string') continue; // A fault of the chain, and told as such.
    if (isMet) later.push(seal);
    else for (const [folder, hash] of Object.entries(seal.manifests)) manifests.set(folder, hash);
    isMet ||= sha256(stored.bytes) === head;
  }
  return isMet ? { manifests, later } : null;
}

/** Tells whether there is a seal after those of a chain. */
export async function chainGrew(store: ReportStore, { last }: Pick<Chain, 'last'>): Promise<boolean> {
  return (await store.tagOf(workKey.seal(last + 1))) !== null;
}

/** Compares an hour's manifest with the chain; null when they agree or the tree has no chain. */
export function sealFault(chain: Chain, label: HourLabel, manifestBytes: Uint8Array | null): string | null {
  if (chain.length === 0) return null;
  const sealed = chain.manifests.get(hourFolder(label));
  if (manifestBytes === null) return sealed === undefined ? null : 'the hour was sealed and its manifest is gone';
  if (sealed === undefined)
    return 'the manifest was never sealed: the run that wrote it did not finish, or it was added by hand';
  return sealed === sha256(manifestBytes) ? null : 'the manifest is not the one that was sealed';
}

const isSeal = hasMembers({
  schema: (value) => value === 1,
  number: Number.isInteger,
  previous: isNullOr(isText),
  sealedAt: isText,
  manifests: isMapOf(isText),
  documents: isMapOf(isNullOr(isText)),
});

function parseSeal(bytes: Uint8Array): Seal | string {
  try {
    const seal: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isSeal(seal) ? (seal as Seal) : 'not a seal';
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
