/** Classes of ASCII characters; what is at least a letter can go on a word. */
export const SPACE = 1;
export const LETTER = 2;
export const DIGIT = 3;
export const DOLLAR = 4;
export const CLASSES = classes();
const PLACEHOLDER = /\{[a-z_][\w.]*\}/iy;
const RADIX = /0(?:x[0-9a-f_]+|o[0-7_]+|b[01_]+)(?![\p{L}\p{N}_$])/iuy;

export function endOfWord(source: string, start: number): number {
  let end = start + 1;
  while (end < source.length) {
    const code = source.charCodeAt(end);
    if (code < 128) {
      const type = CLASSES[code] ?? 0;
      if (type < LETTER || (type === DOLLAR && source.charCodeAt(end + 1) === 123)) break;
    } else if (isUnicodeSpace(code)) break;
    end++;
  }
  return end;
}

export function isWordPart(source: string, at: number): boolean {
  const code = source.charCodeAt(at);
  if (code === 36) return source.charCodeAt(at + 1) !== 123;
  return code < 128 ? (CLASSES[code] ?? 0) >= LETTER : !isUnicodeSpace(code);
}

export function isUnicodeSpace(code: number): boolean {
  if (code === 0xa0 || code === 0xfeff) return true;
  if (code < 0x1680) return false;
  return (code >= 0x2000 && code <= 0x200b) || [0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x2060, 0x3000].includes(code);
}

/** `X'65'`, `U&'…'` and `U&"…"` begin with a letter that is no name. */
export function isLiteralPrefix(source: string, at: number, letter: number): boolean {
  if (letter === 120) return source[at] === "'";
  return letter === 117 && source[at] === '&' && (source[at + 1] === "'" || source[at + 1] === '"');
}

/** `{table}` of a format string that was never formatted; `{2,3}` is the quantifier of a row pattern. */
export function isPlaceholder(source: string, start: number): boolean {
  PLACEHOLDER.lastIndex = start;
  return PLACEHOLDER.test(source);
}

/** `0xFF`, `0o17` and `0b11` are numbers; other words that begin with a digit may be names. */
export function isRadix(source: string, start: number): boolean {
  RADIX.lastIndex = start;
  return source.charCodeAt(start) === 48 && RADIX.test(source);
}

export function endOfNumber(source: string, start: number): number {
  let at = digits(source, start);
  if (source[at] === '.') at = digits(source, at + 1);
  if ((source.charCodeAt(at) | 32) === 101) {
    const sign = source[at + 1] === '-' || source[at + 1] === '+' ? 2 : 1;
    const end = digits(source, at + sign);
    if (end > at + sign) at = end;
  }
  return at;
}

function digits(source: string, start: number): number {
  let at = start;
  while (at < source.length && CLASSES[source.charCodeAt(at)] === DIGIT) at++;
  return at;
}

export function endOfSpace(source: string, start: number): number {
  let at = start;
  while (at < source.length && CLASSES[source.charCodeAt(at)] === SPACE) at++;
  return at;
}

export function endOfLine(source: string, start: number): number {
  let at = start;
  while (at < source.length && source.charCodeAt(at) !== 10 && source.charCodeAt(at) !== 13) at++;
  return at;
}

/** Index after the closing quote, or -1; a doubled quote is part of the text. */
export function endOfQuote(source: string, start: number, quote: string): number {
  let end = source.indexOf(quote, start + 1);
  while (end !== -1 && source[end + 1] === quote) end = source.indexOf(quote, end + 2);
  return end === -1 ? -1 : end + 1;
}

/** As `endOfQuote`, and a backslash takes its follower into the text. */
export function endOfEscapedQuote(source: string, start: number, quote: string): number {
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at];
    if (character === '\\') at++;
    else if (character === quote) {
      if (source[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return -1;
}

function classes(): Uint8Array {
  const table = new Uint8Array(128);
  // Control characters separate like spaces: they reach Athena in pasted text.
  for (let code = 0; code <= 32; code++) table[code] = SPACE;
  table[127] = SPACE;
  for (let code = 48; code <= 57; code++) table[code] = DIGIT;
  for (let code = 65; code <= 90; code++) {
    table[code] = LETTER;
    table[code + 32] = LETTER;
  }
  table[95] = LETTER;
  table[36] = DOLLAR;
  return table;
}
