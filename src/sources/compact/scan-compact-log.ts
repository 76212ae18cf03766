import { isBlank, SIGN, standsAt } from '../content/json-signs.js';
import { hasOnlyPlainLists } from './plain-lists.js';

/**
 * Finds the records with the wanted event names in the bytes of a log file as CloudTrail writes it, and returns where they stand.
 * Returns null when anything is unusual; the caller then walks the file byte by byte. Their texts are exactly what
 * a full parse would give, because
 * - an unescaped `{"` cannot stand inside a string, so every `},{"eventVersion":` is a border between two objects;
 * - no list inside a record holds an object that begins with `{"eventVersion":` (proved below, bracket by bracket), so each of
 *   those borders is one between two records;
 * - no escaped ASCII letter occurs, so a name cannot hide.
 */
export function scanCompactLog(bytes: Buffer, names: ReadonlySet<string>): Span[] | null {
  const end = endOfRecords(bytes);
  if (end === null || hasEscapedLetter(bytes)) return null;
  const spans: Span[] = [];
  const { sign, isWanted } = searchFor(names);
  // From the end on: so the engine looks for the last byte of the sign, which is a rare one.
  for (let at = bytes.lastIndexOf(sign); at > 0; at = bytes.lastIndexOf(sign, at - 1)) {
    if (!isWanted(bytes, at)) continue;
    const start = borderBefore(bytes, at) ?? HEAD_BYTES_BEFORE_RECORD;
    spans.push({ start, end: borderBehind(bytes, at) ?? end });
    at = start;
  }
  const last = spans[0];
  return last === undefined || hasOnlyPlainLists(bytes, HEAD_BYTES_BEFORE_RECORD, last.end) ? spans.reverse() : null;
}

/** Where the text of a record stands in the bytes of its file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const HEAD = Buffer.from('{"Records":[{"eventVersion":');
const HEAD_BYTES_BEFORE_RECORD = '{"Records":['.length;
const BORDER = Buffer.from('},{"eventVersion":');
const BORDER_BEFORE_SIGN = '},{"event'.length;
const BEFORE_BORDER_START = '},'.length;
const VERSION = Buffer.from('Version');
/** The beginning of what a border holds behind `},{"`, up to a rare byte. */
const BORDER_SIGN = Buffer.from('eventV');
const BEFORE_BORDER_SIGN = '},{"'.length;
const ESCAPE = Buffer.from('\\u00');
const KEY = Buffer.from('eventName"');
const START_VALUE = Buffer.from('StartQueryExecution"');

/** Offset after the last record, when the file is `{"Records":[{"eventVersion":…}]}`. */
function endOfRecords(bytes: Buffer): number | null {
  if (bytes.length < HEAD.length || HEAD.compare(bytes, 0, HEAD.length) !== 0) return null;
  let end = bytes.length;
  while (isBlank(bytes[end - 1])) end -= 1;
  return bytes[end - 1] === SIGN.close && bytes[end - 2] === SIGN.unlist && bytes[end - 3] === SIGN.close
    ? end - 2
    : null;
}

/** Tells whether some `\u0041`–`\u007a` occurs; CloudTrail escapes only signs (`\u003d`, `\u0026`). */
function hasEscapedLetter(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(ESCAPE); at >= 0; at = bytes.indexOf(ESCAPE, at + ESCAPE.length)) {
    const digit = bytes[at + ESCAPE.length];
    if (digit !== undefined && digit >= 0x34 && digit <= 0x37) return true;
  }
  return false;
}

/** What is looked for, and which of the places where it stands is the key `eventName` with a wanted name behind it. */
interface Search {
  /** Seven bytes at most, the last a rare one: found several times as fast as a longer text, or one that ends otherwise. */
  readonly sign: Buffer;
  isWanted(bytes: Buffer, at: number): boolean;
}

/** Made once for the names of a scan, not for each of its files. */
const searches = new WeakMap<ReadonlySet<string>, Search>();

function searchFor(names: ReadonlySet<string>): Search {
  const known = searches.get(names);
  if (known) return known;
  const isStartsOnly = names.size === 1 && names.has('StartQueryExecution');
  const made = isStartsOnly ? START_SEARCH : searchByKey(names);
  searches.set(names, made);
  return made;
}

/** By the one name: records of other names need not be stopped at. */
const START_SEARCH: Search = {
  sign: Buffer.from('StartQ'),
  isWanted(bytes, at) {
    if (bytes[at - 1] !== SIGN.quote || !standsAt(bytes, START_VALUE, at)) return false;
    let key = at - 2;
    while (isBlank(bytes[key])) key -= 1;
    if (bytes[key] !== SIGN.colon) return false;
    key -= 1;
    while (isBlank(bytes[key])) key -= 1;
    return standsAt(bytes, KEY, key + 1 - KEY.length);
  },
};

/** By the key, once a record; the quote that ends it would be escaped inside a string. */
function searchByKey(names: ReadonlySet<string>): Search {
  const byFirst: Buffer[][] = Array.from({ length: 256 }, () => []);
  for (const name of names) byFirst[name.charCodeAt(0)]?.push(Buffer.from(`${name}"`));
  return {
    sign: Buffer.from('eventN'),
    isWanted(bytes, key) {
      if (!standsAt(bytes, KEY, key)) return false;
      let at = key + KEY.length;
      while (isBlank(bytes[at])) at += 1;
      if (bytes[at] !== SIGN.colon) return false;
      at += 1;
      while (isBlank(bytes[at])) at += 1;
      if (bytes[at] !== SIGN.quote) return false;
      for (const name of byFirst[bytes[at + 1] ?? 0] ?? []) if (standsAt(bytes, name, at + 1)) return true;
      return false;
    },
  };
}

/** Where the record begins in which `at` lies, when a border stands before it. */
function borderBefore(bytes: Buffer, at: number): number | null {
  for (let sign = bytes.lastIndexOf(BORDER_SIGN, at); sign > 0; sign = bytes.lastIndexOf(BORDER_SIGN, sign - 1)) {
    const border = sign - BEFORE_BORDER_SIGN;
    if (standsAt(bytes, BORDER, border)) return border + BEFORE_BORDER_START;
  }
  return null;
}

/** The end of the record in which `at` lies, when a border follows. */
function borderBehind(bytes: Buffer, at: number): number | null {
  for (let sign = bytes.indexOf(VERSION, at); sign >= 0; sign = bytes.indexOf(VERSION, sign + VERSION.length)) {
    const border = sign - BORDER_BEFORE_SIGN;
    if (border >= at && standsAt(bytes, BORDER, border)) return border + 1;
  }
  return null;
}
