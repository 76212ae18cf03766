import type { SqlAnalysis } from './analysis.js';
import type { Tokens } from './tokens.js';

const NONE: readonly string[] = [];

/**
 * The comments before the first and behind the last token of a statement, and of the query that it wraps: libraries and drivers put CREATE
 * TABLE AS, UNLOAD, PREPARE, EXPLAIN, CREATE VIEW or INSERT around the text that a tool signed. In the order of the text, so
 * the outer comment stands first before the query, and last behind it. A last `;` belongs to neither side.
 */
export function outerComments(tokens: Tokens): Pick<SqlAnalysis, 'leadingComments' | 'trailingComments'> {
  const { texts, comments, source } = tokens;
  if (comments.length === 0) return { leadingComments: NONE, trailingComments: NONE };
  let first = 0;
  let last = texts.length;
  while (first < last && texts[first] === ';') first++;
  while (last > first && texts[last - 1] === ';') last--;
  const starts = new Set<number>();
  const ends = new Set<number>();
  for (let part: Part | null = { first, last }; part; part = wrappedIn(tokens, part)) {
    if (part.first > first) starts.add(part.first);
    if (part.last < last) ends.add(part.last);
  }
  const raw = ({ start, end }: { start: number; end: number }): string => source.slice(start, end);
  return {
    leadingComments: comments.filter(({ before }) => before <= first || starts.has(before)).map(raw),
    trailingComments: comments
      .filter(({ before }) => before > first && !starts.has(before) && (before >= last || ends.has(before)))
      .map(raw),
  };
}

/** Tokens `first` to `last - 1`. */
interface Part {
  readonly first: number;
  readonly last: number;
}

const MODIFIERS = new Set(['or', 'replace', 'external', 'protected', 'multi', 'dialect', 'temporary', 'temp']);

/** What a statement wraps, one layer in; null when it wraps nothing. */
function wrappedIn(tokens: Tokens, { first, last }: Part): Part | null {
  const { texts, partners } = tokens;
  switch (texts[first]) {
    case '(': {
      const end = partners.get(first);
      // `CREATE TABLE t AS ( … ) WITH NO DATA`.
      const isWhole = end === last - 1 || (end !== undefined && texts[end + 1] === 'with');
      return end !== undefined && isWhole ? { first: first + 1, last: end } : null;
    }
    case 'unload': {
      const end = texts[first + 1] === '(' ? partners.get(first + 1) : undefined;
      return end === undefined || end >= last ? null : { first: first + 2, last: end };
    }
    case 'prepare':
      return after(tokens, { first, last }, ['from']);
    case 'explain': {
      let at = first + 1;
      while (at < last && (texts[at] === 'analyze' || texts[at] === 'verbose')) at++;
      const options = texts[at] === '(' ? partners.get(at) : undefined;
      if (options !== undefined && /^(?:format|type)$/.test(texts[at + 1] ?? '')) at = options + 1;
      return at < last ? { first: at, last } : null;
    }
    case 'insert': {
      const query = firstOf(tokens, { first: first + 1, last }, ['select', 'with', 'values']);
      if (query !== null) return { first: query, last };
      const open = firstOf(tokens, { first: first + 1, last }, ['(']);
      return open === null ? null : { first: open, last };
    }
    case 'create': {
      let at = first + 1;
      while (MODIFIERS.has(texts[at] ?? '')) at++;
      return texts[at] === 'table' || texts[at] === 'view' ? after(tokens, { first: at, last }, ['as']) : null;
    }
    default:
      return null;
  }
}

function after(tokens: Tokens, part: Part, words: readonly string[]): Part | null {
  const at = firstOf(tokens, part, words);
  return at === null || at + 1 >= part.last ? null : { first: at + 1, last: part.last };
}

/** The first of these words outside of parentheses. */
function firstOf({ texts, partners }: Tokens, { first, last }: Part, words: readonly string[]): number | null {
  for (let at = first; at < last; at++) {
    if (words.includes(texts[at] ?? '')) return at;
    if (texts[at] === '(') at = partners.get(at) ?? last;
  }
  return null;
}
