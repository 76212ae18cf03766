import { isName, KEYWORD, MARK, type Tokens } from './tokens.js';

const ROUTINE_ENDS = new Set(['select', 'values', 'table']);

/**
 * Index of the parenthesis that opens the body, when a common table begins at the token: `name [(columns)] AS (`; else -1.
 * Takes the same time whatever stands between the parentheses.
 */
export function cteBody({ kinds, texts, partners }: Tokens, first: number): number {
  if (!isName(kinds[first]) || texts[first] === 'serdeproperties') return -1;
  let next = first + 1;
  if (texts[next] === '(' && kinds[next] === MARK) {
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
