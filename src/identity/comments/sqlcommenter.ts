import type { CommentTag } from './comment-tag.js';
import { userIn } from './comment-user.js';

const PAIR = /\s*([\w%.~-]+)\s*=\s*(?:'((?:[^'\\]|\\.|'')*)'|(-?\d+(?:\.\d+)?|true|false))\s*(?:,|$)/y;

/** Keys that only a tracer writes: one of them is enough, since Spanner drivers write `traceparent` alone. */
const TRACER_KEY = /^(?:traceparent|tracestate|db_driver|framework|dd(?:dbs?|ps|pv|prs|e|h|tag|sh))$/i;
/** Keys of the specification that columns are called, too: one, or a line of them, is a condition that somebody commented out. */
const KNOWN_KEY = /^(?:action|application|controller|route|job|driver|request_id|tags?)$/i;

/**
 * Reads sqlcommenter, Rails' query log tags and Datadog's propagation: nothing but `key='value'` pairs, URL-encoded, `'` escaped
 * (specification of sqlcommenter). The form must be whole: a key of the specification, and no line comment.
 */
export function readSqlcommenter(text: string, isBlock: boolean): CommentTag | null {
  const context: Record<string, unknown> = Object.create(null);
  const keys: string[] = [];
  let quoted = 0;
  PAIR.lastIndex = 0;
  for (let at = 0; at < text.length; at = PAIR.lastIndex) {
    const match = PAIR.exec(text);
    if (!match) return null;
    if (match[2] !== undefined) quoted += 1;
    const key = decode(match[1] ?? '');
    keys.push(key);
    context[key] = decode((match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1').replaceAll("''", "'"));
  }
  const isKnown = isBlock && keys.length > 1 && keys.some((key) => KNOWN_KEY.test(key));
  if (quoted === 0 || !(isKnown || keys.some((key) => TRACER_KEY.test(key)))) return null;
  const named = userIn(context);
  if (named?.key != null) delete context[named.key];
  return { app: appOf(keys), user: named?.user ?? null, context };
}

/** Datadog's tracers write keys of their own, Airflow's templates the ids of a run; the rest share one format. */
function appOf(keys: readonly string[]): string {
  if (keys.some((key) => /^dd/.test(key) && TRACER_KEY.test(key))) return 'datadog';
  return keys.includes('dag_id') && keys.includes('task_id') ? 'airflow' : 'sqlcommenter';
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
