import { gunzipMembers, isGzip } from './gunzip-members.js';
import { createJsonSplitter } from './json-splitter.js';

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
/** How base64 of gzip, of `{` and of `[` begins. */
const PACKED_START = /^\s*(?:H4sI|e[w-zA-Z0-9]|W[w-z0-9])/;
const BASE64 = /^[A-Za-z0-9+/_\s-]+={0,2}\s*$/;
/** The same inside a document's bytes, behind the quote of a string. */
export const PACKED_IN_DOCUMENT: readonly Buffer[] = ['"H4sI', '"ey', '"ew', '"W3', '"Ww', '"Wy'].map((start) =>
  Buffer.from(start),
);

/**
 * Makes an opener. `mayHold` tells whether a text names what is looked for, or hides it in escapes: other texts stay closed,
 * unless they are packed.
 */
export function createTextOpener(mayHold: (text: string) => boolean): TextOpener {
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
    if (!mayHold(text)) return holdsPacked(text) ? documentsIn(text) : null;
    if (layer > 0) hasSeen = true;
    return documentsIn(text);
  }

  /** Null for bytes that are no text of ours. */
  function unpack(bytes: Buffer, layer: number): string | null {
    if (!isGzip(bytes)) return bytes[0] === 0x7b || bytes[0] === 0x5b ? bytes.toString('utf8') : null;
    const unpacked = layer > MAX_LAYERS ? null : gunzipMembers(bytes, MAX_UNPACKED);
    if (unpacked === null || unpacked.fault !== null)
      fault = unpacked?.fault ?? `a packed text unpacks to more than ${MAX_UNPACKED} bytes, or is packed too often`;
    if (unpacked === null) return null;
    return isGzip(unpacked.bytes) ? unpack(unpacked.bytes, layer + 1) : unpacked.bytes.toString('utf8');
  }
}

function isPacked(text: string): boolean {
  return PACKED_START.test(text) && BASE64.test(text);
}

function holdsPacked(text: string): boolean {
  return /^\s*[[{]/.test(text) && /"(?:H4sI|e[wy]|W[3wy])/.test(text);
}

/** Places at which JSON is looked for behind a time, a host and the like. */
const STARTS = 8;

/** The JSON values in a text: all of it, several one after the other, or what stands behind the beginning of a line. */
export function documentsIn(text: string): readonly unknown[] | null {
  const start = text.search(/[[{]/);
  if (start < 0) return null;
  const whole = parsed(text.slice(start));
  if (whole !== undefined) return [whole];
  let at = start;
  for (let tries = 0; tries < STARTS && at >= 0; tries++) {
    const found = valuesFrom(text.slice(at));
    if (found.length > 0) return found;
    const next = text.slice(at + 1).search(/\{"|\[\{/);
    at = next < 0 ? -1 : at + 1 + next;
  }
  return null;
}

function valuesFrom(text: string): unknown[] {
  const splitter = createJsonSplitter({ lists: new Set(), maxValueBytes: MAX_UNPACKED });
  const bytes = Buffer.from(text);
  const values: unknown[] = [];
  for (const piece of [...splitter.push(bytes), ...splitter.end()]) {
    const value = piece.kind === 'value' ? parsed(piece.bytes.toString('utf8')) : undefined;
    if (value === undefined) break;
    if (typeof value === 'object') values.push(value);
  }
  return values;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
