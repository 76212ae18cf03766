import {
  CLASSES,
  DIGIT,
  endOfEscapedQuote,
  endOfLine,
  endOfNumber,
  endOfQuote,
  endOfSpace,
  endOfWord,
  isLiteralPrefix,
  isPlaceholder,
  isRadix,
  isUnicodeSpace,
  isWordPart,
  LETTER,
  SPACE,
} from './characters.js';

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
  /** The index of the `)` that belongs to the `(` at an index. */
  readonly partners: ReadonlyMap<number, number>;
  readonly comments: readonly Comment[];
  /** False when a quote, comment or parenthesis is not closed, or a template not filled. */
  readonly isWhole: boolean;
}

export interface Comment {
  readonly start: number;
  readonly end: number;
  /** Index of the token that follows. */
  readonly before: number;
}

const MARKS = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
/** Words of Hive DDL: where they stand as there, what follows in the statement escapes with `\` and quotes with `"`. */
const HIVE_WORDS = ['serde', 'serdeproperties', 'tblproperties', 'dbproperties', 'delimited'];
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
    .concat(...HIVE_WORDS)
    .map((word) => [word, word]),
);
/** How strings are written where the text stands. */
const PLAIN = 0;
/** With `\` before quotes until AS or WITH shows that this CREATE TABLE is Trino's. */
const ESCAPED_DDL = 1;
const ESCAPED = 2;
/** Escaped, and `"` quotes strings too. */
const HIVE = 3;
const STRING_WORDS = new Set(HIVE_WORDS.concat('table', 'database', 'external'));
const LONGEST_KEYWORD = 15;
/** Which lengths and first letters keywords have: most names can be told apart without looking them up. */
const KEYWORD_SHAPES = shapes();
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
  const partners = new Map<number, number>();
  const comments: Comment[] = [];
  const open: number[] = [];
  const missingClosers: string[] = [];
  const length = source.length;
  // One pass for the whole text is much cheaper than one a word; some letters change their length, though.
  const lower = source.toLowerCase();
  const isAligned = lower.length === length;
  let isClosed = true;
  let hasTemplate = false;
  let strings = PLAIN;
  let mayEscape = true;
  let at = 0;

  while (at < length) {
    const code = source.charCodeAt(at);
    const type = code < 128 ? CLASSES[code] : isUnicodeSpace(code) ? SPACE : LETTER;
    if (type === SPACE) {
      at++;
      continue;
    }
    const start = at;
    let kind = MARK;
    let text = '';
    let end = start + 1;
    let quote = '';

    if (type === DIGIT || (code === 46 && startsNumber(source, kinds, ends, start))) {
      end = endOfNumber(source, start);
      kind = end < length && isWordPart(source, end) ? WORD : NUMBER;
      if (kind === WORD && isRadix(source, start)) {
        end = endOfWord(source, start);
        kind = NUMBER;
      }
    } else if (type === LETTER) kind = WORD;
    else if (code === 39) quote = "'";
    else if (code === 34) quote = '"';
    else if (code === 96) quote = '`';
    else if (code === 63) kind = PARAMETER;
    else if ((code === 45 && source.charCodeAt(at + 1) === 45) || (code === 47 && source.charCodeAt(at + 1) === 42)) {
      end = code === 45 ? endOfLine(source, at) : source.indexOf('*/', at + 2) + 2;
      if (end === 1) {
        isClosed = false;
        end = length;
      }
      comments.push({ start, end, before: kinds.length });
      at = end;
      continue;
    } else if (code === 123 || code === 36) {
      const closer = TEMPLATE_CLOSERS.get(source.slice(start, start + 2));
      if (closer !== undefined && !missingClosers.includes(closer)) {
        const closerAt = source.indexOf(closer, start + 2);
        if (closerAt === -1) {
          missingClosers.push(closer);
          isClosed = false;
        } else {
          kind = TEMPLATE;
          end = closerAt + closer.length;
          hasTemplate = true;
        }
      }
      if (kind === MARK && code === 36) kind = WORD;
      if (kind === MARK && isPlaceholder(source, start)) {
        kind = TEMPLATE;
        end = source.indexOf('}', start) + 1;
        hasTemplate = true;
      }
    }

    let quoteAt = start;
    if (kind === WORD) {
      end = endOfWord(source, start);
      if (end === start + 1 && isLiteralPrefix(source, end, code | 32)) {
        quoteAt = (code | 32) === 120 ? end : end + 1;
        quote = source.charAt(quoteAt);
      } else {
        text = isAligned ? lower.slice(start, end) : source.slice(start, end).toLowerCase();
        const keyword = mayBeKeyword(end - start, code) ? KEYWORDS.get(text) : undefined;
        if (keyword !== undefined) {
          kind = KEYWORD;
          text = keyword;
          if (STRING_WORDS.has(keyword)) strings = stringsAfter(keyword, texts.at(-1), source, end, strings);
          else if (strings === ESCAPED_DDL && (keyword === 'as' || keyword === 'with')) strings = PLAIN;
        }
      }
    }
    if (quote !== '') {
      const isEscaped = strings !== PLAIN && mayEscape && quote !== '`';
      end = isEscaped ? endOfEscapedQuote(source, quoteAt, quote) : -1;
      // A string that only closes without escapes: the text does not use them, and is not searched to its end again.
      if (isEscaped && end === -1) mayEscape = false;
      if (end === -1) end = endOfQuote(source, quoteAt, quote);
      if (end === -1) isClosed = false;
      const innerEnd = end === -1 ? length : end - 1;
      end = end === -1 ? length : end;
      if (quote === "'" || (quote === '"' && strings === HIVE)) kind = STRING;
      else {
        kind = QUOTED;
        const inner = source.slice(quoteAt + 1, innerEnd);
        text = `"${(inner.includes(quote) ? inner.replaceAll(quote + quote, quote) : inner).toLowerCase()}`;
      }
    } else if (kind === MARK) {
      text = MARKS[code] ?? '';
      if (code === 40) open.push(kinds.length);
      else if (code === 41) {
        const partner = open.pop();
        if (partner === undefined) isClosed = false;
        else partners.set(partner, kinds.length);
      } else if (code === 59) {
        strings = PLAIN;
      }
    } else if (kind === TEMPLATE) text = source.slice(start, end);
    else if (kind === PARAMETER) text = '?';

    kinds.push(kind);
    texts.push(text);
    starts.push(start);
    ends.push(end);
    at = end;
  }
  const isWhole = isClosed && open.length === 0 && !hasTemplate;
  return { source, kinds, texts, starts, ends, partners, comments, isWhole };
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

