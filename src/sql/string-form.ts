import { endOfSpace } from './characters.js';

/** How strings are written where a text stands. */
export const PLAIN = 0;
/** With `\` before quotes until AS or WITH shows that this CREATE TABLE is Trino's. */
const ESCAPED_DDL = 1;
const ESCAPED = 2;
/** Escaped, and `"` quotes strings too. */
export const HIVE = 3;

/** How strings are written after a keyword that ends at `end` and follows the tokens so far. */
export function stringsAfter(
  keyword: string,
  { source, texts, strings }: { readonly source: string; readonly texts: readonly string[]; readonly strings: number },
  end: number,
): number {
  const before = texts.at(-1);
  switch (keyword) {
    case 'as':
    case 'with':
      return strings === ESCAPED_DDL ? PLAIN : strings;
    case 'external':
      return before === 'create' ? Math.max(strings, ESCAPED) : strings;
    case 'table':
    case 'database':
      if (before === 'alter') return Math.max(strings, ESCAPED);
      return before === 'create' ? Math.max(strings, ESCAPED_DDL) : strings;
    // They may be names elsewhere: `SELECT serde FROM "tables"`.
    case 'serde':
    case 'delimited':
      return before === 'format' ? HIVE : strings;
    case 'serdeproperties':
    case 'tblproperties':
    case 'dbproperties':
      return before !== 'as' && source.charCodeAt(endOfSpace(source, end)) === 40 ? HIVE : strings;
    default:
      return strings;
  }
}
