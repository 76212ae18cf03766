import { createHash } from 'node:crypto';
import type { HourLabel } from '../calendar/hour-label.js';
import type { ReportDay } from '../calendar/report-day.js';
import { type ReportStore, WriteConflict } from '../ports/report-store.js';
import { inputKeys } from './kept-inputs.js';
import { hourFolder, manifestKey, workFolder, workKey } from './layout.js';
import { listKeys } from './list-keys.js';
import { encodeDocument } from './update.js';

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

/** Times to try when another run seals at the same moment. */
const TRIES = 10;

/**
 * Seals what is new or changed: the manifests of a day (of none when it is null) and its closing if no seal knows it yet, what rows
 * are made with, and documents that the caller has just written. Others are not sealed anew: somebody else may have changed them.
 * Writes nothing when nothing is new. Returns the head of the chain.
 */
export async function sealDay(request: {
  readonly store: ReportStore;
  readonly day: ReportDay | null;
  /** Keys of documents. */
  readonly written?: readonly string[];
  readonly now: number;
}): Promise<string | null> {
  const { store, day, written = [], now } = request;
  for (let tries = 1; ; tries++) {
    const chain = await readChain(store, '');
    // A broken chain goes on behind its break: nothing can mend it, `verify` tells of it, and what is new must be sealed all the same.
    // After the chain: what another run sealed meanwhile must not be sealed as it was before.
    const manifests = changed(day ? await hashManifests(store, day) : new Map(), chain.manifests);
    // A closing that no seal knows is that of a run that did not finish, or its seal is gone.
    const closing =
      day && !chain.documents.has(workKey.closing(day.reportDate)) ? [workKey.closing(day.reportDate)] : [];
    const documents = changed(await hashDocuments(store, [...written, ...closing], chain), chain.documents);
    if (manifests.length === 0 && documents.length === 0) return chain.head;
    const number = chain.last + 1;
    const seal: Seal = {
      schema: 1,
      number,
      previous: chain.head,
      sealedAt: new Date(now).toISOString(),
      manifests: Object.fromEntries(manifests) as Record<string, string>,
      documents: Object.fromEntries(documents),
    };
    const bytes = encodeDocument(seal);
    try {
      await store.write(workKey.seal(number), bytes, { absent: true });
      return sha256(bytes);
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries >= TRIES) throw error;
    }
  }
}

function changed(
  hashes: ReadonlyMap<string, string | null>,
  sealed: ReadonlyMap<string, string>,
): [string, string | null][] {
  return [...hashes].filter(([key, hash]) => (sealed.get(key) ?? null) !== hash).sort(([a], [b]) => (a < b ? -1 : 1));
}

async function hashDocuments(
  store: ReportStore,
  written: readonly string[],
  { documents }: Chain,
): Promise<Map<string, string | null>> {
  const hashes = new Map<string, string | null>();
  // What defines the hours never changes.
  const settings = documents.has(workKey.settings) ? [] : [workKey.settings];
  for (const key of [...written, ...settings, ...(await inputKeys(store))]) {
    const stored = await store.read(key);
    if (stored) hashes.set(key, sha256(stored.bytes));
  }
  return hashes;
}

/** What of a tree's documents is not as it was sealed. */
export interface CheckedDocuments {
  /** Keys of those that are gone. */
  readonly gone: readonly string[];
  /** Those that were changed or added, by key: a sentence for each. */
  readonly changed: ReadonlyMap<string, string>;
}

/** Compares the documents of a tree (its folder ends in `/`, or is empty) with its chain. */
export async function checkDocuments(store: ReportStore, tree: string, chain: Chain): Promise<CheckedDocuments> {
  const gone: string[] = [];
  const changed = new Map<string, string>();
  for (const [key, hash] of chain.documents) {
    const stored = await store.read(tree + key);
    if (!stored) gone.push(key);
    else if (sha256(stored.bytes) !== hash) changed.set(key, `${key} is not the one that was sealed`);
  }
  if (chain.length === 0) return { gone, changed };
  for await (const file of listKeys(store, tree + workFolder.closings)) {
    const key = file.key.slice(tree.length);
    if (!chain.documents.has(key))
      changed.set(key, `${key} was never sealed: a run did not finish, or it was added by hand`);
  }
  if (!chain.documents.has(workKey.accepted) && (await store.tagOf(tree + workKey.accepted)) !== null)
    changed.set(workKey.accepted, `${workKey.accepted} was never sealed: it was added by hand`);
  return { gone, changed };
}

async function hashManifests(store: ReportStore, day: ReportDay): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const hour of day.hours) {
    const manifest = await store.read(manifestKey(hour));
    if (manifest) hashes.set(hourFolder(hour), sha256(manifest.bytes));
  }
  return hashes;
}

/** Reads and checks the chain of a tree (its folder ends in `/`, or is empty). */
export async function readChain(store: ReportStore, tree: string): Promise<Chain> {
  const manifests = new Map<string, string>();
  const documents = new Map<string, string>();
  const faults: string[] = [];
  const seals: string[] = [];
  let head: string | null = null;
  let length = 0;
  let last = 0;
  for await (const { key } of store.list(tree + workFolder.seals)) {
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

/** Compares an hour's manifest with the chain; null when they agree or the tree has no chain. */
export function sealFault(chain: Chain, label: HourLabel, manifestBytes: Uint8Array | null): string | null {
  if (chain.length === 0) return null;
  const sealed = chain.manifests.get(hourFolder(label));
  if (manifestBytes === null) return sealed === undefined ? null : 'the hour was sealed and its manifest is gone';
  if (sealed === undefined)
    return 'the manifest was never sealed: the run that wrote it did not finish, or it was added by hand';
  return sealed === sha256(manifestBytes) ? null : 'the manifest is not the one that was sealed';
}

function isHashes(value: unknown, allowsNull: boolean): boolean {
  const isHash = (hash: unknown) => typeof hash === 'string' || (allowsNull && hash === null);
  return typeof value === 'object' && value !== null && Object.values(value).every(isHash);
}

function parseSeal(bytes: Uint8Array): Seal | string {
  try {
    const seal = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Seal> | null;
    const isSeal =
      seal?.schema === 1 &&
      Number.isInteger(seal.number) &&
      isHashes(seal.manifests, false) &&
      isHashes(seal.documents, true);
    return isSeal ? (seal as Seal) : 'not a seal';
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
