import { isName, KEYWORD, MARK, NUMBER, nameAt, PARAMETER, QUOTED, STRING, type Tokens, WORD } from './tokens.js';

/**
 * Words that are syntax: wherever they stand (reserved ones that are a value), or before and after these only; `day`, `first` and the
 * like are not reserved, and may be columns elsewhere.
 */
const SYNTAX: ReadonlyMap<string, { readonly before?: RegExp; readonly after?: RegExp }> = new Map([
  ...(
    'case current_catalog current_date current_role current_schema current_time current_timestamp current_user ' +
    'localtime localtimestamp'
  )
    .split(' ')
    .map((word) => [word, {}] as const),
  ['current', { before: /^row$/ }],
  ['unbounded', { before: /^(?:preceding|following)$/ }],
  ['nulls', { before: /^(?:first|last)$/ }],
  ['grouping', { before: /^sets$/ }],
  ['matched', { before: /^(?:then|and)$/ }],
  ['time', { after: /^(?:at|with|without)$/ }],
  ['first', { after: /^fetch$/ }],
  ['next', { after: /^fetch$/ }],
  ['ordinality', { after: /^with$/ }],
  ['ties', { after: /^with$/ }],
]);
const NO_ALIAS = new Set(['tablesample', 'match_recognize', 'for', 'unpivot', 'pivot', 'rewrite']);

/** Tells a word, no reserved one, that stands for no column where it stands; `next` is the index after it. */
export function isSyntax({ kinds, texts }: Tokens, at: number, next: number): boolean {
  const word = texts[at] ?? '';
  // `DATE '2026-01-01'`, `INTERVAL '1' YEAR TO MONTH`.
  if (kinds[next] === STRING) return true;
  if (texts[at - 1] === 'to' && kinds[at - 3] === STRING) return true;
  if (texts[at - 2] === 'trim' && (word === 'both' || word === 'leading' || word === 'trailing')) return true;
  const syntax = SYNTAX.get(word);
  if (syntax === undefined) return false;
  const { before, after } = syntax;
  if (before === undefined && after === undefined) return true;
  return before?.test(texts[next] ?? '') === true || after?.test(texts[at - 1] ?? '') === true;
}

/** A name that SQL gives to a window: `OVER w`, `WINDOW w AS (…), v AS (…)`; that of a common table reads like it. */
export function namesWindow({ kinds, texts }: Tokens, at: number, next: number): boolean {
  if (kinds[at - 1] === KEYWORD && texts[at - 1] === 'over') return true;
  return texts[next] === 'as' && kinds[next] === KEYWORD && texts[next + 1] === '(' && kinds[next + 1] === MARK;
}

/** The name that a relation gets behind the token before `from`; null where it gets none. */
export function aliasAt(tokens: Tokens, from: number): { readonly name: string; readonly at: number } | null {
  const { kinds, texts } = tokens;
  const at = texts[from] === 'as' && kinds[from] === KEYWORD ? from + 1 : from;
  const name = nameAt(tokens, at);
  if (kinds[at] !== QUOTED && (kinds[at] !== WORD || NO_ALIAS.has(name))) return null;
  return { name, at };
}

/** Index behind `FOR TIMESTAMP AS OF …` and its kin, where they stand at the token: the alias follows them. */
export function behindPeriod({ kinds, texts, partners }: Tokens, from: number): number {
  if (texts[from] !== 'for' || texts[from + 2] !== 'as' || texts[from + 3] !== 'of') return from;
  let isOperand = false;
  let at = from + 4;
  for (; at < kinds.length; at++) {
    const kind = kinds[at];
    const text = texts[at] ?? '';
    if (kind === MARK) {
      if (text === ',' || text === ')' || text === ';') break;
      isOperand = text === '(';
      if (isOperand) at = partners.get(at) ?? at;
    } else if (kind === KEYWORD && text === 'at') {
      // AT TIME ZONE
      at += 2;
      isOperand = false;
    } else if (kind === KEYWORD && text !== 'cast') break;
    else if (kind === STRING || kind === NUMBER || kind === PARAMETER) isOperand = true;
    else if (isName(kind) && isOperand && texts[at - 2] !== 'interval') break;
    else isOperand = true;
  }
  return at;
}
