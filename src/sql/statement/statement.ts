import type { Findings } from '../findings.js';
import { isName, KEYWORD, nameAt, type Tokens, WORD } from '../tokens.js';
import { endOfExternalFunctions } from './common-tables.js';
import { type Head, query, type Statement, unknown } from './head.js';
import { READERS } from './head-words.js';
import { scanQuery } from './query.js';

const QUERY_WORDS = new Set(['select', 'with', 'values', 'table', 'insert', 'unload', 'from']);

/** What stands around a statement: EXPLAIN or PREPARE, and where the statement proper begins. */
interface Wrapping {
  kind: string | null;
  at: number;
}

/**
 * Reads one statement: its kind from the first words, the tables that the head names, and the query inside. What stands
 * before the statement proper (EXPLAIN, PREPARE, USING EXTERNAL FUNCTION) is peeled off in a loop.
 */
export function readStatement(tokens: Tokens, start: number, findings: Findings): Statement {
  // Most statements, without the cost of looking at the head.
  if (tokens.kinds[start] === KEYWORD && tokens.texts[start] === 'select') {
    return { kind: 'SELECT', end: scanQuery(tokens, start, 'query', findings).end };
  }
  const wrapping: Wrapping = { kind: null, at: start };
  while (peel(tokens, findings, wrapping));
  const statement = readHead({ tokens, findings, at: wrapping.at });
  return wrapping.kind === null ? statement : { kind: wrapping.kind, end: statement.end };
}

/** Takes off one layer; says whether there was one. */
function peel(tokens: Tokens, findings: Findings, wrapping: Wrapping): boolean {
  const { kinds, texts } = tokens;
  const { at } = wrapping;
  if (kinds[at] !== KEYWORD) return false;
  const next = texts[at + 1] ?? '';
  switch (texts[at]) {
    case 'explain':
      wrapping.kind ??= next === 'analyze' ? 'EXPLAIN_ANALYZE' : 'EXPLAIN';
      wrapping.at = endOfExplain(tokens, at);
      return true;
    case 'prepare':
      if (!isName(kinds[at + 1]) || texts[at + 2] !== 'from') return false;
      wrapping.kind ??= 'PREPARE';
      findings.preparedName ??= nameAt(tokens, at + 1);
      wrapping.at = at + 3;
      return true;
    case 'using':
      if (next !== 'external' && next !== 'function') return false;
      wrapping.at = endOfExternalFunctions(tokens, at + 1);
      return true;
    default:
      return false;
  }
}

/** Index after `EXPLAIN [ANALYZE] [VERBOSE] [(options)]`. */
function endOfExplain({ texts, partners }: Tokens, explain: number): number {
  let at = explain + (texts[explain + 1] === 'analyze' ? 2 : 1);
  if (texts[at] === 'verbose') at++;
  const hasOptions = texts[at] === '(' && !QUERY_WORDS.has(texts[at + 1] ?? '') && texts[at + 1] !== '(';
  return hasOptions ? (partners.get(at) ?? at) + 1 : at;
}

function readHead(head: Head): Statement {
  const { tokens, at } = head;
  const word = tokens.texts[at] ?? '';
  if (word === '(') return query(head, 'SELECT', 'query', at);
  const kind = tokens.kinds[at];
  const read = kind === KEYWORD || kind === WORD ? READERS.get(word) : undefined;
  return (read ?? unknown)(head);
}
