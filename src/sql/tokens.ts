export const WORD = 1;
/** A word that means something to the scanner; it may still be a name. */
export const KEYWORD = 2;
export const QUOTED = 3;
export const TEMPLATE = 4;
export const STRING = 5;
export const NUMBER = 6;
export const PARAMETER = 7;
export const MARK = 8;

/** Tokens as parallel lists, because a text of 256 KB has up to 262,144 of them. */
export interface Tokens {
  readonly source: string;
  readonly kinds: readonly number[];
  /** Words in lower case, marks as they are, empty for literals; quoted names begin with `"`, so no word equals them. */
  readonly texts: readonly string[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** For `(` the index of its `)`; -1 for every other token. */
  readonly partners: readonly number[];
  readonly comments: readonly Comment[];
  /** False when a quote, comment, template or parenthesis is not closed. */
  readonly closed: boolean;
}

export interface Comment {
  readonly start: number;
  readonly end: number;
  /** Index of the token that follows. */
  readonly before: number;
}

const OTHER = 0;
const SPACE = 1;
const LETTER = 2;
const DIGIT = 3;
const CLASSES = classes();
const MARKS = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const UNICODE_SPACE = /[\s\u200b\u2060\ufeff]/;
const KEYWORDS = new Map(
  (
    'all alter analyze and any array as at begin between by call cast comment commit create cross database databases ' +
    'deallocate default delete deny desc describe distinct drop else end escape except execute exists explain extended ' +
    'external false fetch for formatted from full function grant group having if ignore immediate in inner insert ' +
    'intersect into is join lateral left like limit location merge msck natural not null offset on optimize or order ' +
    'outer over overwrite partition prepare qualify recursive refresh rename replace reset returns revoke right ' +
    'rollback select set show start table then to true truncate uncache union unload unnest update use using vacuum ' +
    'values verbose view when where window with'
  )
    .split(' ')
    .map((word) => [word, word]),
);
/** Words that only Hive DDL has: what follows them in the statement escapes with `\` and quotes strings with `"`. */
const HIVE_WORDS = new Set(['serde', 'serdeproperties', 'tblproperties', 'dbproperties', 'delimited']);
const TEMPLATE_CLOSERS = new Map([
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
  ['${', '}'],
]);

/**
 * Cuts SQL of Athena (Trino and Hive DDL) into tokens in one pass: it never throws, never looks back, and what is not
 * closed runs to the end of the text. Comments are kept aside.
 */
export function tokenize(source: string): Tokens {
  const kinds: number[] = [];
  const texts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const partners: number[] = [];
  const comments: Comment[] = [];
  const open: number[] = [];
  const missingClosers = new Set<string>();
  const length = source.length;
  let closed = true;
  let hiveStrings = false;
  let hiveEscapes = false;
  let at = 0;

  function push(kind: number, text: string, start: number, end: number): void {
    kinds.push(kind);
    texts.push(text);
    starts.push(start);
    ends.push(end);
    partners.push(-1);
    at = end;
  }

  /** Index after the closing quote; a doubled quote is part of the text, and so is `\` and its follower in Hive DDL. */
  function endOfQuote(from: number, quote: string): number {
    if (hiveEscapes && quote !== '`') {
      const end = endOfEscapedQuote(source, from, quote.charCodeAt(0));
      if (end !== -1) return end;
      // Trino strings know no escapes: a lone backslash before the quote was no Hive text.
      hiveEscapes = false;
    }
    let end = from + 1;
    for (;;) {
      end = source.indexOf(quote, end);
      if (end === -1) {
        closed = false;
        return length;
      }
      if (source[end + 1] !== quote) return end + 1;
      end += 2;
    }
  }

  function quotedName(start: number, quote: string): void {
    const end = endOfQuote(start, quote);
    const inner = source.slice(start + 1, end > start + 1 && source[end - 1] === quote ? end - 1 : end);
    const name = inner.includes(quote) ? inner.replaceAll(quote + quote, quote) : inner;
    push(QUOTED, `"${name.toLowerCase()}`, start, end);
  }

  function word(start: number): void {
    let end = start + 1;
    while (end < length && isWordPart(source, end)) end++;
    const first = source.charCodeAt(start) | 32;
    if (end === start + 1 && isLiteralPrefix(source, end, first)) {
      const quoteAt = first === 120 ? end : end + 1;
      if (source[quoteAt] === '"') quotedName(quoteAt, '"');
      else push(STRING, '', start, endOfQuote(quoteAt, "'"));
      return;
    }
    const text = source.slice(start, end).toLowerCase();
    const keyword = KEYWORDS.get(text);
    if (keyword !== undefined) {
      if (keyword === 'external' && texts.at(-1) === 'create') hiveEscapes = true;
      push(KEYWORD, keyword, start, end);
      return;
    }
    if (HIVE_WORDS.has(text)) {
      hiveEscapes = true;
      hiveStrings = true;
    }
    push(WORD, text, start, end);
  }

  function number(start: number): void {
    const end = endOfNumber(source, start);
    if (end < length && isWordPart(source, end)) word(start);
    else push(NUMBER, '', start, end);
  }

  function comment(start: number, end: number): void {
    comments.push({ start, end, before: kinds.length });
    at = end;
  }

  /** Pushes `{{ … }}`, `{% … %}`, `{# … #}` and `${…}` whole. */
  function template(start: number): boolean {
    const opener = source.slice(start, start + 2);
    const closer = TEMPLATE_CLOSERS.get(opener);
    if (closer === undefined || missingClosers.has(closer)) return false;
    const end = source.indexOf(closer, start + 2);
    if (end === -1) {
      missingClosers.add(closer);
      closed = false;
      return false;
    }
    push(TEMPLATE, source.slice(start, end + closer.length), start, end + closer.length);
    return true;
  }

  function mark(start: number, code: number): void {
    const index = kinds.length;
    push(MARK, MARKS[code] ?? '', start, start + 1);
    if (code === 40) open.push(index);
    else if (code === 41) {
      const partner = open.pop();
      if (partner === undefined) closed = false;
      else partners[partner] = index;
    } else if (code === 59) {
      hiveEscapes = false;
      hiveStrings = false;
    }
  }

  while (at < length) {
    const code = source.charCodeAt(at);
    const kind = code < 128 ? CLASSES[code] : UNICODE_SPACE.test(source.charAt(at)) ? SPACE : LETTER;
    if (kind === SPACE) at++;
    else if (kind === LETTER) {
      if (code !== 36 || !template(at)) word(at);
    } else if (kind === DIGIT) number(at);
    else if (code === 39) push(STRING, '', at, endOfQuote(at, "'"));
    else if (code === 34 && hiveStrings) push(STRING, '', at, endOfQuote(at, '"'));
    else if (code === 34) quotedName(at, '"');
    else if (code === 96) quotedName(at, '`');
    else if (code === 45 && source.charCodeAt(at + 1) === 45) {
      comment(at, endOfLine(source, at));
    } else if (code === 47 && source.charCodeAt(at + 1) === 42) {
      const end = source.indexOf('*/', at + 2);
      if (end === -1) closed = false;
      comment(at, end === -1 ? length : end + 2);
    } else if (code === 63) push(PARAMETER, '?', at, at + 1);
    else if (code === 46 && startsNumber(at)) number(at);
    else if (code !== 123 || !template(at)) mark(at, code);
  }
  return { source, kinds, texts, starts, ends, partners, comments, closed: closed && open.length === 0 };

  /** `.5` is a number, but in `a.5b` the dot belongs to the name before it. */
  function startsNumber(dot: number): boolean {
    if (CLASSES[source.charCodeAt(dot + 1)] !== DIGIT) return false;
    const last = kinds.length - 1;
    return last < 0 || ends[last] !== dot || (kinds[last] ?? MARK) > TEMPLATE;
  }
}

/** Tells whether the token can be a part of a name. */
export function isName(kind: number | undefined): boolean {
  return kind !== undefined && kind <= TEMPLATE;
}

/** The name that the token writes: lower case, without quotes. */
export function nameAt({ kinds, texts }: Tokens, at: number): string {
  const text = texts[at] ?? '';
  return kinds[at] === QUOTED ? text.slice(1) : text;
}

function isWordPart(source: string, at: number): boolean {
  const code = source.charCodeAt(at);
  if (code === 36) return source.charCodeAt(at + 1) !== 123;
  return code < 128 ? (CLASSES[code] ?? OTHER) >= LETTER : !UNICODE_SPACE.test(source.charAt(at));
}

/** `X'65'`, `U&'…'` and `U&"…"` begin with a letter that is no name. */
function isLiteralPrefix(source: string, at: number, letter: number): boolean {
  if (letter === 120) return source[at] === "'";
  return letter === 117 && source[at] === '&' && (source[at + 1] === "'" || source[at + 1] === '"');
}

function endOfNumber(source: string, start: number): number {
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

function endOfLine(source: string, start: number): number {
  let at = start;
  while (at < source.length && source.charCodeAt(at) !== 10 && source.charCodeAt(at) !== 13) at++;
  return at;
}

function endOfEscapedQuote(source: string, start: number, quote: number): number {
  for (let at = start + 1; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === 92) at++;
    else if (code === quote) {
      if (source.charCodeAt(at + 1) !== quote) return at + 1;
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
  table[36] = LETTER;
  return table;
}
