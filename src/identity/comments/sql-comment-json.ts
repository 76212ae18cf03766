import { pairsIn } from './comment-pairs.js';
import type { CommentTag } from './comment-tag.js';
import { toolBefore, toolNamed, toolOfLink, unmistakableTool } from './comment-tools.js';
import { userIn } from './comment-user.js';

type Json = Readonly<Record<string, unknown>>;

/** Tools whose JSON carries no name, told by members that no other tool writes (prior-art sheet, section 8). */
const MARKS: readonly (readonly [string, (json: Json) => boolean])[] = [
  ['tableau', (json) => 'tableau-query-origins' in json],
  ['lightdash', (json) => 'project_uuid' in json && ('organization_uuid' in json || 'query_context' in json)],
  [
    'dbt',
    (json) => 'dbt_version' in json || /^(?:model|seed|snapshot|test|operation)\.\w+\./.test(textAt(json, 'node_id')),
  ],
  ['thoughtspot', (json) => 'vizId' in json && ('userId' in json || 'requestId' in json)],
  ['airflow', (json) => 'dag_id' in json && 'task_id' in json],
  ['astrato', (json) => 'workbookId' in json && 'roleType' in json],
];

/**
 * Reads a comment that holds one JSON object (or what Python prints for one), alone, behind a tool's words or before further
 * `key: value` pairs. JSON counts as a tag when the words before it, its own members or its links name the tool.
 */
export function readJsonComment(text: string): CommentTag | null {
  const open = text.indexOf('{');
  const close = text.lastIndexOf('}');
  const json = objectIn(text);
  if (!json) return null;
  const prefix = text
    .slice(0, open)
    .replace(/['"\s]+$/, '')
    .trim();
  const app = appOf(prefix, json);
  if (app === null) return null;
  // Tableau, and macros of dbt, put all members into one that bears the tool's name.
  const inner = app === 'tableau' ? json['tableau-query-origins'] : ofTool(json, app);
  const fields: Record<string, unknown> = Object.assign(Object.create(null), isRecord(inner) ? inner : json);
  // Partner drivers of Metabase write JSON before Metabase's own pairs.
  const rest = text.slice(close + 1).replace(/^[\s'"]*(?:\*\/)?\s*/, '');
  const further = rest === '' ? null : pairsIn(toolBefore(rest)?.rest ?? rest);
  for (const [key, value] of Object.entries(further ?? {})) if (!(key in fields)) fields[key] = value;
  const named = userIn(fields);
  if (named) for (const [key, value] of Object.entries(fields)) if (isUsed(key, value, named)) delete fields[key];
  return { app, user: named?.user ?? null, context: fields };
}

/** The JSON object in a comment, behind at most some words; null when there is none. */
export function objectIn(text: string): Json | null {
  const open = text.indexOf('{');
  const close = text.lastIndexOf('}');
  return open < 0 || open > MAX_WORDS_CHARACTERS || close <= open ? null : parseObject(text.slice(open, close + 1));
}

/** No tool writes a longer text before its JSON. */
const MAX_WORDS_CHARACTERS = 200;

/** The member that names the user leaves the context, and so do other spellings of the same id (`optional_user_id`, `userID`). */
function isUsed(key: string, value: unknown, named: { readonly user: string; readonly key: string | null }): boolean {
  return key === named.key || (String(value) === named.user && /user_?id$/i.test(key));
}

function appOf(prefix: string, json: Json): string | null {
  if (prefix === '--ELEMENTARY-METADATA--') return 'elementary';
  if (/^SQLMESH\w*:?$/i.test(prefix)) return 'sqlmesh';
  if (/^\/?\*?\s*partner:\s*"metabase",?$/.test(prefix)) return 'metabase';
  const declared = /^qtag:\s*([A-Za-z][\w.-]{0,63})$/i.exec(prefix)?.[1];
  if (declared !== undefined) return declared.toLowerCase();
  const before = prefix === '' ? null : toolBefore(`${prefix}:`);
  if (before?.rest === '') return before.app;
  const marked = MARKS.find(([, matches]) => matches(json))?.[0] ?? linkedTool(json) ?? nestedTool(json);
  // Behind other words JSON is somebody's note, unless it has a mark of its own.
  return marked ?? (prefix === '' ? namedApp(json) : null);
}

/** The custom of dbt: the JSON itself says which program wrote it. Other members count only when a known tool stands there. */
function namedApp(json: Json): string | null {
  for (const key of ['app', 'application', 'app_name', 'application_name', 'appName']) {
    const app = textAt(json, key);
    if (/^[A-Za-z][\w .-]{0,63}$/.test(app)) return toolNamed(app) ?? app.toLowerCase();
  }
  for (const key of ['client', 'tool', 'source', 'system', 'platform', 'service', 'product', 'generator', 'origin']) {
    const app = toolNamed(textAt(json, key));
    if (app !== null) return app;
  }
  return null;
}

/** `{"dbt": {"version": "1.9", "user": "ana"}}`: one member, and it is called like the tool. */
function nestedTool(json: Json): string | null {
  const [only, ...others] = Object.keys(json);
  return only !== undefined && others.length === 0 && isRecord(json[only]) ? unmistakableTool(only) : null;
}

function ofTool(json: Json, app: string): unknown {
  const key = Object.keys(json).find((name) => toolNamed(name) === app && isRecord(json[name]));
  return key === undefined ? null : json[key];
}

function linkedTool(json: Json): string | null {
  for (const key of Object.keys(json)) {
    const app = /url|link/i.test(key) ? toolOfLink(textAt(json, key)) : null;
    if (app !== null) return app;
  }
  return null;
}

function parseObject(text: string): Json | null {
  for (const form of /^\{\s*'/.test(text) ? [text, pythonAsJson(text)] : [text]) {
    try {
      const value: unknown = JSON.parse(form);
      if (isRecord(value)) return value;
    } catch {
      // A comment that is no JSON is prose: no tag.
    }
  }
  return null;
}

/** What Python prints for a dictionary, as JSON: single quotes, True, False and None. */
function pythonAsJson(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'|\b(?:True|False|None)\b/g, (whole, inner?: string) => {
    if (inner !== undefined) return JSON.stringify(inner.replace(/\\(['"\\])/g, '$1'));
    return whole === 'True' ? 'true' : whole === 'False' ? 'false' : whole === 'None' ? 'null' : whole;
  });
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textAt(json: Json, key: string): string {
  const value = Object.hasOwn(json, key) ? json[key] : undefined;
  return typeof value === 'string' ? value : '';
}
