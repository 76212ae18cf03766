import { createHash } from 'node:crypto';
import type { RepeatedRows } from '../findings/facts.js';
import type { ScratchSpace } from '../ports/scratch-space.js';
import type { ReportFormat } from '../record/manifest.js';

/** Finds ids that stand in rows of several hours, of whatever tree, in bounded memory. */
export interface RowIds {
  /** Begins an hour: returns what takes the ids of its rows, each once. */
  of(name: string, reportKey: string, format: ReportFormat): (id: string) => void;
  /** Compares all ids; `idsOf` reads those of an hour again, of the few hours that matter. */
  repeated(idsOf: (report: ReportPlace) => AsyncIterable<string>): Promise<RepeatedRows[]>;
}

/** A report to read again. */
export interface ReportPlace {
  readonly key: string;
  readonly format: ReportFormat;
}

/** Bytes of an entry: 40 bits of the id's hash, which with those of its partition are 48, and 32 bits for its hour. */
const ENTRY_BYTES = 9;
const PARTITIONS = 256;
/** Entries held before they go to the scratch space: 36 to 72 MB. */
const HELD_ENTRIES = 4_000_000;
/** Repeated ids that are told: who has more has doubled a whole tree. */
const MOST_REPEATED = 200_000;
/** Ids kept to be shown. */
const IDS_KEPT = 5;

/**
 * Keeps nine bytes of each row, in partitions by the hash of its id. What exceeds the memory set aside goes to the scratch space,
 * and one partition after the other is sorted: of 100 million rows each has 4 MB. A hash proves nothing: the hours that share
 * one are read again, and their ids are compared.
 */
export function createRowIds(scratch: ScratchSpace, { heldEntries = HELD_ENTRIES } = {}): RowIds {
  const hours: (ReportPlace & { readonly name: string })[] = [];
  const partitions = Array.from({ length: PARTITIONS }, () => createEntries());
  const spilled = new Set<number>();
  let held = 0;
  const spill = () => {
    for (const [index, partition] of partitions.entries()) {
      if (partition.length === 0) continue;
      scratch.append(`ids-${index}`, partition.take());
      spilled.add(index);
    }
    held = 0;
  };
  const suspects = function* (): Generator<Suspect> {
    for (const [index, partition] of partitions.entries()) {
      const bytes = partition.take();
      const all = spilled.has(index) ? Buffer.concat([scratch.read(`ids-${index}`), bytes]) : bytes;
      for (const { hash, hours } of repeatedIn(all)) yield { hash: index * 2 ** 40 + hash, hours };
    }
  };
  return {
    of(name, key, format) {
      const hour = hours.push({ name, key, format }) - 1;
      return (id) => {
        const [low, high] = hashOf(id);
        partitions[high >>> 24]?.add(low, high & 0xff, hour);
        held++;
        if (held >= heldEntries) spill();
      };
    },
    async repeated(idsOf) {
      const met = new Set<number>();
      const hashes = new Set<number>();
      for (const suspect of suspects()) {
        if (hashes.size >= MOST_REPEATED) break;
        hashes.add(suspect.hash);
        for (const hour of suspect.hours) met.add(hour);
      }
      const places = new Map<string, number[]>();
      for (const hour of [...met].sort((a, b) => a - b)) {
        const report = hours[hour];
        if (!report) continue;
        for await (const id of idsOf(report)) {
          const [low, high] = hashOf(id);
          if (!hashes.has((high >>> 24) * 2 ** 40 + (high & 0xff) * 2 ** 32 + low)) continue;
          const known = places.get(id);
          if (known === undefined) places.set(id, [hour]);
          else if (known.at(-1) !== hour) known.push(hour);
        }
      }
      return groupsOf(places, (hour) => hours[hour]?.name ?? '');
    },
  };
}

/** Ids that stand in the same hours are told together. */
function groupsOf(places: ReadonlyMap<string, readonly number[]>, nameOf: (hour: number) => string): RepeatedRows[] {
  const groups = new Map<string, { readonly hours: readonly number[]; readonly ids: string[] }>();
  for (const [id, hours] of places) {
    if (hours.length < 2) continue;
    const group = groups.get(hours.join());
    if (group) group.ids.push(id);
    else groups.set(hours.join(), { hours, ids: [id] });
  }
  return [...groups.values()].map(({ hours, ids }) => {
    ids.sort();
    const hash = createHash('sha256');
    for (const id of ids) hash.update(`${id}\n`);
    return {
      hours: hours.map(nameOf),
      count: ids.length,
      ids: ids.slice(0, IDS_KEPT),
      hash: hash.digest('hex'),
    };
  });
}

/** A hash that ids of several hours have. */
interface Suspect {
  readonly hash: number;
  readonly hours: Iterable<number>;
}

function* repeatedIn(bytes: Buffer): Generator<Suspect> {
  const count = bytes.length / ENTRY_BYTES;
  const hashes = new Float64Array(count);
  for (let at = 0; at < count; at++) hashes[at] = bytes.readUIntLE(at * ENTRY_BYTES, 5);
  const sorted = hashes.slice().sort();
  const doubled = new Map<number, Set<number>>();
  for (let at = 1; at < count; at++) {
    const hash = sorted[at];
    if (hash !== undefined && hash === sorted[at - 1]) doubled.set(hash, new Set());
  }
  if (doubled.size === 0) return;
  for (const [at, hash] of hashes.entries()) doubled.get(hash)?.add(bytes.readUInt32LE(at * ENTRY_BYTES + 5));
  for (const [hash, hours] of doubled) if (hours.size > 1) yield { hash, hours };
}

interface Entries {
  readonly length: number;
  add(low: number, high: number, hour: number): void;
  /** The bytes so far; it is empty afterwards. */
  take(): Buffer;
}

function createEntries(): Entries {
  let bytes = Buffer.alloc(0);
  let used = 0;
  return {
    get length() {
      return used;
    },
    add(low, high, hour) {
      if (used === bytes.length) {
        const grown = Buffer.alloc(Math.max(64 * ENTRY_BYTES, bytes.length * 2));
        bytes.copy(grown, 0, 0, used);
        bytes = grown;
      }
      bytes.writeUInt32LE(low, used);
      bytes.writeUInt8(high, used + 4);
      bytes.writeUInt32LE(hour, used + 5);
      used += ENTRY_BYTES;
    },
    take() {
      const taken = bytes.subarray(0, used);
      bytes = Buffer.alloc(0);
      used = 0;
      return taken;
    },
  };
}

/** Two FNV-1a hashes of 32 bits, the second finished by mixing so that its high bits depend on every letter. */
function hashOf(id: string): readonly [number, number] {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let at = 0; at < id.length; at++) {
    const letter = id.charCodeAt(at);
    low = Math.imul(low ^ letter, 0x01000193);
    high = Math.imul(high ^ letter, 0x85ebca6b) + at;
  }
  high = Math.imul(high ^ (high >>> 16), 0xc2b2ae35);
  return [low >>> 0, (high ^ (high >>> 15)) >>> 0];
}
