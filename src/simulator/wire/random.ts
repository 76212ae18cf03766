/** A stream of chance that depends on its seed alone. */
export interface Random {
  /** In `[0, 1)`. */
  next(): number;
  /** A whole number, both bounds included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
  /** A positive number whose logarithm is normal: half of the values lie below `median`. */
  lognormal(median: number, sigma: number): number;
}

/** Makes a stream from any number of parts; equal parts give equal streams (sfc32, seeded by hashing). */
export function createRandom(...parts: readonly (number | string)[]): Random {
  let a = hash(...parts, 1);
  let b = hash(...parts, 2);
  let c = hash(...parts, 3);
  let counter = 1;
  const uint = () => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return t >>> 0;
  };
  const next = () => uint() / 4_294_967_296;
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]): T => {
      const item = list[Math.floor(next() * list.length)];
      if (item === undefined) throw new Error('cannot pick from an empty list');
      return item;
    },
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += (uint() + 0x1_0000_0000).toString(16).slice(1);
      return text.slice(0, digits);
    },
    lognormal: (median, sigma) => {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(sigma * normal);
    },
  };
}

/** Hashes numbers and strings to 32 bits (FNV-1a over the parts, then an avalanche). */
export function hash(...parts: readonly (number | string)[]): number {
  let state = 0x811c9dc5;
  for (const part of parts) {
    if (typeof part === 'number') {
      state = Math.imul(state ^ (part | 0), 0x01000193);
      state = Math.imul(state ^ (Math.floor(part / 4_294_967_296) | 0), 0x01000193);
      state = mix(state);
    } else {
      for (let i = 0; i < part.length; i++) state = Math.imul(state ^ part.charCodeAt(i), 0x01000193);
      state = mix(state ^ part.length);
    }
  }
  return mix(state) >>> 0;
}

/** A UUID for the n-th thing of a space; `numberOfUuid` finds n again, so a million ids need no index. */
export function uuidOf(space: number, n: number): string {
  const first = permute(n, space);
  const second = (hash(space, first, 1) & 0xffff_0fff) | 0x4000;
  const third = (hash(space, first, 2) & 0x3fff_ffff) | 0x8000_0000;
  const fourth = hash(space, first, 3);
  return `${hex8(first)}-${HEX4[second >>> 16]}-${HEX4[second & 0xffff]}-${HEX4[third >>> 16]}-${HEX4[third & 0xffff]}${hex8(fourth)}`;
}

/** Finds the number behind a UUID of this space, null when it is from elsewhere. */
export function numberOfUuid(space: number, uuid: string): number | null {
  if (!/^[0-9a-f]{8}-/.test(uuid)) return null;
  const n = unpermute(Number.parseInt(uuid.slice(0, 8), 16), space);
  return uuidOf(space, n) === uuid ? n : null;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An identifier as IAM makes them (`AROA…`, `AKIA…`): the prefix and 17 (ids) or 16 (keys) letters and digits. */
export function iamIdOf(prefix: string, space: number, n: number | string): string {
  const length = prefix === 'ASIA' || prefix === 'AKIA' ? 16 : 17;
  let text = prefix;
  for (let i = 0; text.length < prefix.length + length; i++) {
    let word = hash(space, prefix, n, i);
    for (let k = 0; k < 6 && text.length < prefix.length + length; k++) {
      text += BASE32.charAt(word & 31);
      word >>>= 5;
    }
  }
  return text;
}

const HEX4 = Array.from({ length: 0x1_0000 }, (_, word) => (word + 0x1_0000).toString(16).slice(1));

function hex8(word: number): string {
  return `${HEX4[word >>> 16]}${HEX4[word & 0xffff]}`;
}

function mix(word: number): number {
  let x = word;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** A Feistel network: every number below 2^32 maps to exactly one other. */
function permute(n: number, key: number): number {
  let left = n >>> 16;
  let right = n & 0xffff;
  for (let round = 0; round < 4; round++) {
    [left, right] = [right, left ^ (mix(right ^ Math.imul(key, round + 1)) & 0xffff)];
  }
  return ((left << 16) | right) >>> 0;
}

function unpermute(word: number, key: number): number {
  let left = word >>> 16;
  let right = word & 0xffff;
  for (let round = 3; round >= 0; round--) {
    [left, right] = [right ^ (mix(left ^ Math.imul(key, round + 1)) & 0xffff), left];
  }
  return ((left << 16) | right) >>> 0;
}
