/** Four 32-bit words: an id that is a UUID. */
export type IdWords = readonly [number, number, number, number];

/** A table of ids, by open addressing: an id lies in its slot or in the first free one after it. */
export interface IdTable {
  readonly slots: number;
  readonly size: number;
  /** Slot of the id; -1 when it is not there. */
  find(id: IdWords): number;
  /** Slot of the id, which is there from now on. */
  put(id: IdWords): number;
  /** Tells that the next id belongs into a larger table. */
  isFull(): boolean;
  /** Every id with its slot, in no order that means anything. */
  entries(): Iterable<{ readonly words: IdWords; readonly slot: number }>;
}

const FIRST_SLOTS = 1024;
/** A UUID in lower case, as Athena's ids are. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Reads an id; null when it is no UUID in lower case, or the one of zeros, which marks a free slot. */
export function parseId(id: string): IdWords | null {
  if (!UUID.test(id)) return null;
  const word = (hex: string) => Number.parseInt(hex, 16);
  const a = word(id.slice(0, 8));
  const b = word(id.slice(9, 13) + id.slice(14, 18));
  const c = word(id.slice(19, 23) + id.slice(24, 28));
  const d = word(id.slice(28));
  return a === 0 && b === 0 && c === 0 && d === 0 ? null : [a, b, c, d];
}

/** Writes an id as `parseId` reads it. */
export function formatId(words: IdWords): string {
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Makes a table with a power of two of slots, 16 bytes each, outside of the garbage-collected heap: millions of texts in a map
 * would make every collection wait longer.
 */
export function createIdTable(slots = FIRST_SLOTS): IdTable {
  const words = new Uint32Array(slots * 4);
  let size = 0;
  /** The id's slot, or the free one where it belongs. */
  const seek = ([a, b, c, d]: IdWords) => {
    // Ids that somebody chose may differ in few bits only.
    const mixed =
      Math.imul(Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b) ^ c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f);
    for (let slot = (mixed ^ (mixed >>> 15)) & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const at = slot * 4;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return slot;
      if (isFree(slot)) return slot;
    }
  };
  const isFree = (slot: number) => {
    const at = slot * 4;
    return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0;
  };
  return {
    slots,
    get size() {
      return size;
    },
    find(id) {
      const slot = seek(id);
      return isFree(slot) ? -1 : slot;
    },
    put(id) {
      const slot = seek(id);
      if (isFree(slot)) size++;
      words.set(id, slot * 4);
      return slot;
    },
    isFull: () => size >= slots * 0.75,
    *entries() {
      for (let slot = 0; slot < slots; slot++) {
        if (isFree(slot)) continue;
        const at = slot * 4;
        yield { slot, words: [words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, words[at + 3] ?? 0] };
      }
    },
  };
}
