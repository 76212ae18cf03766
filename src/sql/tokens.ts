import {
  CLASSES,
  DIGIT,
  endOfEscapedQuote,
  endOfLine,
  endOfNumber,
  endOfQuote,
  endOfWord,
  isLiteralPrefix,
  isPlaceholder,
  isRadix,
  isUnicodeSpace,
  isWordPart,
  LETTER,
  SPACE,
} from './characters.js';
import { keywordOf, STRING_WORDS } from './keywords.js';
import { HIVE, PLAIN, stringsAfter } from './string-form.js';

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
const TEMPLATE_CLOSERS = new Map([
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
  ['${', '}'],
]);

/** A text, and how far it is cut. */
interface Cutting {
  readonly source: string;
  /** The source in lower case where that has the same length, else empty. One pass for all is much cheaper than one a word. */
  readonly lower: string;
  readonly kinds: number[];
  readonly texts: string[];
  readonly starts: number[];
  readonly ends: number[];
  readonly partners: Map<number, number>;
  readonly comments: Comment[];
  /** Indexes of `(` without partners so far. */
  readonly open: number[];
  /** Ends of templates that the rest of the text does not have. */
  readonly missingClosers: string[];
  isClosed: boolean;
  hasTemplate: boolean;
  /** How strings are written here. */
  strings: number;
  /** False once a string only closed without escapes: the text does not use them, and is not searched to its end again. */
  mayEscape: boolean;
}

/**
 * Cuts SQL of Athena (Trino and Hive DDL) into tokens in one pass: it never throws, never looks back, and what is not
 * closed runs to the end of the text. Comments are kept aside.
 */
export function tokenize(source: string): Tokens {
  const lower = source.toLowerCase();
  const cutting: Cutting = {
    source,
    // Some letters change their length.
    lower: lower.length === source.length ? lower : '',
    kinds: [],
    texts: [],
    starts: [],
    ends: [],
    partners: new Map(),
    comments: [],
    open: [],
    missingClosers: [],
    isClosed: true,
    hasTemplate: false,
    strings: PLAIN,
    mayEscape: true,
  };
  for (let at = 0; at < source.length; ) {
    const code = source.charCodeAt(at);
    const type = code < 128 ? CLASSES[code] : isUnicodeSpace(code) ? SPACE : LETTER;
    if (type === SPACE) at++;
    else if (type === LETTER) at = cutWord(cutting, at);
    else if (type === DIGIT) at = cutNumber(cutting, at);
    else at = cutSign(cutting, at, code);
  }
  const { kinds, texts, starts, ends, partners, comments } = cutting;
  const isWhole = cutting.isClosed && cutting.open.length === 0 && !cutting.hasTemplate;
  return { source, kinds, texts, starts, ends, partners, comments, isWhole };
}

/** Adds a token; returns where it ends. */
function add(cutting: Cutting, kind: number, text: string, start: number, end: number): number {
  cutting.kinds.push(kind);
  cutting.texts.push(text);
  cutting.starts.push(start);
  cutting.ends.push(end);
  return end;
}

function cutNumber(cutting: Cutting, start: number): number {
  const { source } = cutting;
  const end = endOfNumber(source, start);
  if (end === source.length || !isWordPart(source, end)) return add(cutting, NUMBER, '', start, end);
  return isRadix(source, start) ? add(cutting, NUMBER, '', start, endOfWord(source, start)) : cutWord(cutting, start);
}

function cutWord(cutting: Cutting, start: number): number {
  const { source, lower } = cutting;
  const end = endOfWord(source, start);
  if (end === start + 1) {
    const letter = source.charCodeAt(start) | 32;
    if (isLiteralPrefix(source, end, letter)) return cutQuoted(cutting, start, letter === 120 ? end : end + 1);
  }
  const text = lower === '' ? source.slice(start, end).toLowerCase() : lower.slice(start, end);
  const keyword = keywordOf(text);
  if (keyword === undefined) return add(cutting, WORD, text, start, end);
  if (STRING_WORDS.has(keyword)) cutting.strings = stringsAfter(keyword, cutting, end);
  return add(cutting, KEYWORD, keyword, start, end);
}

