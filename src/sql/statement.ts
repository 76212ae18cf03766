import { endOfExternalFunctions } from './common-tables.js';
import { add, type Findings, readChangedTarget, readInsertTarget, stringValue } from './findings.js';
import { scanQuery } from './query.js';
import type { QueryShape } from './query-scan.js';
import { readName } from './table-name.js';
import { isName, KEYWORD, nameAt, STRING, type Tokens, WORD } from './tokens.js';

export interface Statement {
  readonly kind: string;
  /** Index of the `;` after it, or the number of tokens. */
  readonly end: number;
}

const QUERY_WORDS = new Set(['select', 'with', 'values', 'table', 'insert', 'unload', 'from']);
/** Words between CREATE, DROP or ALTER and what is created: OR REPLACE, EXTERNAL, PROTECTED MULTI DIALECT, … */
const OBJECT_MODIFIERS = new Set(
  'or replace external temporary temp transient materialized managed global local protected multi dialect'.split(' '),
);
/** What CREATE, DROP and ALTER are followed by in Athena and its kin; `Create a report` is no statement. */
const OBJECTS = new Set(
  'table view database function procedure catalog role user group index trigger sequence type branch tag model'.split(
    ' ',
  ),
);
const GRANT_TARGETS = new Set(['schema', 'database', 'catalog', 'function', 'role', 'user', 'branch', 'query', 'all']);

/**
 * Reads one statement: its kind from the first words, the tables that the head names, and the query inside. What stands
 * before the statement proper (EXPLAIN, PREPARE, USING EXTERNAL FUNCTION) is peeled off in a loop.
 */
export function readStatement(tokens: Tokens, start: number, findings: Findings): Statement {
  // Most statements, without the cost of looking at the head.
  if (tokens.kinds[start] === KEYWORD && tokens.texts[start] === 'select') {
    return { kind: 'SELECT', end: scanQuery(tokens, start, 'query', findings).end };
  }
  return readHead(tokens, start, findings);
}

