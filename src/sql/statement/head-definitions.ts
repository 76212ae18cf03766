import { add } from '../findings.js';
import { readName } from '../table-name.js';
import { KEYWORD, type Tokens } from '../tokens.js';
import { done, type Head, query, type Statement, skip, target } from './head.js';
import { scanQuery } from './query.js';

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

export function create(head: Head): Statement {
  const { tokens, findings, at } = head;
  const next = objectAt(tokens, at + 1);
  const object = tokens.texts[next] ?? '';
  if (object === 'table') {
    const { end, hasQuery } = scanQuery(tokens, target(head, next + 1), 'ddl', findings);
    return { kind: hasQuery ? 'CREATE_TABLE_AS_SELECT' : 'CREATE_TABLE', end };
  }
  if (object === 'view') return query(head, 'CREATE_VIEW', 'ddl', target(head, next + 1));
  if (object === 'schema' || object === 'database') return query(head, 'CREATE_DATABASE', 'ddl', next + 1);
  if (object === 'function') return routine(head);
  return done(head, objectKind(tokens, 'CREATE', next), next);
}

/** The body of CREATE FUNCTION may hold `;` between BEGIN and END. */
function routine({ tokens: { kinds, texts }, at }: Head): Statement {
  let depth = 0;
  let next = at;
  for (; next < kinds.length; next++) {
    const text = texts[next];
    if (text === ';' && depth === 0) break;
    if (kinds[next] !== KEYWORD && text !== 'case') continue;
    if (text === 'begin' || (text === 'case' && texts[next - 1] !== 'end')) depth++;
    else if (text === 'end' && !/^(?:if|while|loop|repeat)$/.test(texts[next + 1] ?? '')) depth--;
  }
  return { kind: 'CREATE_FUNCTION', end: next };
}

export function drop(head: Head): Statement {
  const { tokens } = head;
  const next = objectAt(tokens, head.at + 1);
  const kind = objectKind(tokens, 'DROP', next);
  if (!isTableOrView(tokens, next)) {
    const statement = done(head, kind, next);
    if (kind === 'DROP_DATABASE' && tokens.texts[statement.end - 1] === 'cascade') head.findings.unnamed ??= 'cascade';
    return statement;
  }
  let after = target(head, next + 1);
  while (tokens.texts[after] === ',') after = Math.max(target(head, after + 1), after + 1);
  return done(head, kind, after);
}

export function alter(head: Head): Statement {
  const { tokens } = head;
  const next = objectAt(tokens, head.at + 1);
  const kind = objectKind(tokens, 'ALTER', next);
  return isTableOrView(tokens, next) ? query(head, kind, 'ddl', target(head, next + 1)) : done(head, kind, next);
}

export function comment(head: Head): Statement {
  const { tokens, findings, at } = head;
  const next = skip(tokens, at + 1, 'on');
  const name = readName(tokens, next + 1);
  if (isTableOrView(tokens, next)) add(findings.writes, name);
  else if (tokens.texts[next] === 'column' && name !== null && name.parts.length > 1) {
    findings.writes.push(name.parts.slice(0, -1));
  }
  return done(head, 'COMMENT', at + 1);
}

/** The index of what is created, dropped or altered, after OR REPLACE, EXTERNAL and the like. */
export function objectAt({ texts }: Tokens, from: number): number {
  let next = from;
  while (OBJECT_MODIFIERS.has(texts[next] ?? '')) next++;
  return next;
}

export function isTableOrView({ texts }: Tokens, at: number): boolean {
  return texts[at] === 'table' || texts[at] === 'view';
}

function objectKind({ texts }: Tokens, verb: string, at: number): string {
  const object = texts[at] === 'schema' ? 'database' : (texts[at] ?? '');
  return OBJECTS.has(object) ? `${verb}_${object.toUpperCase()}` : 'UNKNOWN';
}
