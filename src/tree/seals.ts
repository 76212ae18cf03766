import { createHash } from 'node:crypto';
import type { HourLabel } from '../calendar/hour-label.js';
import type { ReportDay } from '../calendar/report-day.js';
import { type ReportStore, WriteConflict } from '../ports/report-store.js';
import { inputKeys } from './kept-inputs.js';
import { hourFolder, manifestKey, workFolder, workKey } from './layout.js';

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
  /** Working files that were there and that settling cannot do without: who goes on without them forgets persons. */
  readonly kept?: readonly string[];
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
  /** Working files that were there when a day was sealed. */
  readonly kept: ReadonlySet<string>;
  /** Sentences; empty when every link holds. */
  readonly faults: readonly string[];
}

/** Times to try when another run seals at the same moment. */
const TRIES = 10;

/** Seals the manifests of a day that are new or changed; seals nothing when none is. Returns the head of the chain. */
export async function sealDay(request: {
  readonly store: ReportStore;
  readonly day: ReportDay;
  readonly now: number;
}): Promise<string | null> {
  const { store, day, now } = request;
  for (let tries = 1; ; tries++) {
    const chain = await readChain(store, '');
    // A broken chain goes on behind its break: nothing can mend it, `verify` tells of it, and what is new must be sealed all the same.
    // After the chain: a manifest that another run sealed meanwhile must not be sealed as it was before.
    const hashes = await hashManifests(store, day);
    const changed = [...hashes]
      .filter(([folder, hash]) => chain.manifests.get(folder) !== hash)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    if (changed.length === 0) return chain.head;
    const number = chain.last + 1;
    const seal: Seal = {
      schema: 1,
      number,
      previous: chain.head,
      sealedAt: new Date(now).toISOString(),
      manifests: Object.fromEntries(changed),
      kept: await keptFiles(store, day),
    };
    const bytes = Buffer.from(`${JSON.stringify(seal, null, 2)}\n`);
    try {
      await store.write(workKey.seal(number), bytes, { absent: true });
      return sha256(bytes);
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries >= TRIES) throw error;
    }
  }
}

async function keptFiles(store: ReportStore, day: ReportDay): Promise<string[]> {
  const keys = [workKey.links(day.reportDate), ...(await inputKeys(store))];
  const there = await Promise.all(keys.map(async (key) => ((await store.tagOf(key)) === null ? [] : [key])));
  return there.flat();
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
  const kept = new Set<string>();
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
      for (const file of seal.kept ?? []) kept.add(file);
    }
    head = sha256(stored.bytes);
    seals.push(head);
  }
  return { length, last, head, seals, manifests, kept, faults };
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

function isKeptList(kept: unknown): boolean {
  return (
    kept === undefined ||
    (Array.isArray(kept) && kept.every((key) => /^_work\/[\w-]+(\/[\w-]+)*(\.\w+)+$/.test(String(key))))
  );
}

function parseSeal(bytes: Uint8Array): Seal | string {
  try {
    const seal = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Seal> | null;
    const isSeal =
      seal?.schema === 1 &&
      Number.isInteger(seal.number) &&
      typeof seal.manifests === 'object' &&
      seal.manifests !== null &&
      Object.values(seal.manifests).every((hash) => typeof hash === 'string') &&
      isKeptList(seal.kept);
    return isSeal ? (seal as Seal) : 'not a seal';
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