/** Cuts a string or a quoted name; the quote may stand behind a prefix. */
function cutQuoted(cutting: Cutting, start: number, quoteAt: number): number {
  const { source, strings, mayEscape } = cutting;
  const quote = source.charAt(quoteAt);
  const isEscaped = strings !== PLAIN && mayEscape && quote !== '`';
  let end = isEscaped ? endOfEscapedQuote(source, quoteAt, quote) : -1;
  if (isEscaped && end === -1) cutting.mayEscape = false;
  if (end === -1) end = endOfQuote(source, quoteAt, quote);
  const innerEnd = end === -1 ? source.length : end - 1;
  if (end === -1) {
    cutting.isClosed = false;
    end = source.length;
  }
  if (quote === "'" || (quote === '"' && strings === HIVE)) return add(cutting, STRING, '', start, end);
  const inner = source.slice(quoteAt + 1, innerEnd);
  const name = inner.includes(quote) ? inner.replaceAll(quote + quote, quote) : inner;
  return add(cutting, QUOTED, `"${name.toLowerCase()}`, start, end);
}

function cutSign(cutting: Cutting, at: number, code: number): number {
  const { source } = cutting;
  switch (code) {
    case 34: // "
    case 39: // '
    case 96: // `
      return cutQuoted(cutting, at, at);
    case 63: // ?
      return add(cutting, PARAMETER, '?', at, at + 1);
    case 45: // -
      return source.charCodeAt(at + 1) === 45
        ? cutComment(cutting, at, endOfLine(source, at))
        : cutMark(cutting, at, code);
    case 47: // /
      return source.charCodeAt(at + 1) === 42
        ? cutComment(cutting, at, source.indexOf('*/', at + 2) + 2)
        : cutMark(cutting, at, code);
    case 46: // .
      return startsNumber(cutting, at) ? cutNumber(cutting, at) : cutMark(cutting, at, code);
    case 36: // $
    case 123: // {
      return cutTemplate(cutting, at, code);
    default:
      return cutMark(cutting, at, code);
  }
}

/** `end` is 1 where the text holds no end. */
function cutComment(cutting: Cutting, start: number, end: number): number {
  const { source, comments, kinds } = cutting;
  if (end === 1) cutting.isClosed = false;
  const closed = end === 1 ? source.length : end;
  comments.push({ start, end: closed, before: kinds.length });
  return closed;
}

/** Cuts a place that a program has not filled; without one, `$` begins a word. */
function cutTemplate(cutting: Cutting, start: number, code: number): number {
  const { source, missingClosers } = cutting;
  let end = -1;
  const closer = TEMPLATE_CLOSERS.get(source.slice(start, start + 2));
  if (closer !== undefined && !missingClosers.includes(closer)) {
    const closerAt = source.indexOf(closer, start + 2);
    if (closerAt !== -1) end = closerAt + closer.length;
    else {
      missingClosers.push(closer);
      cutting.isClosed = false;
    }
  }
  if (end === -1 && code === 36) return cutWord(cutting, start);
  if (end === -1 && isPlaceholder(source, start)) end = source.indexOf('}', start) + 1;
  if (end === -1) return cutMark(cutting, start, code);
  cutting.hasTemplate = true;
  return add(cutting, TEMPLATE, source.slice(start, end), start, end);
}

function cutMark(cutting: Cutting, at: number, code: number): number {
  const { open, kinds } = cutting;
  if (code === 40) open.push(kinds.length);
  else if (code === 41) {
    const partner = open.pop();
    if (partner === undefined) cutting.isClosed = false;
    else cutting.partners.set(partner, kinds.length);
  } else if (code === 59) cutting.strings = PLAIN;
  return add(cutting, MARK, MARKS[code] ?? '', at, at + 1);
}

/** `.5` is a number, but in `a.5b` the dot belongs to the name before it. */
function startsNumber({ source, kinds, ends }: Cutting, dot: number): boolean {
  if (CLASSES[source.charCodeAt(dot + 1)] !== DIGIT) return false;
  const last = kinds.length - 1;
  return last < 0 || ends[last] !== dot || (kinds[last] ?? MARK) > TEMPLATE;
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
