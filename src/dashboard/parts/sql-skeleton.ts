/** What is known of a statement without reading it again. */
export interface StatementFacts {
  readonly sql: string | null | undefined;
  /** Statement type of Athena: `SELECT`, `INSERT`, `CREATE_TABLE_AS_SELECT`, … */
  readonly type: string | null | undefined;
  readonly tables_read?: readonly string[] | null;
  readonly tables_written?: readonly string[] | null;
}

/**
 * A line that tells statements apart: what is done, to what, from what (`SELECT … FROM sales.orders ⋈ customers.profiles`), in two
 * parts: what a narrow column may leave out, and the rest. A statement of which no table is known is its text, without the comment
 * that a tool wrote before it.
 */
export function sqlSkeleton({
  sql,
  type,
  tables_read,
  tables_written,
}: StatementFacts): readonly [verb: string, rest: string] {
  const text = withoutComments(sql ?? '');
  const read = (tables_read ?? []).map(shortName).join(' ⋈ ');
  const [written] = (tables_written ?? []).map(shortName);
  const from = read === '' ? '' : `FROM ${read}`;
  const verb = type ?? '';
  if (written !== undefined && /^CREATE_TABLE_AS/.test(verb))
    return ['CREATE TABLE ', [written, 'AS SELECT …', from].filter(Boolean).join(' ')];
  if (written !== undefined && verb === 'INSERT')
    return ['INSERT INTO ', [written, 'SELECT …', from].filter(Boolean).join(' ')];
  if (/^UNLOAD/.test(verb) && read !== '')
    return ['UNLOAD SELECT … ', `${from}${written === undefined ? '' : ` TO ${written}`}`];
  if (verb === 'SELECT' && read !== '') return [`SELECT ${selected(text)} `, from];
  return ['', text];
}

/** Few words between SELECT and FROM tell more than dots. */
function selected(text: string): string {
  const list = /^select\s+((?:distinct\s+)?[^()]{1,40}?)\s+from\b/i.exec(text)?.[1];
  return list ?? '…';
}

/** The text in one line, without the comments before it. */
export function withoutComments(sql: string): string {
  return sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))+/, '').replace(/\s+/g, ' ');
}

function shortName(table: string): string {
  return table.replace(/^awsdatacatalog\./, '');
}
