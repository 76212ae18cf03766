/** Quotes text as a SQL literal; DuckDB knows no escapes in it but the doubled quote. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll('\0', '')}'`;
}

/** Quotes a name. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** That a value is one of many literals. DuckDB compares an IN list with each row, one literal after the other; a subquery it hashes. */
export function isOneOf(sql: string, literals: readonly (string | number)[]): string {
  return `${sql} IN (SELECT unnest([${literals.join(', ')}]))`;
}
