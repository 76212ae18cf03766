import type { CommentTag } from './sql-comment.js';

/** Reads the tags that are no JSON: lists of `key: value`, `key='value'` (sqlcommenter), and the fixed forms of some tools. */
export function readKeyValueComment(text: string): CommentTag | null {
  return redash(text) ?? metabase(text) ?? fixedForm(text) ?? trino(text) ?? sqlcommenter(text);
}

/** `Username: x, query_id: 1, Queue: …, Job ID: …, Query Hash: …, Scheduled: False`, with a closing ` --` in the Athena fork. */
function redash(text: string): CommentTag | null {
  if (!/\bQuery Hash: ?[0-9a-f]+/i.test(text) || !/\b(?:query_id|Query ID|Task ID|Job ID): ?/i.test(text)) return null;
  const fields = new Map<string, string>();
  for (const part of text.replace(/\s*--\s*$/, '').split(/,\s*/)) {
    const colon = part.indexOf(':');
    if (colon > 0) fields.set(part.slice(0, colon).trim(), part.slice(colon + 1).trim());
  }
  const user = fields.get('Username') ?? null;
  fields.delete('Username');
  // Redash's own schedules and its cleanup write a word where no user is.
  const isUser = user !== null && !/^(|none|unknown|anonymous|scheduled)$/i.test(user);
  return { app: 'redash', user: isUser ? user : null, context: Object.fromEntries(fields) };
}

/** `Metabase:: userID: 5 queryType: native queryHash: <hex>`, and further `key: value` pairs of partner drivers. */
function metabase(text: string): CommentTag | null {
  const match = /^(?:.*\*\/\s*)?Metabase::?\s*(.*)$/s.exec(text);
  if (!match) return null;
  const fields = new Map<string, string>();
  for (const [, key = '', value = ''] of (match[1] ?? '').matchAll(/(\w+):\s*(\S+)/g)) fields.set(key, value);
  const user = fields.get('userID') ?? null;
  fields.delete('userID');
  return {
    app: 'metabase',
    user: user === 'null' || user === 'nil' ? null : user,
    context: Object.fromEntries(fields),
  };
}

/** Tools whose comment has one fixed shape. */
function fixedForm(text: string): CommentTag | null {
  const superset = /^\[SQL LAB\]\s+(\S+)(?:\s+(\S.*))?$/i.exec(text);
  if (superset)
    return { app: 'superset', user: superset[1] ?? null, context: superset[2] ? { time: superset[2].trim() } : {} };
  const chart = [...text.matchAll(/\b(chart_id|dataset_id|dashboard_id|slice_id):\s*(\d+)/g)];
  if (chart.length > 0 && chart.map(([whole]) => whole).join('').length >= text.replace(/[\s,;]+/g, '').length) {
    return {
      app: 'superset',
      user: null,
      context: Object.fromEntries(chart.map(([, key = '', value = '']) => [key, value])),
    };
  }
  const sqlmesh = /^(SQLMESH_\w+):\s*(\S+)$/.exec(text);
  if (sqlmesh) return { app: 'sqlmesh', user: null, context: { [sqlmesh[1] ?? '']: sqlmesh[2] } };
  const quicksight = /^QuickSight(?::?\s+([0-9a-f]{8}-[0-9a-f-]{27}))?$/i.exec(text);
  if (quicksight) return { app: 'quicksight', user: null, context: quicksight[1] ? { id: quicksight[1] } : {} };
  return deepnote(text);
}

/** Deepnote's text is written by its server; its documentation names the parts, its toolkit's tests the stand-in `audit_comment`. */
function deepnote(text: string): CommentTag | null {
  if (text === 'audit_comment') return { app: 'deepnote', user: null, context: {} };
  const link = /https?:\/\/(?:[\w-]+\.)*deepnote\.(?:com|org)\/\S*/i.exec(text)?.[0];
  if (link === undefined && !/^deepnote\b/i.test(text)) return null;
  const email = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/.exec(text)?.[0] ?? null;
  return { app: 'deepnote', user: email, context: link === undefined ? {} : { url: link.replace(/[)\],;'"]+$/, '') } };
}

/** Trino's `query.comment-format` with its query id, user and source in whatever order a site chose. */
function trino(text: string): CommentTag | null {
  const queryId = /\b\d{8}_\d{6}_\d{5}_[a-z0-9]{5}\b/.exec(text)?.[0];
  if (queryId === undefined) return null;
  const user = /\bUser\s*[=:]\s*(\S+)/i.exec(text)?.[1]?.replace(/[,;]$/, '') ?? null;
  const source = /\bSource\s*[=:]\s*(\S+)/i.exec(text)?.[1]?.replace(/[,;]$/, '');
  return { app: 'trino', user, context: source === undefined ? { queryId } : { queryId, source } };
}

const PAIR = /\s*([\w%.~-]+)\s*=\s*(?:'((?:[^'\\]|\\.|'')*)'|(-?\d+(?:\.\d+)?|true|false))\s*(?:,|$)/y;

/**
 * sqlcommenter, marginalia and their kin: nothing but `key='value'` pairs, URL-encoded, `'` escaped (specification of
 * sqlcommenter). One pair is enough, since Spanner drivers write `traceparent` alone.
 */
function sqlcommenter(text: string): CommentTag | null {
  const context: Record<string, unknown> = Object.create(null);
  let quoted = 0;
  PAIR.lastIndex = 0;
  for (let at = 0; at < text.length; at = PAIR.lastIndex) {
    const match = PAIR.exec(text);
    if (!match) return null;
    if (match[2] !== undefined) quoted += 1;
    context[decode(match[1] ?? '')] = decode(
      (match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1').replaceAll("''", "'"),
    );
  }
  return quoted === 0 ? null : { app: 'sqlcommenter', user: null, context };
}

/** URL-decodes; `%%` is how one driver escapes the sign, and a stray `%` stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('%%', '%'));
  } catch {
    // Not URL-encoded after all.
    return text;
  }
}
