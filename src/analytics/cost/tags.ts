import { type GroupRow, groupBy } from '../groups/groups.js';
import type { RunSql, Scope } from '../view/scope.js';

/** What queries cost by the value of a tag of their workgroup, as it is now. */
export interface TagCosts {
  /** Keys that workgroups have; empty where no closing has told of tags. */
  readonly keys: readonly string[];
  /** The key that was asked for, or the first; null where there is none. */
  readonly key: string | null;
  /** The most expensive first; null is the key of workgroups without the tag. */
  readonly rows: readonly GroupRow[];
}

/** Values of a tag that are shown; a tag that tells costs apart has few. */
const MOST_VALUES = 2000;

/** Adds up by the tag of this key; by the first one where nobody has the key. */
export async function costByTag(run: RunSql, scope: Scope, asked: string | null): Promise<TagCosts> {
  const keys = (
    await run<{ key: string }>(
      `SELECT DISTINCT split_part(tag, '=', 1) AS key FROM (SELECT unnest(tags) AS tag FROM workgroups) ORDER BY key`,
    )
  ).map(({ key }) => key);
  const key = keys.find((known) => known === asked) ?? keys[0] ?? null;
  return { keys, key, rows: key === null ? [] : await groupBy(run, scope, { by: `tag:${key}`, limit: MOST_VALUES }) };
}
