import type { SqlAnalysis, SqlContext } from './analysis.js';
import { analyzeSql } from './analyze.js';
import type { TextHash } from './fingerprint.js';

export type SqlReader = (text: string, context: SqlContext) => SqlAnalysis;

/**
 * Makes a reader that remembers the last `capacity` different texts with their contexts: dashboards send the same text
 * thousands of times a day. Answers are shared, so they must not be changed.
 */
export function createSqlReader(capacity: number, sha1: TextHash): SqlReader {
  const known = new Map<string, SqlAnalysis>();
  return (text, context) => {
    const key = JSON.stringify([
      context.catalog,
      context.database,
      context.defaultCatalog ?? context.defaultCatalog === null,
    ]).concat(text);
    const found = known.get(key);
    const analysis = found ?? analyzeSql(text, context, sha1);
    if (found !== undefined) known.delete(key);
    else if (known.size >= capacity) {
      const oldest = known.keys().next();
      if (!oldest.done) known.delete(oldest.value);
    }
    known.set(key, analysis);
    return analysis;
  };
}
