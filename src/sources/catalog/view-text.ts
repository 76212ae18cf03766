import type { CatalogView } from '../../ports/execution-source.js';

const PRESTO_VIEW = /^\s*\/\* Presto View: ([A-Za-z0-9+/=\s]+) \*\/\s*$/;
const OTHER_PRESTO = /^\s*\/\* Presto (?:Materialized )?View/;

/**
 * Reads `ViewOriginalText` of Glue: Athena keeps its views as base64 of a JSON object with `originalSql`, `catalog` and `schema`
 * (aws-facts 13); Hive and Spark keep the SQL. Null for what is neither.
 */
export function readViewText(original: string | undefined): CatalogView['definition'] {
  if (original === undefined || original.trim() === '') return null;
  const packed = PRESTO_VIEW.exec(original)?.[1];
  if (packed === undefined)
    return OTHER_PRESTO.test(original) ? null : { text: original, catalog: null, database: null };
  try {
    const view: unknown = JSON.parse(Buffer.from(packed, 'base64').toString('utf8'));
    if (typeof view !== 'object' || view === null) return null;
    const { originalSql, catalog, schema } = view as Readonly<Record<string, unknown>>;
    if (typeof originalSql !== 'string') return null;
    return { text: originalSql, catalog: nameOf(catalog), database: nameOf(schema) };
  } catch {
    return null;
  }
}

function nameOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
