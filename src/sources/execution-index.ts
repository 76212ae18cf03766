/** Where executions lie, by id. */
export interface ExecutionIndex {
  readonly size: number;
  get(id: string): number | undefined;
  /** Notes a place, 0 or more; a later one replaces it. */
  set(id: string, at: number): void;
  /** Every id once, in no order that means anything. */
  ids(): Iterable<string>;
  clear(): void;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const FREE = -1;
const FIRST_SLOTS = 1024;

/**
 * Makes an index for millions of ids: Athena's are UUIDs, which take 24 bytes outside of the garbage-collected heap (a map of
 * strings takes a hundred, and makes every collection wait longer). Ids of any other form are kept in a map.
 */
export function createExecutionIndex(): ExecutionIndex {
  const others = new Map<string, number>();
  let table = emptyTable(FIRST_SLOTS);
  let used = 0;

  return {
    get size() {
      return used + others.size;
    },
    get(id) {
      if (!UUID.test(id)) return others.get(id);
      const at = table.places[slotOf(table, wordsOf(id))];
      return at === undefined || at === FREE ? undefined : at;
    },
    set(id, at) {
      if (!UUID.test(id)) {
        others.set(id, at);
        return;
      }
      if (used >= table.places.length * 0.75) table = grown(table);
      if (put(table, wordsOf(id), at)) used++;
    },
    *ids() {
      for (let slot = 0; slot < table.places.length; slot++)
        if (table.places[slot] !== FREE) yield textOf(table.words.subarray(slot * 4, slot * 4 + 4));
      yield* others.keys();
    },
    clear() {
      table = emptyTable(FIRST_SLOTS);
      used = 0;
      others.clear();
    },
  };
}

/** Open addressing: an id lies in its slot or in the first free one after it. */
interface Table {
  /** Four words an id. */
  readonly words: Uint32Array;
  readonly places: Float64Array;
}

function emptyTable(slots: number): Table {
  return { words: new Uint32Array(slots * 4), places: new Float64Array(slots).fill(FREE) };
}

function grown(old: Table): Table {
  const table = emptyTable(old.places.length * 2);
  for (const [slot, at] of old.places.entries())
    if (at !== FREE) put(table, old.words.subarray(slot * 4, slot * 4 + 4), at);
  return table;
}

/** Tells whether the id is new. */
function put(table: Table, words: Uint32Array, at: number): boolean {
  const slot = slotOf(table, words);
  const isNew = table.places[slot] === FREE;
  table.words.set(words, slot * 4);
  table.places[slot] = at;
  return isNew;
}

function slotOf({ words, places }: Table, id: Uint32Array): number {
  const mask = places.length - 1;
  const [a = 0, b = 0, c = 0, d = 0] = id;
  // Ids that somebody chose may differ in few bits only.
  const mixed =
    Math.imul(Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b) ^ c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f);
  for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
    const at = slot * 4;
    const isOwn = words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d;
    if (places[slot] === FREE || isOwn) return slot;
  }
}

function wordsOf(id: string): Uint32Array {
  const hex = id.replaceAll('-', '');
  return Uint32Array.from([0, 8, 16, 24], (from) => Number.parseInt(hex.slice(from, from + 8), 16));
}

function textOf(words: Uint32Array): string {
  const hex = [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
