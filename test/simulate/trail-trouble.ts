import { gunzipSync } from 'node:zlib';
import type { ReportStore } from '../../src/ports/report-store.js';
import type { StoredObject } from '../../src/simulator/services/s3-store.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import type { Random } from '../../src/simulator/wire/random.js';

/** The bucket that CloudTrail fills, and the one to which it is copied to be tampered with. */
export const TRAIL_BUCKET = 'trail';

/** A trail in S3 of which some log files are damaged for a while. */
export interface TrailTrouble {
  /** When a start event can be read from some file that is whole; infinite while there is none. */
  visibleAt(eventId: string): number;
  /** Puts the damaged files right. */
  repair(): void;
  /** Damaged files that were there at an instant, and of which the tree keeps no reject. */
  untold(store: ReportStore, at: number): Promise<string[]>;
}

/** Damages some of the log files: cuts them, or breaks their bytes. */
export function troubleTrail({ store, clock }: Simulator, { random, count }: TroubleOptions): TrailTrouble {
  const files = logFiles(store);
  const visible = new Map<string, number>();
  const damaged = new Map<string, StoredObject>();
  const put = (object: StoredObject) => {
    const { etag: _, ...draft } = object;
    store.put(TRAIL_BUCKET, draft, { ifMatch: undefined, ifNoneMatch: undefined });
  };
  const see = ({ bytes, lastModified }: StoredObject, at = lastModified) => {
    for (const id of eventIdsIn(bytes)) visible.set(id, Math.min(visible.get(id) ?? Infinity, at));
  };
  for (const file of files) {
    if (!random.chance(DAMAGED_SHARE)) {
      see(file);
      continue;
    }
    count();
    damaged.set(file.key, file);
    put({ ...file, bytes: random.chance(0.5) ? cut(file.bytes, random) : broken(file.bytes, random) });
  }
  return {
    visibleAt: (eventId) => visible.get(eventId) ?? Infinity,
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
      return [...damaged.values()]
        .filter((file) => file.lastModified <= at && !told.some((note) => note.includes(file.key)))
        .map(({ key }) => `${key} is damaged, and nobody was told`);
    },
  };
}

interface TroubleOptions {
  readonly random: Random;
  readonly count: () => void;
}

const DAMAGED_SHARE = 0.08;

/** Log files of management events, delivered or yet to come. */
export function logFiles(store: Simulator['store']): StoredObject[] {
  const all = [...store.list(TRAIL_BUCKET, { prefix: '', after: '', now: Infinity })];
  return all.filter(({ key }) => key.includes('/CloudTrail/'));
}

function eventIdsIn(bytes: Buffer): string[] {
  const { Records } = JSON.parse(gunzipSync(bytes).toString()) as { Records: readonly { eventID: string }[] };
  return Records.map(({ eventID }) => eventID);
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
