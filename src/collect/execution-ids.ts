/** Ids of executions, to look up. */
export interface ExecutionIds {
  has(id: string): boolean;
  add(id: string): void;
  readonly size: number;
}

/** A UUID in lower case, as Athena's ids are (fact sheet 2.1). */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** 32-bit words an id. */
const WORDS = 4;
const FIRST_SLOTS = 1024;

/**
 * A set for millions of ids. A UUID takes 16 bytes in a table that is between three eighths and three quarters full; a `Set` of
 * texts takes some 100 bytes each. An id of another shape is kept as the text it is.
 */
export function createExecutionIds(): ExecutionIds {
  const others = new Set<string>();
  const words = new Uint32Array(WORDS);
  let table = new Uint32Array(FIRST_SLOTS * WORDS);
  let used = 0;
  return {
    has: (id) => (parse(id, words) ? isTaken(table, find(table, words)) : others.has(id)),
    add(id) {
      if (!parse(id, words)) {
        others.add(id);
        return;
      }
      const at = find(table, words);
      if (isTaken(table, at)) return;
      table.set(words, at);
      used++;
      if (used * 4 > (table.length / WORDS) * 3) table = grown(table);
    },
    get size() {
      return used + others.size;
    },
  };
}

/** Puts the id's words into `words`; false when it is no UUID, or the one of zeros, which marks a free slot. */
function parse(id: string, words: Uint32Array): boolean {
  if (!UUID.test(id)) return false;
  words[0] = Number.parseInt(id.slice(0, 8), 16);
  words[1] = Number.parseInt(id.slice(9, 13) + id.slice(14, 18), 16);
  words[2] = Number.parseInt(id.slice(19, 23) + id.slice(24, 28), 16);
  words[3] = Number.parseInt(id.slice(28), 16);
  return isTaken(words, 0);
}

/** Where the id is, or the free slot where it belongs. */
function find(table: Uint32Array, [a = 0, b = 0, c = 0, d = 0]: Uint32Array): number {
  const slots = table.length / WORDS;
  const mixed = Math.imul(
    a ^ Math.imul(b ^ Math.imul(c ^ Math.imul(d, 0x9e3779b1), 0x85ebca6b), 0xc2b2ae35),
    0x27d4eb2f,
  );
  let slot = (mixed ^ (mixed >>> 15)) & (slots - 1);
  for (;;) {
    const at = slot * WORDS;
    if (table[at] === a && table[at + 1] === b && table[at + 2] === c && table[at + 3] === d) return at;
    if (!isTaken(table, at)) return at;
    slot = (slot + 1) & (slots - 1);
  }
}

function isTaken(table: Uint32Array, at: number): boolean {
  return table[at] !== 0 || table[at + 1] !== 0 || table[at + 2] !== 0 || table[at + 3] !== 0;
}

function grown(table: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(table.length * 2);
  for (let at = 0; at < table.length; at += WORDS) {
    if (!isTaken(table, at)) continue;
    const words = table.subarray(at, at + WORDS);
    larger.set(words, find(larger, words));
  }
  return larger;
}
