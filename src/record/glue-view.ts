import { COLUMNS, type Column } from './columns.js';
import { type GlueTableInput, type GlueTableOptions, glueTableInput, hiveType, partitionNames } from './glue-table.js';

export interface GlueViewOptions extends GlueTableOptions {
  readonly view: string;
}

/** A table over reports, as a reader names it. */
export type TypedTable = Pick<GlueTableOptions, 'database' | 'table' | 'format' | 'forest'>;

/**
 * Writes the view that gives the columns of the contract their types, whatever the format of the table: over CSV, where
 * every column is text, it undoes the escapes, turns empty fields into nulls and casts. (OpenCSVSerde does not tell null
 * from the empty string: over CSV both are null in columns that may be null.)
 */
export function createViewSql(options: GlueViewOptions): string {
  return `CREATE OR REPLACE VIEW "${options.database}"."${options.view}" AS\n${typedSelectSql(options)}`;
}

/**
 * Defines the same view as Glue keeps it for Athena, so that CloudFormation can create it.
 * @param base64 Encodes ASCII text.
 */
export function glueViewInput(options: GlueViewOptions, base64: (text: string) => string): GlueTableInput {
  const { PartitionKeys } = glueTableInput(options);
  const columns = [
    ...COLUMNS.map((column) => ({ name: column.name as string, type: athenaType(column), hive: hiveType(column) })),
    ...PartitionKeys.map(({ Name }) => ({ name: Name, type: 'varchar', hive: 'string' })),
  ];
  const definition = {
    originalSql: typedSelectSql(options),
    catalog: 'awsdatacatalog',
    schema: options.database,
    columns: columns.map(({ name, type }) => ({ name, type })),
  };
  return {
    Name: options.view,
    TableType: 'VIRTUAL_VIEW',
    Parameters: { presto_view: 'true', comment: 'Presto View' },
    PartitionKeys: [],
    StorageDescriptor: { Columns: columns.map(({ name, hive }) => ({ Name: name, Type: hive })), SerdeInfo: {} },
    ViewOriginalText: `/* Presto View: ${base64(JSON.stringify(definition))} */`,
    ViewExpandedText: '/* Presto View */',
  };
}

/** The SELECT of that view: the columns of the contract with their types, then the partitions. */
export function typedSelectSql(options: TypedTable): string {
  const expressions = COLUMNS.map((column) => {
    const value = options.format === 'csv' ? fromText(column) : fromTyped(column);
    return value === `"${column.name}"` ? value : `${value} AS "${column.name}"`;
  });
  const partitions = partitionNames(options).map((name) => `"${name}"`);
  return `SELECT\n  ${[...expressions, ...partitions].join(',\n  ')}\nFROM "${options.database}"."${options.table}"`;
}

function fromTyped({ name, type }: Column): string {
  return type === 'timestamp' ? `CAST("${name}" AS timestamp(3))` : `"${name}"`;
}

function fromText(column: Column): string {
  const { name, type, nullable } = column;
  const text = nullable ? `NULLIF("${name}", '')` : `"${name}"`;
  switch (type) {
    case 'string':
      return unescaped(text);
    case 'list':
      return `CAST(json_parse(${unescaped(text)}) AS array(varchar))`;
    case 'timestamp':
      return `CAST(from_iso8601_timestamp(${text}) AS timestamp(3))`;
    default:
      return `CAST(${text} AS ${athenaType(column)})`;
  }
}

/** One pass from left to right: chained replacements would take the end of `\\` for the start of `\n`. */
function unescaped(text: string): string {
  const cases = `WHEN 'n' THEN chr(10) WHEN 'r' THEN chr(13) WHEN 'u0000' THEN chr(0) WHEN 'u0001' THEN chr(1) ELSE '\\' END`;
  return `regexp_replace(${text}, '\\\\(n|r|u0000|u0001|\\\\)', m -> CASE m[1] ${cases})`;
}

function athenaType({ type }: Column): string {
  switch (type) {
    case 'string':
      return 'varchar';
    case 'list':
      return 'array(varchar)';
    case 'timestamp':
      return 'timestamp(3)';
    case 'int':
      return 'integer';
    default:
      return type;
  }
}
