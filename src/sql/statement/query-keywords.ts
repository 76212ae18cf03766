import { add, readChangedTarget, readInsertTarget, stringValue } from '../findings.js';
import { readName } from '../table-name.js';
import { isName, KEYWORD, nameAt, STRING } from '../tokens.js';
import { cteBody, endOfRoutines } from './common-tables.js';
import { endFrom, startQuery } from './frame.js';
import { openCte, type QueryScan, readRelation } from './query-scan.js';

/** What may stand before the query `TABLE name`. */
const BEFORE_TABLE_QUERY = new Set(['(', ')', 'union', 'intersect', 'except', 'all', 'distinct', 'as']);
const QUERY_STARTS = new Set(['select', 'with', 'values', 'table', 'from']);

/** What each keyword does to the scan that stands at it; a keyword that is missing here does nothing. */
const STEPS: ReadonlyMap<string, (scan: QueryScan) => void> = new Map([
  ['select', select],
  ['from', from],
  ['join', join],
  ['group', group],
  ['where', endsFrom],
  ['having', endsFrom],
  ['order', endsFrom],
  ['by', endsFrom],
  ['window', mayEndFrom],
  ['qualify', mayEndFrom],
  ['limit', mayEndFrom],
  ['offset', mayEndFrom],
  ['fetch', mayEndFrom],
  ['set', mayEndFrom],
  ['when', when],
  ['except', except],
  ['union', startsQuery],
  ['intersect', startsQuery],
  ['values', values],
  ['unnest', unnest],
  ['lateral', lateral],
  ['with', commonTables],
  ['table', table],
  ['as', as],
  ['using', using],
  ['insert', insert],
  ['update', update],
  ['delete', deleteFrom],
  ['merge', merge],
  ['like', like],
  ['rename', rename],
  ['to', to],
  ['execute', execute],
]);

export function readKeyword(scan: QueryScan, word: string): void {
  STEPS.get(word)?.(scan);
}

function select(scan: QueryScan): void {
  scan.hasQuery = true;
  startQuery(scan.frame);
  scan.frame.select = true;
}

function from(scan: QueryScan): void {
  const { frame } = scan;
  if (frame.fromSeen || !mayStartFrom(scan)) return;
  frame.fromSeen = true;
  frame.inFrom = true;
  frame.expectsRelation = true;
}

/** FROM belongs to a SELECT or to IS DISTINCT; Hive may begin with it, and UPDATE of other dialects has its own. */
function mayStartFrom({ tokens: { texts }, at, start, frame, shape, outer }: QueryScan): boolean {
  if (texts[at - 1] === 'distinct' && (texts[at - 2] === 'is' || texts[at - 2] === 'not')) return false;
  return frame.select || at === start || (shape === 'update' && outer.length === 0);
}

/** Reserved, so it goes on with the from-clause even after a column that is called `offset`. */
function join({ frame }: QueryScan): void {
  if (!frame.inFrom && !frame.fromSeen) return;
  frame.inFrom = true;
  frame.expectsRelation = true;
}

function group({ tokens, at, frame }: QueryScan): void {
  if (tokens.texts[at - 1] !== 'within') endFrom(frame);
}

function endsFrom({ frame }: QueryScan): void {
  endFrom(frame);
}

/** Not reserved, so it may be the alias in `FROM a offset, b` or `FROM a offset (x), b`. */
function mayEndFrom({ tokens: { texts }, at, frame }: QueryScan): void {
  if (texts[at + 1] !== ',' && texts[at + 1] !== '(') endFrom(frame);
}

function when({ shape, outer, frame }: QueryScan): void {
  if (shape === 'merge' && outer.length === 0) endFrom(frame);
}

/** `SELECT * EXCEPT (a)` leaves columns out. */
function except({ tokens: { texts }, at, frame }: QueryScan): void {
  if (texts[at - 1] !== '*' || texts[at + 1] !== '(') startQuery(frame);
}

function startsQuery({ frame }: QueryScan): void {
  startQuery(frame);
}

function values(scan: QueryScan): void {
  scan.hasQuery = true;
  endFrom(scan.frame);
}

function unnest({ frame }: QueryScan): void {
  frame.expectsRelation = false;
}

function lateral({ tokens, at, frame }: QueryScan): void {
  if (tokens.texts[at + 1] === 'view') frame.lateralView = true;
}

