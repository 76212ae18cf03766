import { type Pairs, pairsIn } from './comment-pairs.js';
import type { CommentTag } from './comment-tag.js';
import { toolBefore, toolNamed, unmistakableTool } from './comment-tools.js';
import { isUserKey, userIn, userText } from './comment-user.js';
import { readSqlcommenter } from './sqlcommenter.js';

/** Reads the tags that are no JSON: pairs behind a tool's name, pairs that only one tool writes, and the fixed forms of some tools. */
export function readKeyValueComment(text: string, isBlock: boolean): CommentTag | null {
  return (
    readFixedForm(text) ??
    trino(text) ??
    declared(text) ??
    readSqlcommenter(text, isBlock) ??
    marked(text) ??
    named(text)
  );
}

/** A comment that holds the name of a tool and nothing else (`dbt`, `QuickSight`). */
export function readBareName(text: string): CommentTag | null {
  const before = toolBefore(text);
  return before?.rest === '' ? { app: before.app, user: null, context: {} } : null;
}

/** Keys that only one tool writes together; `Metabase::` is the only mark that is no key. */
const MARKS: readonly (readonly [string, (pairs: Pairs) => boolean])[] = [
  [
    'redash',
    (pairs) => 'Query Hash' in pairs && ['query_id', 'Query ID', 'Task ID', 'Job ID'].some((key) => key in pairs),
  ],
  ['airflow', (pairs) => 'dag_id' in pairs && 'task_id' in pairs],
  ['thoughtspot', (pairs) => 'vizId' in pairs && 'requestId' in pairs],
  ['thoughtspot', (pairs) => UUID.test(pairs.vizId ?? pairs.liveboardId ?? '')],
  ['marginalia', (pairs) => 'application' in pairs && RAILS.some((key) => key in pairs)],
  [
    'superset',
    (pairs) => Object.entries(pairs).every(isOfSuperset) && Object.keys(pairs).some((key) => CHART.test(key)),
  ],
];

const RAILS = ['controller', 'action', 'job', 'line', 'db_host', 'db_config_name', 'console_hostname'];
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CHART = /^(?:chart|slice|dataset|datasource)_id$/;

function isOfSuperset([key, value]: readonly [string, string]): boolean {
  return (
    isUserKey(key) ||
    (/^(?:chart|slice|dataset|datasource|dashboard|database|tab)_id$/.test(key) && /^\d+$/.test(value))
  );
}

function marked(text: string): CommentTag | null {
  const pairs = isCondition(text) ? null : pairsIn(text);
  const app = pairs && MARKS.find(([, matches]) => matches(pairs))?.[0];
  return pairs && app ? tagOf(app, pairs) : null;
}

/** SQL that somebody commented out: `dataset_id = 5`, or one pair with nothing but `=` between. Tools write no blank before it. */
function isCondition(text: string): boolean {
  return /^[\w."`]+\s+=|\n\s*[\w."`]+\s+=\s/.test(text) || /^[\w."`]+=(?:'[^']*'|"[^"]*"|[^\s,;|]+)[,;]?$/.test(text);
}

/** Keys whose value is the name of a program; `app` alone may name one that nobody knows, beside a user. */
const APP_KEY = /^(?:app|app[-_ ]?name)$/i;
const TOOL_KEY =
  /^(?:app(?:lication)?|app[-_ ]?name|tool|client|partner|source|system|platform|product|generator|generated[-_ ]by)$/i;

