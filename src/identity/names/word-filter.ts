/**
 * A set of words kept in a text, six bits a letter (a Bloom filter): a word that was put in is always found, and of the others one in
 * some hundred. A text, for it is read where it stands: nothing is unpacked before the first word is looked up.
 */
export type WordFilter = string;

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-';
const BITS_A_WORD = 10;
const PROBES = 7;

/** Tells whether a word was put into the filter. Lower case, as it was put in. */
export function mayHold(filter: WordFilter, word: string): boolean {
  return probesOf(word, filter.length * 6).every(
    (bit) => ((digitOf(filter.charCodeAt(Math.floor(bit / 6))) >> (bit % 6)) & 1) === 1,
  );
}

/** Puts words into a new filter. */
export function filterOf(words: ReadonlySet<string>): WordFilter {
  const values = new Uint8Array(Math.ceil((words.size * BITS_A_WORD) / 6));
  for (const word of words) {
    for (const bit of probesOf(word, values.length * 6)) {
      const at = Math.floor(bit / 6);
      values[at] = (values[at] ?? 0) | (1 << (bit % 6));
    }
  }
  return [...values].map((value) => DIGITS[value]).join('');
}

/** Two hashes of 32 bits (FNV-1a, the second from another start and odd), stepped over the bits. */
function probesOf(word: string, bits: number): number[] {
  const first = hashOf(word, 0x811c9dc5);
  const step = hashOf(word, 0x9747b28c) | 1;
  return Array.from({ length: PROBES }, (_, at) => ((first + Math.imul(step, at)) >>> 0) % bits);
}

function hashOf(word: string, start: number): number {
  let hash = start;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** What a letter of `DIGITS` stands for. */
function digitOf(code: number): number {
  if (code >= 97) return code - 71;
  if (code >= 65) return code - 65;
  if (code >= 48) return code + 4;
  return code === 43 ? 62 : 63;
}
