import type { ReportStore } from '../../src/ports/report-store.js';
import type { StoredObject } from '../../src/simulator/services/s3-store.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { createRandom, type Random } from '../../src/simulator/wire/random.js';
import { readManifests } from '../../src/tree/read-manifests.js';
import { contradictionOf, inEnvelope, recordsIn, unreadableBeside } from './foreign-files.js';

/** The bucket that CloudTrail fills, and the one to which it is copied to be tampered with. */
export const TRAIL_BUCKET = 'trail';

/**
 * A trail in S3 of which some log files are damaged for a while; some lie in the envelopes of other services, some have a copy
 * beside them that names somebody else, and beside some lies what nobody can read.
 */
export interface TrailTrouble {
  /** When a start event can be read from some file that is whole; infinite while there is none. */
  visibleAt(eventId: string): number;
  /** Copies of the event name different principals. */
  isContradicted(eventId: string): boolean;
  /** Puts the damaged files right. */
  repair(): void;
  /**
   * Damaged files that were there at an instant, and of which the tree keeps no reject; and unreadable ones that an hour does not
   * name, or in spite of which it is final.
   */
  untold(store: ReportStore, at: number): Promise<string[]>;
}

/** Damages some of the log files (cuts them, or breaks their bytes), and lays foreign ones among them. */
export function troubleTrail(simulator: Simulator, { random, count, foreign }: TroubleOptions): TrailTrouble {
  const { store, clock } = simulator;
  const files = logFiles(store);
  const visible = new Map<string, number>();
  const damaged = new Map<string, StoredObject>();
  const unreadable: StoredObject[] = [];
  const contradicted = new Set<string>();
  // A stream of its own: what else goes wrong in a seed does not hang on it.
  const chance = createRandom(simulator.world.seed, 'foreign files');
  const put = (object: StoredObject) => {
    const { etag: _, ...draft } = object;
    store.put(TRAIL_BUCKET, draft, { ifMatch: undefined, ifNoneMatch: undefined });
  };
  const see = ({ bytes, lastModified }: StoredObject, at = lastModified) => {
    for (const { eventID } of recordsIn(bytes)) visible.set(eventID, Math.min(visible.get(eventID) ?? Infinity, at));
  };
  const addForeign = (file: StoredObject) => {
    if (foreign.hasEnvelopes && chance.chance(ENVELOPE_SHARE)) {
      count('foreign-envelope');
      put(inEnvelope(file, chance));
    }
    if (foreign.hasUnreadable && unreadable.length < MOST_UNREADABLE && chance.chance(UNREADABLE_SHARE)) {
      count('unread-file');
      const one = unreadableBeside(file, chance);
      unreadable.push(one);
      put(one);
    }
    const contradiction = foreign.hasContradictions && chance.chance(CONTRADICTED_SHARE) ? contradictionOf(file) : null;
    if (!contradiction) return;
    count('contradicting-copy');
    put(contradiction.file);
    contradicted.add(contradiction.eventId);
  };
  for (const file of files) {
    if (!random.chance(DAMAGED_SHARE)) {
      see(file);
      addForeign(file);
      continue;
    }
    count('damaged-file');
    damaged.set(file.key, file);
    put({ ...file, bytes: random.chance(0.5) ? cut(file.bytes, random) : broken(file.bytes, random) });
  }
  return {
    visibleAt: (eventId) => visible.get(eventId) ?? Infinity,
    isContradicted: (eventId) => contradicted.has(eventId),
    repair() {
      for (const file of damaged.values()) {
        const at = Math.max(file.lastModified, clock.now());
        put({ ...file, lastModified: at });
        see(file, at);
      }
      damaged.clear();
    },
    async untold(tree, at) {
      const told: string[] = [];
      for await (const { key } of tree.list('_work/rejects/'))
        if (key.endsWith('.json')) told.push(Buffer.from((await tree.read(key))?.bytes ?? []).toString());
      const isThere = (file: StoredObject) => file.lastModified <= at;
      const silent = [...damaged.values()]
        .filter((file) => isThere(file) && !told.some((note) => note.includes(file.key)))
        .map(({ key }) => `${key} is damaged, and nobody was told`);
      return [...silent, ...(await untoldHours(tree, { files: unreadable.filter(isThere), now: clock.now() }))];
    },
  };
}

interface TroubleOptions {
  readonly random: Random;
  readonly count: (what: 'damaged-file' | ForeignTrouble) => void;
  readonly foreign: {
    readonly hasEnvelopes: boolean;
    readonly hasUnreadable: boolean;
    readonly hasContradictions: boolean;
  };
}

export type ForeignTrouble = 'foreign-envelope' | 'unread-file' | 'contradicting-copy';

const DAMAGED_SHARE = 0.08;
const ENVELOPE_SHARE = 0.2;
const UNREADABLE_SHARE = 0.03;
/** More in one trail ask nothing else. */
const MOST_UNREADABLE = 3;
const CONTRADICTED_SHARE = 0.06;
const DAY_MS = 86_400_000;

/** Hours that do not name a file that may hold events of theirs, or are final in spite of it. */
async function untoldHours(
  tree: ReportStore,
  { files, now }: { readonly files: readonly StoredObject[]; readonly now: number },
): Promise<string[]> {
  if (files.length === 0) return [];
  const faults: string[] = [];
  for await (const { manifest } of readManifests(tree, { from: null, now })) {
    if (typeof manifest === 'string') continue;
    for (const { key } of files) {
      // Whatever it is, it came on its day of delivery: what happened later it cannot hold.
      if (Date.parse(manifest.window.start) >= deliveryDayOf(key) + DAY_MS) continue;
      const hour = `${manifest.reportDate} ${manifest.hour}h`;
      if (!manifest.notRead?.some(({ name }) => name.endsWith(key)))
        faults.push(`${hour}: ${key} was not read, and nobody was told`);
      else if (manifest.status === 'final') faults.push(`${hour} is final, and ${key} was not read`);
    }
  }
  return faults;
}

function deliveryDayOf(key: string): number {
  const [, year, month, day] = /\/(\d{4})\/(\d\d)\/(\d\d)\/[^/]+$/.exec(key) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}

/** Log files of management events, delivered or yet to come. */
export function logFiles(store: Simulator['store']): StoredObject[] {
  const all = [...store.list(TRAIL_BUCKET, { prefix: '', after: '', now: Infinity })];
  return all.filter(({ key }) => key.includes('/CloudTrail/'));
}

function cut(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, random.int(0, bytes.length - 1));
}

function broken(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  // Behind the header of gzip, which holds nothing that matters.
  const at = random.int(12, copy.length - 9);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}
