import { inflateSync } from 'node:zlib';
import { formatOf } from './format.js';
import { gunzipMembers, isGzip } from './gunzip-members.js';
import { createJsonSplitter } from './json-splitter.js';
import type { Piece } from './pieces.js';

/** Opens texts inside documents; remembers what it could not open. */
export interface TextOpener {
  /** The values in a text; null where it holds none, or none that can be wanted. */
  open(text: string): readonly unknown[] | null;
  /** Tells whether some text that was opened since the last asking names a wanted event. */
  takeSight(): boolean;
  /** What was packed and damaged since the last asking. */
  takeFault(): string | null;
}

/** A record has more than this many characters. */
const SHORTEST = 40;
const MAX_UNPACKED = 64 * 2 ** 20;
const MAX_LAYERS = 4;
/** How base64 of gzip, of zlib and `{`, of `[`, of zstd, bzip2 and zip begins. */
const PACKED_START = /^\s*(?:H4sI|e[w-zA-Z0-9]|W[w-z0-9]|KLUv|Qlpo|UEsD)/;
const BASE64 = /^[A-Za-z0-9+/_\s-]+={0,2}\s*$/;
/** The same inside a document's bytes, behind the quote of a string. */
export const PACKED_IN_DOCUMENT: readonly Buffer[] = [
  ...['"H4sI', '"ey', '"ew', '"W3', '"Ww', '"Wy', '"eJ', '"eA', '"KLUv', '"Qlpo', '"UEsD'],
].map((start) => Buffer.from(start));

/**
 * Makes an opener. `mayHold` tells whether a text names what is looked for, or hides it in escapes: other texts stay closed,
 * unless they are packed.
 */
export function createTextOpener(
  mayHold: (text: string) => boolean,
  /** Tells whether a text names what is looked for as it stands. */
  holdsName: (text: string) => boolean,
): TextOpener {
  let hasSeen = false;
  let fault: string | null = null;
  return {
    open: (text) => open(text, 0),
    takeSight() {
      const seen = hasSeen;
      hasSeen = false;
      return seen;
    },
    takeFault() {
      const taken = fault;
      fault = null;
      return taken;
    },
  };

  function open(text: string, layer: number): readonly unknown[] | null {
    if (text.length < SHORTEST || layer > MAX_LAYERS) return null;
    if (isPacked(text)) {
      const unpacked = unpack(Buffer.from(text, 'base64'), 0);
      return unpacked === null ? null : open(unpacked, layer + 1);
    }
    const isNamed = mayHold(text);
    if (!isNamed && !holdsPacked(text)) return null;
    if (isNamed && layer > 0) hasSeen = true;
    const documents = documentsIn(text);
    if (documents !== null && holdsName(documents.rest))
      fault = 'words beside its documents name an event that is looked for';
    return documents?.values ?? null;
  }

  function plain(bytes: Buffer): string | null {
    if (bytes[0] === 0x7b || bytes[0] === 0x5b) return bytes.toString('utf8');
    const { kind } = formatOf(bytes);
    if (kind === 'zstd' || kind === 'bzip2' || kind === 'zip')
      fault = `a packed text in it: it is packed with ${kind}, which is not read inside a document`;
    return bytes[0] === 0x78 ? inflated(bytes) : null;
  }

  /** Null for bytes that are no text of ours. */
  function unpack(bytes: Buffer, layer: number): string | null {
    if (!isGzip(bytes)) return plain(bytes);
    const unpacked = layer > MAX_LAYERS ? null : gunzipMembers(bytes, MAX_UNPACKED);
    if (unpacked === null || unpacked.fault !== null)
      fault = unpacked?.fault
        ? `a packed text in it: ${unpacked.fault}`
        : `a packed text unpacks to more than ${MAX_UNPACKED} bytes, or is packed too often`;
    if (unpacked === null) return null;
    return isGzip(unpacked.bytes) ? unpack(unpacked.bytes, layer + 1) : unpacked.bytes.toString('utf8');
  }
}

/** Null for what only begins like zlib. */
function inflated(bytes: Buffer): string | null {
  try {
    return inflateSync(bytes, { maxOutputLength: MAX_UNPACKED }).toString('utf8');
  } catch {
    return null;
  }
}

function isPacked(text: string): boolean {
  return PACKED_START.test(text) && BASE64.test(text);
}

function holdsPacked(text: string): boolean {
  return /^\s*[[{]/.test(text) && /"(?:H4sI|e[wyJA]|W[3wy]|KLUv|Qlpo|UEsD)/.test(text);
}

/** Places without a value at which JSON is looked for behind a time, a host and the like, one after the other. */
const STARTS = 64;

/** What of a text is JSON. */
export interface Documents {
  readonly values: readonly unknown[];
  /** What stands before, between and behind the values. */
  readonly rest: string;
}

/** The JSON values in a text: all of it, several one after the other, or what stands before, between and behind other words. */
export function documentsIn(text: string): Documents | null {
  const start = text.search(/[[{]/);
  if (start < 0) return null;
  const whole = parsed(text.slice(start));
  if (whole !== undefined) return { values: [whole], rest: text.slice(0, start) };
  const bytes = Buffer.from(text);
  const values: unknown[] = [];
  const rest: Buffer[] = [];
  let end = 0;
  let tries = 0;
  /** Bytes looked at, some of them from several places: a hostile text has a place at every sign. */
  let looked = 0;
  for (
    let at = nextStart(bytes, Buffer.byteLength(text.slice(0, start)));
    at >= 0 && tries < STARTS && looked <= STARTS * bytes.length;
  ) {
    const found = valuesFrom(bytes.subarray(at));
    looked += found.looked;
    if (found.values.length > 0) {
      values.push(...found.values);
      rest.push(bytes.subarray(end, at));
      end = at + found.length;
      tries = 0;
    } else tries += 1;
    at = nextStart(bytes, Math.max(end, at + 1));
  }
  rest.push(bytes.subarray(end));
  return values.length > 0 ? { values, rest: Buffer.concat(rest).toString('utf8') } : null;
}

/** Where the next object, or list of objects, may begin; -1 where none does. */
function nextStart(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x7b || byte === 0x5b) return at;
  }
  return -1;
}

/** Bytes that are given to the splitter first: where words follow a value, little more than the value is looked at. */
const FIRST_BYTES = 1024;

/** Values one after the other from the beginning of the bytes, how many bytes they take, and how many were looked at. */
function valuesFrom(bytes: Buffer): {
  readonly values: readonly unknown[];
  readonly length: number;
  readonly looked: number;
} {
  const splitter = createJsonSplitter({ lists: new Set(), maxValueBytes: MAX_UNPACKED });
  const values: unknown[] = [];
  let length = 0;
  /** False when what follows is no value. */
  const take = (pieces: readonly Piece[]) =>
    pieces.every((piece) => {
      const value = piece.kind === 'value' ? parsed(piece.bytes.toString('utf8')) : undefined;
      if (value === undefined) return false;
      if (typeof value === 'object') values.push(value);
      length = piece.offset + piece.bytes.length;
      return true;
    });
  for (let from = 0, size = FIRST_BYTES; from < bytes.length; from += size, size *= 2) {
    if (!take(splitter.push(bytes.subarray(from, from + size)))) return { values, length, looked: from + size };
  }
  take(splitter.end());
  return { values, length, looked: bytes.length };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