/** `app: superset, user: ana`, `partner: ThoughtSpot`, `app='acme-portal', user='ana@acme.example'`, `superset_user=ana`. */
function declared(text: string): CommentTag | null {
  const pairs = pairsIn(text);
  if (!pairs || isCondition(text.replace(/^superset_user(?:name)?=/i, ''))) return null;
  const hasUser = userIn(pairs) !== null || Object.keys(pairs).some(isUserKey);
  for (const [key, value] of Object.entries(pairs)) {
    const app = !TOOL_KEY.test(key) ? null : hasUser ? toolNamed(value) : unmistakableTool(value);
    if (app !== null && (hasUser || !/^(?:source|system|platform)$/i.test(key))) return tagOf(app, without(pairs, key));
    if (APP_KEY.test(key) && hasUser && /^[A-Za-z][\w .-]{0,63}$/.test(value)) {
      return tagOf(value.toLowerCase(), without(pairs, key));
    }
  }
  const owner = Object.keys(pairs).find((key) => toolOfKey(key) !== null && isUserKey(afterTool(key)));
  if (owner === undefined) return null;
  const renamed = Object.fromEntries(Object.entries(pairs).map(([key, value]) => [afterTool(key), value]));
  return tagOf(toolOfKey(owner) ?? '', Object.assign(Object.create(null), renamed));
}

function without(pairs: Pairs, key: string): Pairs {
  const { [key]: _, ...rest } = pairs;
  return Object.assign(Object.create(null), rest);
}

/** `superset_user` and `metabase.user_id` say whose user it is. */
function toolOfKey(key: string): string | null {
  return unmistakableTool(key.split(/[-_.]/, 1)[0] ?? '');
}

function afterTool(key: string): string {
  return toolOfKey(key) === null ? key : key.replace(/^[^-_.]+[-_.]/, '');
}

/** `Metabase:: userID: 5 queryType: native`, `Superset: user=jane, dashboard_id=12`, `Grafana user: jane`. */
function named(text: string): CommentTag | null {
  const before = toolBefore(text);
  const pairs = before && pairsIn(before.rest);
  if (!before || !pairs) return null;
  const keys = Object.keys(pairs);
  return keys.some((key) => isTelling(key) || (keys.length > 1 && isPlace(key))) ? tagOf(before.app, pairs) : null;
}

/** Users and ids: what stands behind a tool's name without any of them is a note (`dbt: later: sort`). */
function isTelling(key: string): boolean {
  return isUserKey(key) || /(?:^|[ ._-])(?:id|uuid|hash|url)$|(?:Id|ID|Hash|Url|URL|Uuid|UUID)$/.test(key);
}

/** Where in the tool the query is at home: alone it may be a heading (`Tableau workbook: Sales`). */
function isPlace(key: string): boolean {
  return /^(?:dashboard|chart|card|workbook|report|panel|query|queryType|dag|run|job|model|node)$/i.test(key);
}

function tagOf(app: string, pairs: Pairs): CommentTag {
  const context: Record<string, unknown> = Object.assign(Object.create(null), pairs);
  const named = userIn(pairs);
  for (const key of Object.keys(context)) {
    // A word that stands for nobody (`Username: Scheduled`) tells nothing else.
    if (key === named?.key || (named === null && /^user/i.test(key))) delete context[key];
  }
  return { app, user: named?.user ?? null, context };
}

/** Tools whose comment has one fixed shape. */
function readFixedForm(text: string): CommentTag | null {
  return (
    signed(text) ??
    runBy(text) ??
    executedBy(text) ??
    ofDbt(text) ??
    ofDerivedTable(text) ??
    ofPlan(text) ??
    deepnote(text)
  );
}

/** `[SQL LAB] jane 2026-05-01T10:11:12`, the example in Superset's configuration, and its like for other names. */
function signed(text: string): CommentTag | null {
  const match = /^\[([^\]\n]{1,40})\]\s+([^\s:=][^:=\n]{0,200}?)(?: (\d{4}-\d\d-\d\d[T ]\S+))?$/.exec(text);
  const app = toolNamed(match?.[1] ?? '');
  if (!match || app === null || (match[3] === undefined && /\s/.test(match[2] ?? ''))) return null;
  return { app, user: userText(match[2]), context: match[3] === undefined ? {} : { time: match[3] } };
}

/** `run by jane in dbt`, the example in dbt's documentation of query comments; `executed by dbt`. */
function runBy(text: string): CommentTag | null {
  const match = /^(?:run|executed|issued|submitted) (?:by (\S+) )?(?:by|in|from|via|with|using) ([\w .-]+)$/i.exec(
    text,
  );
  const app = toolNamed(match?.[2] ?? '');
  return match && app !== null ? { app, user: userText(match[1]), context: {} } : null;
}