function readHead(tokens: Tokens, start: number, findings: Findings): Statement {
  const { kinds, texts, partners } = tokens;
  const count = kinds.length;
  let outerKind: string | null = null;
  let at = start;
  peel();
  const statement = dispatch();
  return outerKind === null ? statement : { kind: outerKind, end: statement.end };

  function peel(): void {
    for (;;) {
      const word = kinds[at] === KEYWORD ? texts[at] : '';
      if (word === 'explain') {
        const analyze = texts[at + 1] === 'analyze';
        outerKind ??= analyze ? 'EXPLAIN_ANALYZE' : 'EXPLAIN';
        at += analyze ? 2 : 1;
        if (texts[at] === 'verbose') at++;
        if (texts[at] === '(' && !QUERY_WORDS.has(texts[at + 1] ?? '') && texts[at + 1] !== '(') {
          at = (partners.get(at) ?? at) + 1;
        }
      } else if (word === 'prepare' && isName(kinds[at + 1]) && texts[at + 2] === 'from') {
        outerKind ??= 'PREPARE';
        findings.preparedName ??= nameAt(tokens, at + 1);
        at += 3;
      } else if (word === 'using' && (texts[at + 1] === 'external' || texts[at + 1] === 'function')) {
        at = endOfExternalFunctions(tokens, at + 1);
      } else return;
    }
  }

  function dispatch(): Statement {
    const first = texts[at] ?? '';
    if (first === '(') return query('SELECT');
    if (kinds[at] !== KEYWORD && kinds[at] !== WORD) return query('UNKNOWN');
    switch (first) {
      case 'select':
      case 'with':
      case 'values':
      case 'from':
        return withQuery();
      case 'table':
        return query(isName(kinds[at + 1]) ? 'SELECT' : 'UNKNOWN');
      case 'insert': {
        const next = readInsertTarget(tokens, at + 1, findings);
        return query(next === null ? 'UNKNOWN' : 'INSERT', 'query', next ?? at + 1);
      }
      case 'delete':
        return query('DELETE', 'query', readChangedTarget(tokens, skip(at + 1, 'from'), findings));
      case 'update':
        return query('UPDATE', 'update', readChangedTarget(tokens, at + 1, findings));
      case 'merge':
        return query('MERGE', 'merge', readChangedTarget(tokens, skip(at + 1, 'into'), findings));
      case 'unload':
        return query('UNLOAD', 'unload', at + 1);
      case 'create':
        return create();
      case 'drop':
        return drop();
      case 'alter':
        return alter();
      case 'msck':
        return done('MSCK_REPAIR_TABLE', target(skip(skip(at + 1, 'repair'), 'table')));
      case 'optimize':
      case 'vacuum':
        return done(first.toUpperCase(), target(at + 1));
      case 'truncate':
        return texts[at + 1] === '(' ? query('UNKNOWN') : done('TRUNCATE_TABLE', target(skip(at + 1, 'table')));
      case 'refresh':
        return done('REFRESH', target(skip(skip(skip(at + 1, 'materialized'), 'view'), 'table')));
      case 'analyze':
        return done('ANALYZE', reads(skip(at + 1, 'table')));
      case 'comment':
        return comment();
      case 'grant':
      case 'revoke':
      case 'deny':
        return grant(first.toUpperCase());
      case 'show':
        return show();
      case 'describe':
      case 'desc':
        return describe();
      case 'execute':
        return execute();
      case 'deallocate':
        findings.preparedName ??= nameAt(tokens, skip(at + 1, 'prepare'));
        return done('DEALLOCATE', at + 1);
      case 'set':
      case 'reset':
      case 'use':
      case 'call':
      case 'start':
      case 'commit':
      case 'rollback':
        return done(first.toUpperCase(), at + 1);
      default:
        return query('UNKNOWN');
    }
  }

  function query(kind: string, shape: QueryShape = 'query', from = at): Statement {
    return { kind, end: scanQuery(tokens, from, shape, findings).end };
  }

  /** `WITH … INSERT INTO t` writes, whatever comes first. */
  function withQuery(): Statement {
    const { end, verb } = scanQuery(tokens, at, 'query', findings);
    return { kind: verb ?? 'SELECT', end };
  }

  /** Ends the statement without looking at the rest. */
  function done(kind: string, from: number): Statement {
    let end = from;
    while (end < count && texts[end] !== ';') end++;
    return { kind, end };
  }

  /** Takes the name at the token as written; returns the index after it. */
  function target(from: number): number {
    const name = readName(tokens, skipIfExists(from));
    add(findings.writes, name);
    return name?.next ?? from;
  }

  function reads(from: number): number {
    const name = readName(tokens, from);
    add(findings.reads, name);
    return name?.next ?? from;
  }

  function metadata(from: number): number {
    const name = readName(tokens, from);
    add(findings.metadata, name);
    return name?.next ?? from;
  }

  function skip(from: number, word: string): number {
    return texts[from] === word && (kinds[from] === KEYWORD || kinds[from] === WORD) ? from + 1 : from;
  }

  function skipIfExists(from: number): number {
    if (texts[from] !== 'if' || (texts[from + 1] !== 'not' && texts[from + 1] !== 'exists')) return from;
    return skip(skip(from + 1, 'not'), 'exists');
  }

  function objectAt(from: number): number {
    let next = from;
    while (OBJECT_MODIFIERS.has(texts[next] ?? '')) next++;
    return next;
  }

  function create(): Statement {
    const next = objectAt(at + 1);
    const object = texts[next] ?? '';
    if (object === 'table') {
      const after = target(next + 1);
      const { end, hasQuery } = scanQuery(tokens, after, 'ddl', findings);
      return { kind: hasQuery ? 'CREATE_TABLE_AS_SELECT' : 'CREATE_TABLE', end };
    }
    if (object === 'view') return query('CREATE_VIEW', 'ddl', target(next + 1));
    if (object === 'schema' || object === 'database') return query('CREATE_DATABASE', 'ddl', next + 1);
    if (object === 'function') return routine();
    return done(objectKind('CREATE', next), next);
  }

  /** The body of CREATE FUNCTION may hold `;` between BEGIN and END. */
  function routine(): Statement {
    let depth = 0;
    let next = at;
    for (; next < count; next++) {
      const text = texts[next];
      if (text === ';' && depth === 0) break;
      if (kinds[next] !== KEYWORD && text !== 'case') continue;
      if (text === 'begin' || (text === 'case' && texts[next - 1] !== 'end')) depth++;
      else if (text === 'end' && !/^(?:if|while|loop|repeat)$/.test(texts[next + 1] ?? '')) depth--;
    }
    return { kind: 'CREATE_FUNCTION', end: next };
  }

  function drop(): Statement {
    const next = objectAt(at + 1);
    const object = texts[next] ?? '';
    if (object !== 'table' && object !== 'view') return done(objectKind('DROP', next), next);
    let after = target(next + 1);
    while (texts[after] === ',') after = Math.max(target(after + 1), after + 1);
    return done(objectKind('DROP', next), after);
  }

  function alter(): Statement {
    const next = objectAt(at + 1);
    const object = texts[next] ?? '';
    if (object !== 'table' && object !== 'view') return done(objectKind('ALTER', next), next);
    return query(objectKind('ALTER', next), 'ddl', target(next + 1));
  }

  function comment(): Statement {
    const object = texts[skip(at + 1, 'on')] ?? '';
    const name = readName(tokens, skip(at + 1, 'on') + 1);
    if (name !== null && (object === 'table' || object === 'view')) add(findings.writes, name);
    if (name !== null && object === 'column' && name.parts.length > 1) findings.writes.push(name.parts.slice(0, -1));
    return done('COMMENT', at + 1);
  }

  function grant(kind: string): Statement {
    const { end } = done(kind, at);
    let on = at;
    while (on < end && texts[on] !== 'on') on++;
    if (on < end && !GRANT_TARGETS.has(texts[on + 1] ?? '')) metadata(skip(on + 1, 'table'));
    return { kind, end };
  }

  function show(): Statement {
    const subject = texts[at + 1];
    if (subject === 'create') {
      const object = objectAt(at + 2);
      if (texts[object] === 'table' || texts[object] === 'view') metadata(object + 1);
    } else if (subject === 'columns') showColumns();
    else if (subject === 'partitions' || subject === 'tblproperties') metadata(at + 2);
    else if (subject === 'stats' && texts[at + 2] === 'for') {
      if (texts[at + 3] === '(') return query('SHOW', 'query', at + 3);
      metadata(at + 3);
    }
    return done('SHOW', at + 1);
  }

  /** `SHOW COLUMNS FROM t FROM db` names the database last. */
  function showColumns(): void {
    const name = readName(tokens, at + 3);
    if (name === null || name.parts.length === 0) return;
    const again = texts[name.next] === 'from' || texts[name.next] === 'in';
    const database = again ? (readName(tokens, name.next + 1)?.parts ?? []) : [];
    findings.metadata.push([...database, ...name.parts]);
  }

  function describe(): Statement {
    let next = skip(skip(skip(at + 1, 'extended'), 'formatted'), 'table');
    if (texts[next] === 'view' && isName(kinds[next + 1])) next++;
    const word = texts[next] ?? '';
    const isOther = /^(?:input|output|database|schema|function|user)$/.test(word) && isName(kinds[next + 1]);
    if (!isOther) metadata(next);
    return done('DESCRIBE', next);
  }

  function execute(): Statement {
    if (texts[at + 1] === 'immediate' && kinds[at + 2] === STRING) {
      findings.immediate.push(stringValue(tokens, at + 2));
    } else if (isName(kinds[at + 1])) {
      findings.preparedName ??= nameAt(tokens, at + 1);
      findings.executes ??= nameAt(tokens, at + 1);
    }
    return done('EXECUTE', at + 1);
  }

  function objectKind(verb: string, from: number): string {
    const object = texts[from] === 'schema' ? 'database' : (texts[from] ?? '');
    return OBJECTS.has(object) ? `${verb}_${object.toUpperCase()}` : 'UNKNOWN';
  }
}
