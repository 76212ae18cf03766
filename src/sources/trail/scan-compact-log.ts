import { endOfString, isBlank } from '../content/json-signs.js';

/**
 * Finds the records with the wanted event names in the bytes of a log file as CloudTrail writes it, and returns their text.
 * Returns null when anything is unusual; the caller then walks the file byte by byte. What is returned is exactly what
 * a full parse would give, because
 * - an unescaped `{"` cannot stand inside a string, so every `},{"eventVersion":` is a border between two objects;
 * - no list inside a record holds an object that begins with `{"eventVersion":` (proved below, bracket by bracket), so each of
 *   those borders is one between two records;
 * - no escaped ASCII letter occurs, so a name cannot hide.
 */
export function scanCompactLog(bytes: Buffer, names: ReadonlySet<string>): string[] | null {
  const end = endOfRecords(bytes);
  if (end === null || hasEscapedLetter(bytes)) return null;
  const wanted = [...names].map((name) => Buffer.from(`${name}"`));
  const slices: string[] = [];
  let border = 0;
  for (let at = bytes.indexOf(NAME_END); at >= 0; at = bytes.indexOf(NAME_END, at)) {
    const isKey = isEventName(bytes, at);
    at += NAME_END.length;
    if (!isKey || !isWanted(bytes, at, wanted)) continue;
    const before = bytes.lastIndexOf(BORDER, at);
    const start = before < 0 ? HEAD_BYTES_BEFORE_RECORD : before + 2;
    const after = bytes.indexOf(BORDER, at);
    border = after < 0 ? end : after + 1;
    slices.push(bytes.toString('utf8', start, border));
    at = border;
  }
  return slices.length === 0 || hasOnlyPlainLists(bytes, border) ? slices : null;
}

const HEAD = Buffer.from('{"Records":[{"eventVersion":');
const HEAD_BYTES_BEFORE_RECORD = '{"Records":['.length;
const BORDER = Buffer.from('},{"eventVersion":');
/**
 * The end of the key `eventName`; inside a string its quote would be escaped. Searching for a rare first letter is three times as
 * fast as for the whole key.
 */
const NAME_END = Buffer.from('Name"');
const ESCAPE = Buffer.from('\\u00');
const OBJECT_START = Buffer.from('{"eventVersion"');
const [QUOTE, BACKSLASH, COLON, COMMA, OPEN, LIST, UNLIST] = [34, 92, 58, 44, 123, 91, 93] as const;

/** Offset after the last record, when the file is `{"Records":[{"eventVersion":…}]}`. */
function endOfRecords(bytes: Buffer): number | null {
  if (bytes.length < HEAD.length || HEAD.compare(bytes, 0, HEAD.length) !== 0) return null;
  let end = bytes.length;
  while (isBlank(bytes[end - 1])) end -= 1;
  return bytes[end - 1] === 125 && bytes[end - 2] === UNLIST && bytes[end - 3] === 125 ? end - 2 : null;
}

/** Tells whether some `\u0041`–`\u007a` occurs; CloudTrail escapes only signs (`\u003d`, `\u0026`). */
function hasEscapedLetter(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(ESCAPE); at >= 0; at = bytes.indexOf(ESCAPE, at + ESCAPE.length)) {
    const digit = bytes[at + ESCAPE.length];
    if (digit !== undefined && digit >= 0x34 && digit <= 0x37) return true;
  }
  return false;
}

/** Tells whether `event` stands before the place. */
function isEventName(bytes: Buffer, at: number): boolean {
  return (
    bytes[at - 1] === 116 &&
    bytes[at - 2] === 110 &&
    bytes[at - 3] === 101 &&
    bytes[at - 4] === 118 &&
    bytes[at - 5] === 101
  );
}

/** Reads `: "<name>"` after the key. */
function isWanted(bytes: Buffer, after: number, names: readonly Buffer[]): boolean {
  let at = after;
  while (isBlank(bytes[at])) at += 1;
  if (bytes[at] !== COLON) return false;
  at += 1;
  while (isBlank(bytes[at])) at += 1;
  return bytes[at] === QUOTE && names.some((name) => standsAt(bytes, name, at + 1));
}

/** Compares in place: a native call costs more than the few bytes that differ. */
function standsAt(bytes: Buffer, text: Buffer, at: number): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text[index]) return false;
  return true;
}

/**
 * Proves that no list before `until`, but that of the records, holds an object that begins with `{"eventVersion"`.
 * False also when it cannot tell whether a bracket stands inside a string.
 */
function hasOnlyPlainLists(bytes: Buffer, until: number): boolean {
  let at = bytes.indexOf(LIST, HEAD_BYTES_BEFORE_RECORD);
  while (at >= 0 && at < until) {
    const kind = bracketAt(bytes, at);
    if (kind === 'unsure') return false;
    const next = kind === 'text' ? at + 1 : endOfPlainList(bytes, at + 1);
    if (next === null) return false;
    at = bytes.indexOf(LIST, next);
  }
  return true;
}

/**
 * Tells a bracket that opens a list from one inside a string, outside of any other list. A list in an object follows
 * `"<key>":`, whose quote is not escaped and closes a string.
 */
function bracketAt(bytes: Buffer, bracket: number): 'list' | 'text' | 'unsure' {
  let at = bracket - 1;
  while (isBlank(bytes[at])) at -= 1;
  if (bytes[at] === COMMA) return 'unsure';
  // After a bracket: the outer one would have been walked, had it opened a list.
  if (bytes[at] !== COLON) return 'text';
  at -= 1;
  while (isBlank(bytes[at])) at -= 1;
  if (bytes[at] !== QUOTE) return 'text';
  let slashes = 0;
  while (bytes[at - 1 - slashes] === BACKSLASH) slashes += 1;
  if (slashes % 2 === 1) return 'text';
  if (slashes > 0) return 'list';
  const last = bytes[at - 1];
  const mayOpenString = last === COLON || last === COMMA || last === OPEN || last === LIST || isBlank(last);
  return mayOpenString ? 'unsure' : 'list';
}

/** Offset after the list whose first item may begin at `from`; null when it holds what looks like a record. */
function endOfPlainList(bytes: Buffer, from: number): number | null {
  let depth = 1;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfString(bytes, at + 1);
    } else if (byte === LIST) depth += 1;
    else if (byte === UNLIST) {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (byte === OPEN && standsAt(bytes, OBJECT_START, at)) return null;
  }
  return null;
}
