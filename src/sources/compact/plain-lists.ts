import { isBlank, isPlain, SIGN, standsAt } from '../content/json-signs.js';

const OBJECT_START = Buffer.from('{"eventVersion"');

/**
 * Proves of JSON that no list that begins between two offsets holds an object that begins with `{"eventVersion"`. `from` lies outside of
 * any list but the one that reaches to the end. False also when it cannot tell whether a bracket stands inside a string.
 */
export function hasOnlyPlainLists(bytes: Buffer, from: number, until: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = bytes.indexOf(SIGN.list, from);
  while (at >= 0 && at < until) {
    const kind = bracketAt(bytes, at);
    if (kind === 'unsure') return false;
    const next = kind === 'text' ? at + 1 : endOfPlainList(bytes, view, at + 1);
    if (next === null) return false;
    at = bytes.indexOf(SIGN.list, next);
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
  if (bytes[at] === SIGN.comma) return 'unsure';
  // After a bracket: the outer one would have been walked, had it opened a list.
  if (bytes[at] !== SIGN.colon) return 'text';
  at -= 1;
  while (isBlank(bytes[at])) at -= 1;
  if (bytes[at] !== SIGN.quote) return 'text';
  let slashes = 0;
  while (bytes[at - 1 - slashes] === SIGN.backslash) slashes += 1;
  if (slashes % 2 === 1) return 'text';
  if (slashes > 0) return 'list';
  return mayStandBeforeString(bytes[at - 1]) ? 'unsure' : 'list';
}

/** Offset after the list whose first item may begin at `from`; null when it holds what looks like a record. */
function endOfPlainList(bytes: Buffer, view: DataView, from: number): number | null {
  const end = endOfSimpleList(bytes, view, from);
  return end === UNSURE ? endOfAnyList(bytes, view, from) : end;
}

const UNSURE = -1;

/**
 * As `endOfAnyList`, by the few signs that matter: texts are stepped over four bytes at a time with all that is between them. `UNSURE` where
 * there is an escape, or a bracket that does not follow the end of a text at once (`"…":[`, `"…"}]`).
 */
function endOfSimpleList(bytes: Buffer, view: DataView, from: number): number | null {
  const length = bytes.length;
  let depth = 1;
  for (let at = from; at < length; ) {
    while (at + 4 <= length && hasNoSign(view.getInt32(at))) at += 4;
    for (const stop = Math.min(at + 4, length); at < stop; at += 1) {
      const byte = bytes[at];
      if (byte === SIGN.open) {
        if (standsAt(bytes, OBJECT_START, at)) return null;
      } else if (byte === SIGN.backslash) return UNSURE;
      else if (byte === SIGN.list) {
        if (bytes[at - 1] !== SIGN.colon || !endsText(bytes, at - 2, from)) return UNSURE;
        depth += 1;
      } else if (byte === SIGN.unlist) {
        let before = at - 1;
        while (bytes[before] === SIGN.close || bytes[before] === SIGN.unlist) before -= 1;
        if (!endsText(bytes, before, from)) return UNSURE;
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
  }
  return UNSURE;
}

/** True of four bytes among which is no `[`, `]`, `{` or `\`, nor one of twelve other bytes that differ from them in two bits. */
function hasNoSign(four: number): boolean {
  const signs = (four & 0xd8d8d8d8) ^ 0x58585858;
  return ((signs - 0x01010101) & ~signs & 0x80808080) === 0;
}

/** Tells, where no escape stands from `from` on, whether a quote is there that surely ends a string: none can begin where it stands. */
function endsText(bytes: Buffer, at: number, from: number): boolean {
  const before = bytes[at - 1];
  return at > from && bytes[at] === SIGN.quote && before !== SIGN.quote && !mayStandBeforeString(before);
}

function mayStandBeforeString(byte: number | undefined): boolean {
  return byte === SIGN.colon || byte === SIGN.comma || byte === SIGN.open || byte === SIGN.list || isBlank(byte);
}

/** Offset after the list whose first item may begin at `from`, text by text; null when it holds what looks like a record. */
function endOfAnyList(bytes: Buffer, view: DataView, from: number): number | null {
  const length = bytes.length;
  let depth = 1;
  for (let at = from; at < length; at += 1) {
    const byte = bytes[at];
    if (byte === SIGN.quote) {
      // In place: a call for each of these short strings takes twice the time.
      for (at += 1; at < length && bytes[at] !== SIGN.quote; at += 1) {
        if (bytes[at] === SIGN.backslash) at += 1;
        else while (at + 5 <= length && isPlain(view.getInt32(at + 1))) at += 4;
      }
    } else if (byte === SIGN.list) depth += 1;
    else if (byte === SIGN.unlist) {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (byte === SIGN.open && standsAt(bytes, OBJECT_START, at)) return null;
  }
  return null;
}
