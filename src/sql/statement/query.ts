import { addLocation, type Findings } from '../findings.js';
import { isName, KEYWORD, MARK, NUMBER, QUOTED, STRING, type Tokens } from '../tokens.js';
import { readKeyword } from './query-keywords.js';
import { lackRelation, newQueryScan, type QueryScan, type QueryShape, readMark, readRelation } from './query-scan.js';

export interface Scan extends Readonly<Pick<QueryScan, 'hasQuery' | 'verb'>> {
  /** Index of the `;` that ends the statement, or the number of tokens. */
  readonly end: number;
}

/** Keywords that mean what they say even where a relation is expected. */
const NEVER_A_RELATION = new Set(
  (
    'as cross except from full group having inner intersect join lateral left natural not on order right ' +
    'select table union unnest using values when where with'
  ).split(' '),
);

/** Of these, what begins a relation, or a query in parentheses. */
const BEGINS_A_RELATION = new Set('from lateral select table unnest values with'.split(' '));

/**
 * Scans a statement after its head, one step a token, with one frame for each open parenthesis: no recursion and no
 * going back. Adds what it finds.
 */
export function scanQuery(tokens: Tokens, start: number, begunAs: QueryShape, findings: Findings): Scan {
  const { kinds, texts } = tokens;
  const count = kinds.length;
  const scan = newQueryScan(tokens, start, begunAs, findings);
  for (; scan.at < count; scan.at++) {
    const kind = kinds[scan.at];
    const text = texts[scan.at] ?? '';
    if (kind === MARK) {
      if (text === ';') break;
      readMark(scan, text);
    } else if (scan.frame.expectsRelation && isName(kind) && !(kind === KEYWORD && isClause(scan, text))) {
      readRelation(scan);
      scan.at--;
    } else if (kind === KEYWORD) {
      if (scan.frame.expectsRelation && !BEGINS_A_RELATION.has(text)) lackRelation(scan);
      readKeyword(scan, text);
    } else if (scan.shape === 'ddl' && (kind === STRING || kind === QUOTED)) addLocation(tokens, scan.at, findings);
    // A string, a parameter or `%s` stands where a relation should.
    else lackRelation(scan);
  }
  if (scan.frame.expectsRelation) findings.lacksRelation = true;
  return { end: scan.at, hasQuery: scan.hasQuery, verb: scan.verb };
}

/** `FROM LIMIT 5` lacks its table. */
function isClause({ tokens, at }: QueryScan, word: string): boolean {
  return NEVER_A_RELATION.has(word) || (word === 'limit' && (tokens.kinds[at + 1] ?? 0) >= NUMBER);
}