/** `executed by dbt`, alone, with a version, or before further words behind a mark; `executed by airflow daily` is prose. */
function executedBy(text: string): CommentTag | null {
  const match =
    /^(?:executed|run|issued|submitted|generated|created) by ([\w-]+)(?: (?:core|cloud))?(?:\s+\(?v?\d[\w.]*\)?)?(?:$|\s*[-:|,;(]+\s*(.*)$)/is.exec(
      text,
    );
  const app = unmistakableTool(match?.[1] ?? '');
  if (!match || app === null) return null;
  const pairs = pairsIn(match[2] ?? '');
  return pairs ? tagOf(app, pairs) : { app, user: null, context: {} };
}

/** `dbt 1.9.4: running model.shop.orders for target prod`, the example of a macro in dbt's documentation. */
function ofDbt(text: string): CommentTag | null {
  const match =
    /^dbt v?(\d[\w.]*):? (?:running|executing|building|testing) (\S+)(?: (?:for|in|on) target (\S+))?$/i.exec(text);
  if (!match) return null;
  const context = { dbt_version: match[1], node_id: match[2], ...(match[3] ? { target_name: match[3] } : {}) };
  return { app: 'dbt', user: null, context };
}

/** What Looker writes around the tables that it derives. */
function ofDerivedTable(text: string): CommentTag | null {
  const match =
    /^(?:(?:generate|use existing) derived table (\S+)|(?:Re)?building (?:persistent |native )*derived table (\S+)(?: in (\w+) mode)?(?: on instance (\w+))?.*|finished (\S+) => \S+)$/i.exec(
      text,
    );
  if (!match) return null;
  const [, generated, built, mode, instance, finished] = match;
  const table = generated ?? built ?? finished ?? '';
  return {
    app: 'looker',
    user: null,
    context: { derived_table: table, ...(mode ? { mode } : {}), ...(instance ? { instance } : {}) },
  };
}

function ofPlan(text: string): CommentTag | null {
  const sqlmesh = /^(SQLMESH_\w+)(?::\s*(\S+))?$/.exec(text);
  if (sqlmesh) return { app: 'sqlmesh', user: null, context: { [sqlmesh[1] ?? '']: sqlmesh[2] ?? true } };
  const quicksight = /^QuickSight:?\s+([0-9a-f]{8}-[0-9a-f-]{27})$/i.exec(text);
  return quicksight ? { app: 'quicksight', user: null, context: { id: quicksight[1] } } : null;
}

/** Deepnote's text is written by its server; its documentation names the parts, its toolkit's tests the stand-in `audit_comment`. */
function deepnote(text: string): CommentTag | null {
  if (text === 'audit_comment') return { app: 'deepnote', user: null, context: {} };
  const link = /https?:\/\/(?:[\w-]+\.)*deepnote\.(?:com|org)\/\S*/i.exec(text)?.[0];
  if (link === undefined || !/^(?:(?:run|executed|queried) )?(?:in |from |by |with )?deepnote\b/i.test(text))
    return null;
  const email = /\b(?:by|user|email)[\s:=]+"?([\w.+-]+@[\w-]+(?:\.[\w-]+)+)/i.exec(text)?.[1] ?? null;
  return { app: 'deepnote', user: email, context: { url: link.replace(/[)\],;'"]+$/, '') } };
}

/**
 * Trino's `query.comment-format`: words, blanks, commas and `=` around the query id, the user and the source, in whatever order
 * a site chose (Trino allows no other characters in the format).
 */
function trino(text: string): CommentTag | null {
  const queryId = /(?:^|=\s*)(\d{8}_\d{6}_\d{5}_[a-z0-9]{5})\b/.exec(text)?.[1];
  if (queryId === undefined) return null;
  const user = userText(/\bUser\s*=\s*([^\s,;]+)/i.exec(text)?.[1]);
  const source = /\bSource\s*=\s*([^\s,;]+)/i.exec(text)?.[1];
  return { app: 'trino', user, context: source === undefined ? { queryId } : { queryId, source } };
}
