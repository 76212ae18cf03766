import { formatDialect, trino } from 'sql-formatter';

/** Formats a statement of Athena; null when the formatter does not understand it (Hive DDL, broken SQL, masked literals). */
export function formatSql(sql: string): string | null {
  try {
    return formatDialect(sql, { dialect: trino, keywordCase: 'upper', tabWidth: 2 });
  } catch {
    // The raw text is shown instead.
    return null;
  }
}