/** `WITH [RECURSIVE] name [(columns)] AS (`; `WITH (…)`, WITH ORDINALITY, WITH TIES and the rest do not read like it. */
function commonTables(scan: QueryScan): void {
  const { tokens, at, frame } = scan;
  const { kinds, texts } = tokens;
  if (texts[at + 1] === 'function' && isName(kinds[at + 2]) && texts[at + 2] !== 'as') {
    scan.at = endOfRoutines(tokens, at + 3) - 1;
    return;
  }
  frame.recursive = texts[at + 1] === 'recursive' && cteBody(tokens, at + 2) !== -1;
  if (frame.recursive) scan.at++;
  openCte(scan, scan.at + 1);
}

function table(scan: QueryScan): void {
  const { tokens, at, frame } = scan;
  if (tokens.texts[at + 1] === '(') {
    // TABLE(name) hands a table to a function; TABLE(f(…)) is a function's result.
    frame.expectsRelation = true;
    return;
  }
  frame.expectsRelation = false;
  if (!mayStartTableQuery(scan) || !isName(tokens.kinds[at + 1])) return;
  scan.hasQuery = true;
  scan.at++;
  readRelation(scan);
  scan.at--;
}

/** `EXCHANGE PARTITION (…) WITH TABLE name` is DDL of Hive. */
function mayStartTableQuery({ tokens, at, start, shape }: QueryScan): boolean {
  const before = tokens.texts[at - 1] ?? '';
  return at === start || BEFORE_TABLE_QUERY.has(before) || (shape === 'ddl' && before === 'with');
}

/** A word that is no reserved one may be an alias: `x AS location`. */
function as(scan: QueryScan): void {
  const { kinds, texts } = scan.tokens;
  const next = scan.at + 1;
  if (kinds[next] === KEYWORD && !QUERY_STARTS.has(texts[next] ?? '')) scan.at = next;
}

function using(scan: QueryScan): void {
  const { frame } = scan;
  if (scan.shape !== 'merge' || scan.outer.length > 0 || scan.usingSeen) return;
  scan.usingSeen = true;
  frame.inFrom = true;
  frame.expectsRelation = true;
}

function insert(scan: QueryScan): void {
  if (scan.outer.length > 0 || scan.shape !== 'query') return;
  const next = readInsertTarget(scan.tokens, scan.at + 1, scan.findings);
  if (next === null) return;
  scan.verb = 'INSERT';
  scan.at = next - 1;
}

function update(scan: QueryScan): void {
  if (!followsCommonTables(scan)) return;
  scan.shape = 'update';
  scan.verb = 'UPDATE';
  changedTarget(scan);
}

function deleteFrom(scan: QueryScan): void {
  if (!followsCommonTables(scan)) return;
  scan.verb = 'DELETE';
  changedTarget(scan);
}

function merge(scan: QueryScan): void {
  if (!followsCommonTables(scan)) return;
  scan.shape = 'merge';
  scan.verb = 'MERGE';
  changedTarget(scan);
}

/** Other dialects put their common tables before UPDATE, DELETE and MERGE. */
function followsCommonTables({ tokens, at, outer, shape, frame }: QueryScan): boolean {
  return outer.length === 0 && shape === 'query' && frame.ctes !== null && tokens.texts[at - 1] === ')';
}

function changedTarget(scan: QueryScan): void {
  const { tokens, at } = scan;
  const isPreposition = tokens.texts[at + 1] === 'from' || tokens.texts[at + 1] === 'into';
  scan.at = readChangedTarget(tokens, isPreposition ? at + 2 : at + 1, scan.findings) - 1;
}

function like({ tokens, at, start, shape, hasQuery, findings }: QueryScan): void {
  const before = tokens.texts[at - 1];
  if (shape !== 'ddl' || hasQuery || (before !== '(' && before !== ',' && at !== start)) return;
  add(findings.reads, readName(tokens, at + 1));
}

function rename({ tokens, at, shape, outer, findings }: QueryScan): void {
  const { texts } = tokens;
  if (shape !== 'ddl' || outer.length > 0 || texts[at + 1] !== 'to' || texts[at + 2] === 'partition') return;
  add(findings.writes, readName(tokens, at + 2));
}

function to({ tokens, at, shape, outer, findings }: QueryScan): void {
  if (shape !== 'unload' || outer.length > 0 || tokens.kinds[at + 1] !== STRING) return;
  findings.objects.push(stringValue(tokens, at + 1));
}

/** `UNLOAD (EXECUTE name) TO …` */
function execute({ tokens, at, shape, findings }: QueryScan): void {
  if (shape !== 'unload' || tokens.texts[at - 1] !== '(' || !isName(tokens.kinds[at + 1])) return;
  findings.executes ??= nameAt(tokens, at + 1);
}
