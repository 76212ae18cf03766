import { readChangedTarget, readInsertTarget, stringValue } from '../findings.js';
import { readName } from '../table-name.js';
import { isName, nameAt, STRING } from '../tokens.js';
import { done, type Head, metadata, query, type Statement, skip, source, target, unknown } from './head.js';
import { alter, comment, create, drop, isTableOrView, objectAt } from './head-definitions.js';
import { scanQuery } from './query.js';

const GRANT_TARGETS = new Set(['schema', 'database', 'catalog', 'function', 'role', 'user', 'branch', 'query', 'all']);

/** How a statement that begins with the word is read. */
export const READERS: ReadonlyMap<string, (head: Head) => Statement> = new Map([
  ['select', withQuery],
  ['with', withQuery],
  ['values', withQuery],
  ['from', withQuery],
  ['table', table],
  ['insert', insert],
  ['delete', deleteFrom],
  ['update', update],
  ['merge', merge],
  ['unload', unload],
  ['create', create],
  ['drop', drop],
  ['alter', alter],
  ['msck', msck],
  ['optimize', maintain],
  ['vacuum', maintain],
  ['truncate', truncate],
  ['refresh', refresh],
  ['analyze', analyze],
  ['comment', comment],
  ['grant', grant],
  ['revoke', grant],
  ['deny', grant],
  ['show', show],
  ['describe', describe],
  ['desc', describe],
  ['execute', execute],
  ['deallocate', deallocate],
  ['set', namesNothing],
  ['reset', namesNothing],
  ['use', namesNothing],
  ['call', call],
  ['start', namesNothing],
  ['commit', namesNothing],
  ['rollback', namesNothing],
]);

/** `WITH … INSERT INTO t` writes, whatever comes first. */
function withQuery({ tokens, findings, at }: Head): Statement {
  const { end, verb } = scanQuery(tokens, at, 'query', findings);
  return { kind: verb ?? 'SELECT', end };
}

function table(head: Head): Statement {
  return isName(head.tokens.kinds[head.at + 1]) ? query(head, 'SELECT', 'query', head.at) : unknown(head);
}

function insert(head: Head): Statement {
  const after = head.at + 1;
  const next = readInsertTarget(head.tokens, after, head.findings);
  return query(head, next === null ? 'UNKNOWN' : 'INSERT', 'query', next ?? after);
}

function deleteFrom(head: Head): Statement {
  const { tokens, findings, at } = head;
  return query(head, 'DELETE', 'query', readChangedTarget(tokens, skip(tokens, at + 1, 'from'), findings));
}

function update(head: Head): Statement {
  return query(head, 'UPDATE', 'update', readChangedTarget(head.tokens, head.at + 1, head.findings));
}

function merge(head: Head): Statement {
  const { tokens, findings, at } = head;
  return query(head, 'MERGE', 'merge', readChangedTarget(tokens, skip(tokens, at + 1, 'into'), findings));
}

function unload(head: Head): Statement {
  return query(head, 'UNLOAD', 'unload', head.at + 1);
}

function msck(head: Head): Statement {
  return done(head, 'MSCK_REPAIR_TABLE', target(head, skip(head.tokens, head.at + 1, 'repair', 'table')));
}

function maintain(head: Head): Statement {
  return done(head, firstWord(head), target(head, head.at + 1));
}

/** `truncate(x)` is a function. */
function truncate(head: Head): Statement {
  const { tokens, at } = head;
  if (tokens.texts[at + 1] === '(') return unknown(head);
  return done(head, 'TRUNCATE_TABLE', target(head, skip(tokens, at + 1, 'table')));
}

function refresh(head: Head): Statement {
  return done(head, 'REFRESH', target(head, skip(head.tokens, head.at + 1, 'materialized', 'view', 'table')));
}

function analyze(head: Head): Statement {
  return done(head, 'ANALYZE', source(head, skip(head.tokens, head.at + 1, 'table')));
}

function grant(head: Head): Statement {
  const { tokens, at } = head;
  const statement = done(head, firstWord(head), at);
  const { end } = statement;
  let on = at;
  while (on < end && tokens.texts[on] !== 'on') on++;
  const isTable = on < end && !GRANT_TARGETS.has(tokens.texts[on + 1] ?? '');
  if (isTable) metadata(head, skip(tokens, on + 1, 'table'));
  return statement;
}

function show(head: Head): Statement {
  const { tokens, at } = head;
  const { texts } = tokens;
  const subject = texts[at + 1];
  if (subject === 'create') {
    const object = objectAt(tokens, at + 2);
    if (isTableOrView(tokens, object)) metadata(head, object + 1);
  } else if (subject === 'columns') showColumns(head);
  else if (subject === 'partitions' || subject === 'tblproperties') metadata(head, at + 2);
  else if (subject === 'stats' && texts[at + 2] === 'for') {
    if (texts[at + 3] === '(') return query(head, 'SHOW', 'query', at + 3);
    metadata(head, at + 3);
  }
  return done(head, 'SHOW', at + 1);
}

/** `SHOW COLUMNS FROM t FROM db` names the database last. */
function showColumns({ tokens, findings, at }: Head): void {
  const name = readName(tokens, at + 3);
  if (name === null || name.parts.length === 0) return;
  const again = tokens.texts[name.next] === 'from' || tokens.texts[name.next] === 'in';
  const database = again ? (readName(tokens, name.next + 1)?.parts ?? []) : [];
  findings.metadata.push([...database, ...name.parts]);
}

function describe(head: Head): Statement {
  const { tokens, at } = head;
  const { kinds, texts } = tokens;
  let next = skip(tokens, at + 1, 'extended', 'formatted', 'table');
  if (texts[next] === 'view' && isName(kinds[next + 1])) next++;
  const word = texts[next] ?? '';
  const isOther = /^(?:input|output|database|schema|function|user)$/.test(word) && isName(kinds[next + 1]);
  if (!isOther) metadata(head, next);
  return done(head, 'DESCRIBE', next);
}

function execute(head: Head): Statement {
  const { tokens, findings, at } = head;
  const { kinds, texts } = tokens;
  if (texts[at + 1] === 'immediate' && kinds[at + 2] === STRING) {
    findings.immediate.push(stringValue(tokens, at + 2));
  } else if (isName(kinds[at + 1])) {
    findings.preparedName ??= nameAt(tokens, at + 1);
    findings.executes ??= nameAt(tokens, at + 1);
  }
  return done(head, 'EXECUTE', at + 1);
}

function deallocate(head: Head): Statement {
  const { tokens, findings, at } = head;
  findings.preparedName ??= nameAt(tokens, skip(tokens, at + 1, 'prepare'));
  return done(head, 'DEALLOCATE', at + 1);
}

/** What a procedure touches stands in its arguments, if anywhere. */
function call(head: Head): Statement {
  head.findings.unnamed ??= 'procedure';
  return namesNothing(head);
}

function namesNothing(head: Head): Statement {
  return done(head, firstWord(head), head.at + 1);
}

function firstWord({ tokens, at }: Head): string {
  return (tokens.texts[at] ?? '').toUpperCase();
}
