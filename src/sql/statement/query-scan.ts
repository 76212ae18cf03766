import { add, type Findings } from '../findings.js';
import { readName } from '../table-name.js';
import { isName, nameAt, type Tokens } from '../tokens.js';
import { cteBody } from './common-tables.js';
import { type Frame, newFrame, startQuery } from './frame.js';

export type QueryShape = 'query' | 'update' | 'merge' | 'unload' | 'ddl';

/** Where the scan of one statement stands. */
export interface QueryScan {
  readonly tokens: Tokens;
  readonly start: number;
  readonly findings: Findings;
  /** The frames around the innermost one. */
  readonly outer: Frame[];
  /** How many open frames make the name a common table expression; null while there was none. */
  visible: Map<string, number> | null;
  frame: Frame;
  shape: QueryShape;
  /** The writing statement that was met after common tables or after a leading FROM. */
  verb: 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE' | null;
  hasQuery: boolean;
  usingSeen: boolean;
  at: number;
}

/** Table functions that make rows of their arguments alone. */
const PLAIN_FUNCTIONS = new Set(['unnest', 'sequence', 'exclude_columns', 'json_table', 'xmltable', 'flatten']);

export function newQueryScan(tokens: Tokens, start: number, shape: QueryShape, findings: Findings): QueryScan {
  return {
    tokens,
    start,
    findings,
    outer: [],
    visible: null,
    frame: newFrame(),
    shape,
    verb: null,
    hasQuery: false,
    usingSeen: false,
    at: start,
  };
}

/** Takes a mark, other than the `;` that ends the statement. */
export function readMark(scan: QueryScan, mark: string): void {
  const { frame, tokens } = scan;
  if (mark === '(') openFrame(scan, null);
  else if (mark === ')') closeFrame(scan);
  else if (mark === ',') {
    lackRelation(scan);
    if (frame.inFrom && !frame.lateralView && frame.brackets === 0) frame.expectsRelation = true;
  } else if (mark === '.' && isName(tokens.kinds[scan.at + 1])) scan.at++;
  else {
    lackRelation(scan);
    if (mark === '[') frame.brackets++;
    else if (mark === ']') frame.brackets--;
  }
}

/** Something else stands where a relation should. */
export function lackRelation({ frame, findings }: QueryScan): void {
  if (frame.expectsRelation) findings.lacksRelation = true;
  frame.expectsRelation = false;
}

/** Takes the name of a relation and stands behind it. */
export function readRelation(scan: QueryScan): void {
  const { tokens, findings } = scan;
  const first = scan.at;
  const name = readName(tokens, first);
  if (name === null) return;
  scan.at = name.next;
  scan.frame.expectsRelation = false;
  // A name before a parenthesis is a table function: `TABLE(lake.system.query(query => '…'))` runs a text in another system.
  if (tokens.texts[name.next] === '(') {
    if (!PLAIN_FUNCTIONS.has(name.parts.join('.'))) findings.unnamed ??= 'table-function';
    return;
  }
  const isCte = name.parts.length === 1 && (scan.visible?.get(name.parts[0] ?? '') ?? 0) > 0;
  findings.relations.push({ first, parts: isCte ? null : name.parts, next: name.next });
  if (!isCte) add(findings.reads, name);
}

/** Goes on inside the parentheses of the common table that begins at the token, if one does. */
export function openCte(scan: QueryScan, first: number): void {
  const body = cteBody(scan.tokens, first);
  if (body === -1) return;
  startQuery(scan.frame);
  const name = nameAt(scan.tokens, first);
  scan.at = body;
  if (scan.frame.recursive) {
    declare(scan, name);
    openFrame(scan, null);
  } else openFrame(scan, name);
}

function openFrame(scan: QueryScan, cteName: string | null): void {
  const { frame } = scan;
  const inner = newFrame();
  inner.cteName = cteName;
  if (frame.expectsRelation && cteName === null) {
    frame.expectsRelation = false;
    inner.expectsRelation = true;
    inner.inFrom = true;
    inner.fromSeen = true;
  }
  scan.outer.push(frame);
  scan.frame = inner;
}

function closeFrame(scan: QueryScan): void {
  lackRelation(scan);
  const { frame, visible } = scan;
  const parent = scan.outer.pop();
  if (parent === undefined) return;
  for (const name of frame.ctes ?? []) visible?.set(name, (visible.get(name) ?? 1) - 1);
  scan.frame = parent;
  if (frame.cteName !== null) declare(scan, frame.cteName);
  // Only a common table can stand between a closed parenthesis and `, name AS (`.
  if (parent.ctes !== null && scan.tokens.texts[scan.at + 1] === ',' && !parent.select) openCte(scan, scan.at + 2);
}

function declare(scan: QueryScan, name: string): void {
  const { frame } = scan;
  frame.ctes ??= [];
  frame.ctes.push(name);
  scan.visible ??= new Map();
  const { visible } = scan;
  visible.set(name, (visible.get(name) ?? 0) + 1);
}
