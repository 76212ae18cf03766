import type { CommentTag } from './sql-comment.js';

type Json = Readonly<Record<string, unknown>>;

interface JsonTool {
  readonly app: string;
  /** Tells the tool by the text before the JSON, or by what is in it. */
  readonly matches: (prefix: string, json: Json) => boolean;
  /** Members that name the user, best first; they leave the context. */
  readonly user: readonly string[];
}

/** Tools that write JSON, with the words before it (prior-art sheet, section 8). Order: the surest mark first. */
const JSON_TOOLS: readonly JsonTool[] = [
  { app: 'elementary', matches: (prefix) => prefix === '--ELEMENTARY-METADATA--', user: [] },
  { app: 'looker', matches: (prefix) => /^Looker Query Context$/i.test(prefix), user: ['user_email', 'user_id'] },
  { app: 'hex', matches: (prefix) => /^Hex query metadata:$/i.test(prefix), user: ['user_email'] },
  { app: 'sigma', matches: (prefix) => /^Sigma(\s+(Σ|\\u03a3))?:?$/iu.test(prefix), user: ['email', 'user-id'] },
  {
    app: 'deepnote',
    matches: (prefix, json) => /deepnote/i.test(prefix) || /deepnote\.com/i.test(textAt(json, 'url')),
    user: ['user_email', 'email', 'user', 'executed_by'],
  },
  { app: 'tableau', matches: (_, json) => 'tableau-query-origins' in json, user: ['tableau-user', 'user'] },
  {
    app: 'mode',
    matches: (_, json) => /^https?:\/\/([\w.-]+\.)?(modeanalytics|mode)\.com\//i.test(textAt(json, 'url')),
    user: ['email', 'user'],
  },
  {
    app: 'lightdash',
    matches: (_, json) => 'organization_uuid' in json && 'project_uuid' in json,
    user: ['user_email', 'user_uuid'],
  },
  {
    app: 'metabase',
    matches: (prefix, json) => textAt(json, 'client') === 'Metabase' || /partner:\s*"metabase",?$/.test(prefix),
    user: ['user_email', 'userId', 'userID', 'optional_user_id'],
  },
  { app: 'quicksight', matches: (prefix) => /^QuickSight:?$/i.test(prefix), user: ['user', 'userName'] },
  { app: 'sqlmesh', matches: (prefix) => /^SQLMESH/i.test(prefix), user: ['user'] },
];

/**
 * Reads a comment that holds one JSON object, alone or behind a tool's words.
 * JSON that no known tool writes is a tag when it names its `app` (dbt, OpenMetadata and what follows their custom).
 */
export function readJsonComment(text: string): CommentTag | null {
  const open = text.indexOf('{');
  const close = text.lastIndexOf('}');
  if (open < 0 || close <= open) return null;
  const json = parseObject(text.slice(open, close + 1));
  if (!json) return null;
  const prefix = text
    .slice(0, open)
    .replace(/['"\s]+$/, '')
    .trim();
  const tool = JSON_TOOLS.find(({ matches }) => matches(prefix, json)) ?? namedApp(prefix, json);
  if (!tool) return null;
  const fields = tool.app === 'tableau' ? flatten(json['tableau-query-origins'], json) : json;
  const user = tool.user.map((name) => userText(fields[name])).find((value) => value !== null) ?? null;
  const used = tool.user.find((name) => userText(fields[name]) === user);
  const context: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(fields)) {
    if (key !== used || user === null) context[key] = value;
  }
  return { app: tool.app, user, context };
}

/** The custom of dbt: the JSON itself says which program wrote it. */
function namedApp(prefix: string, json: Json): JsonTool | null {
  const app = textAt(json, 'app');
  if (prefix !== '' || !/^[A-Za-z][\w .-]{0,63}$/.test(app)) return null;
  return { app: app.toLowerCase(), matches: () => true, user: ['user_email', 'email', 'username', 'user'] };
}

function flatten(inner: unknown, outer: Json): Json {
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Json) : outer;
}

function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    // A comment that is no JSON is prose: no tag.
    return null;
  }
}

function textAt(json: Json, key: string): string {
  const value = Object.hasOwn(json, key) ? json[key] : undefined;
  return typeof value === 'string' ? value : '';
}

function userText(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
