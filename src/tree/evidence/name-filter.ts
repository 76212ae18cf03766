import type { LinkName } from '../../identity/chain/link-names.js';

/** Tells of most names that a part does not hold them, without keeping them: a few bytes for each line. */
export interface NameFilter {
  add(name: LinkName): void;
  /** False: it was not added. True: it may have been. */
  mayHold(name: LinkName): boolean;
}

/** Bits for each compressed byte of a part: a link takes some hundred bytes and has four names, so a name gets ten bits. */
const BITS_A_BYTE = 0.4;

/** Makes a filter for a part of this many compressed bytes. */
export function createNameFilter(bytes: number): NameFilter {
  const power = Math.min(30, Math.max(12, Math.ceil(Math.log2(bytes * BITS_A_BYTE + 1))));
  const mask = 2 ** power - 1;
  const words = new Int32Array(2 ** (power - 5));
  const isSet = (bit: number) => ((words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  const set = (bit: number) => {
    words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31));
  };
  return {
    add(name) {
      set(name & mask);
      set(second(name) & mask);
    },
    mayHold: (name) => isSet(name & mask) && isSet(second(name) & mask),
  };
}

/** Other bits of the same name. */
function second(name: LinkName): number {
  return Math.imul(name ^ (name >>> 15), 0x9e3779b1) >>> 1;
}
