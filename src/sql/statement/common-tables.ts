import { isName, KEYWORD, MARK, STRING, type Tokens } from '../tokens.js';

const QUERY_WORDS = new Set(['select', 'with', 'values']);
const AFTER_FUNCTIONS = new Set('select with values table insert unload create update delete merge explain'.split(' '));
const ROUTINE_ENDS = new Set(['select', 'values', 'table']);

/**
 * Index of the parenthesis that opens the body, when a common table begins at the token: `name [(columns)] AS (`; else -1.
 * Spark leaves the AS out. Takes the same time whatever stands between the parentheses.
 */
export function cteBody({ kinds, texts, partners }: Tokens, first: number): number {
  if (!isName(kinds[first]) || texts[first] === 'serdeproperties') return -1;
  let next = first + 1;
  if (texts[next] === '(' && kinds[next] === MARK) {
    const isQuery = kinds[next + 1] === KEYWORD && QUERY_WORDS.has(texts[next + 1] ?? '');
    if (isQuery && kinds[first] !== KEYWORD) return next;
    const partner = partners.get(next);
    if (partner === undefined) return -1;
    next = partner + 1;
  }
  if (texts[next] !== 'as' || kinds[next] !== KEYWORD) return -1;
  next++;
  if (texts[next] === 'not') next++;
  if (texts[next] === 'materialized') next++;
  return texts[next] === '(' && kinds[next] === MARK ? next : -1;
}

/** Inline functions hold no tables: WITH FUNCTION f(…) RETURNS … ends where the query begins. */
export function endOfRoutines(tokens: Tokens, from: number): number {
  const { kinds, texts } = tokens;
  let next = from;
  while (next < kinds.length) {
    if (kinds[next] === KEYWORD) {
      if (ROUTINE_ENDS.has(texts[next] ?? '')) break;
      if (texts[next] === 'with' && (cteBody(tokens, next + 1) !== -1 || cteBody(tokens, next + 2) !== -1)) break;
    }
    next++;
  }
  return next;
}

/** The functions that come before a query hold no tables; they end at the word, or the parenthesis, that begins it. */
export function endOfExternalFunctions({ kinds, texts, partners }: Tokens, from: number): number {
  let at = from;
  for (; at < kinds.length; at++) {
    const text = texts[at] ?? '';
    if (text === ';') break;
    if (kinds[at] === KEYWORD && AFTER_FUNCTIONS.has(text) && (text !== 'with' || texts[at + 1] !== '(')) break;
    if (kinds[at] !== MARK || text !== '(') continue;
    if (kinds[at - 1] === STRING) break;
    at = partners.get(at) ?? at;
  }
  return at;
}