function stringsAfter(
  keyword: string,
  before: string | undefined,
  source: string,
  end: number,
  strings: number,
): number {
  switch (keyword) {
    case 'external':
      return before === 'create' ? Math.max(strings, ESCAPED) : strings;
    case 'table':
    case 'database':
      if (before === 'alter') return Math.max(strings, ESCAPED);
      return before === 'create' ? Math.max(strings, ESCAPED_DDL) : strings;
    // They may be names elsewhere: `SELECT serde FROM "tables"`.
    case 'serde':
    case 'delimited':
      return before === 'format' ? HIVE : strings;
    default:
      return before !== 'as' && source.charCodeAt(endOfSpace(source, end)) === 40 ? HIVE : strings;
  }
}

function mayBeKeyword(length: number, firstCode: number): boolean {
  return length <= LONGEST_KEYWORD && KEYWORD_SHAPES[length * 32 + (firstCode & 31)] === 1;
}

/** `.5` is a number, but in `a.5b` the dot belongs to the name before it. */
function startsNumber(source: string, kinds: readonly number[], ends: readonly number[], dot: number): boolean {
  if (CLASSES[source.charCodeAt(dot + 1)] !== DIGIT) return false;
  const last = kinds.length - 1;
  return last < 0 || ends[last] !== dot || (kinds[last] ?? MARK) > TEMPLATE;
}

function shapes(): Uint8Array {
  const table = new Uint8Array((LONGEST_KEYWORD + 1) * 32);
  for (const word of KEYWORDS.keys()) table[word.length * 32 + (word.charCodeAt(0) & 31)] = 1;
  return table;
}
