import { createHash } from 'node:crypto';
import type { ReportDay } from '../calendar/report-day.js';
import { type ReportStore, WriteConflict } from '../ports/report-store.js';
import type { Chain, Seal } from './chain/chain.js';
import { keepKnownChain, readKnownChain } from './chain/known-chain.js';
import { hashDefinitions } from './definitions.js';
import { inputKeys } from './kept-inputs.js';
import { hourFolder, manifestKey, workFolder, workKey } from './layout.js';
import { listKeys } from './list-keys.js';
import { encodeDocument } from './update.js';

/** Times to try when another run seals at the same moment. */
const TRIES = 10;

/**
 * Seals what is new or changed: the manifests of a day (of none when it is null) and its closing if no seal knows it yet, what rows
 * are made with, definitions, what was noticed of log files, and documents that the caller has just written. Others are not sealed anew: somebody else may have changed them.
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
    const chain = await readKnownChain(store);
    // A broken chain goes on behind its break: nothing can mend it, `verify` tells of it, and what is new must be sealed all the same.
    // After the chain: what another run sealed meanwhile must not be sealed as it was before.
    const manifests = changed(day ? await hashManifests(store, day) : new Map(), chain.manifests);
    // A closing that no seal knows is that of a run that did not finish, or its seal is gone.
    const closing =
      day && !chain.documents.has(workKey.closing(day.reportDate)) ? [workKey.closing(day.reportDate)] : [];
    const documents = changed(await hashDocuments(store, [...written, ...closing], chain), chain.documents);
    if (manifests.length === 0 && documents.length === 0) return chain.head;
    await keepKnownChain(store, chain);
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
  const hashes = new Map<string, string | null>(await hashDefinitions(store));
  // Written once: what a seal names never changes, and is not looked at again.
  for await (const { key } of store.list(workFolder.fileChanges)) {
    const stored = documents.has(key) ? null : await store.read(key);
    if (stored) hashes.set(key, sha256(stored.bytes));
  }
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
  for (const folder of [workFolder.closings, workFolder.definitions]) {
    for await (const file of listKeys(store, tree + folder)) {
      const key = file.key.slice(tree.length);
      if (!chain.documents.has(key))
        changed.set(key, `${key} was never sealed: a run did not finish, or it was added by hand`);
    }
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

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
