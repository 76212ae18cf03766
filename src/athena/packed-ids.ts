import { formatId, parseId } from './id-table.js';

/** Ids in their order, 16 bytes each where all are UUIDs in lower case. */
export type PackedIds = Uint32Array | readonly string[];

/** Packs ids, for those that wait by the million. */
export function packIds(ids: readonly string[]): PackedIds {
  const packed = new Uint32Array(ids.length * 4);
  for (const [index, id] of ids.entries()) {
    const words = parseId(id);
    if (!words) return ids;
    packed.set(words, index * 4);
  }
  return packed;
}

/** Gives the ids back as they were. */
export function unpackIds(packed: PackedIds): readonly string[] {
  if (!(packed instanceof Uint32Array)) return packed;
  return Array.from({ length: packed.length / 4 }, (_, index) => {
    const [a = 0, b = 0, c = 0, d = 0] = packed.subarray(index * 4, index * 4 + 4);
    return formatId([a, b, c, d]);
  });
}
