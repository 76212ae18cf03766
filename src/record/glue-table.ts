import { COLUMNS, type TypedColumn } from './columns.js';
import type { ReportFormat } from './manifest.js';
import { ROLLUP_COLUMNS } from './rollup-columns.js';

export interface GlueTableOptions {
  readonly database: string;
  readonly table: string;
  readonly format: ReportFormat;
  /** `s3://bucket` or `s3://bucket/prefix`: the root of a tree, or of a forest. */
  readonly location: string;
  /** Years of the reports, both included. Athena lists nothing outside; a query without a filter looks at every hour of them. */
  readonly years: { readonly first: number; readonly last: number };
  /** Over the files of whole days, or over their sums, which are both Parquet, instead of the hourly reports. */
  readonly of?: 'hours' | 'days' | 'sums';
  /** Set for a forest `account=<id>/region=<region>/` below the location: the values to look for. */
  readonly forest?: { readonly accounts: readonly string[]; readonly regions: readonly string[] };
}

/** A table as the Glue API (`CreateTable`) and CloudFormation (`AWS::Glue::Table`) take it. */
export interface GlueTableInput {
  readonly Name: string;
  readonly TableType: 'EXTERNAL_TABLE' | 'VIRTUAL_VIEW';
  readonly Parameters: Readonly<Record<string, string>>;
  readonly PartitionKeys: readonly GlueColumn[];
  readonly StorageDescriptor: {
    readonly Columns: readonly GlueColumn[];
    readonly Location?: string;
    readonly InputFormat?: string;
    readonly OutputFormat?: string;
    readonly SerdeInfo: {
      readonly SerializationLibrary?: string;
      readonly Parameters?: Readonly<Record<string, string>>;
    };
  };
  readonly ViewOriginalText?: string;
  readonly ViewExpandedText?: string;
}

export interface GlueColumn {
  readonly Name: string;
  readonly Type: string;
  readonly Comment?: string;
}

/**
 * Defines the table over the reports of one format, with partition projection (aws-facts 7.2): no partition is ever
 * added, every hour of the years is there.
 * @throws Error for a name, location or range that Athena does not take.
 */
export function glueTableInput(options: GlueTableOptions): GlueTableInput {
  checkOptions(options);
  const { InputFormat, OutputFormat, SerdeInfo, parameters } = FORMATS[options.format];
  return {
    Name: options.table,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', classification: options.format, ...parameters, ...projection(options) },
    PartitionKeys: partitionNames(options).map((Name) => ({ Name, Type: 'string' })),
    StorageDescriptor: {
      Columns: columnsOf(options).map((column) => ({
        Name: column.name,
        Type: options.format === 'csv' ? 'string' : hiveType(column),
        Comment: column.meaning,
      })),
      Location: `${options.location.replace(/\/$/, '')}/`,
      InputFormat,
      OutputFormat,
      SerdeInfo,
    },
  };
}

/** Writes the same table as a statement for Athena's editor. */
export function createTableSql(options: GlueTableOptions): string {
  const { Parameters, PartitionKeys, StorageDescriptor } = glueTableInput(options);
  const { Columns, SerdeInfo, Location, InputFormat, OutputFormat } = StorageDescriptor;
  const { EXTERNAL: _, ...properties } = Parameters;
  return `CREATE EXTERNAL TABLE \`${options.database}\`.\`${options.table}\` (
${Columns.map(({ Name, Type, Comment = '' }) => `  \`${Name}\` ${Type} COMMENT ${hiveText(Comment)}`).join(',\n')}
)
PARTITIONED BY (${PartitionKeys.map(({ Name, Type }) => `\`${Name}\` ${Type}`).join(', ')})
ROW FORMAT SERDE ${hiveText(SerdeInfo.SerializationLibrary ?? '')}
WITH SERDEPROPERTIES (
${hiveProperties(SerdeInfo.Parameters ?? {})}
)
STORED AS INPUTFORMAT ${hiveText(InputFormat ?? '')}
OUTPUTFORMAT ${hiveText(OutputFormat ?? '')}
LOCATION ${hiveText(Location ?? '')}
TBLPROPERTIES (
${hiveProperties(properties)}
)`;
}

/** Names of the partition columns, outermost first. */
export function partitionNames({ forest, of = 'hours' }: Pick<GlueTableOptions, 'forest' | 'of'>): readonly string[] {
  const own = of === 'hours' ? HOUR_PARTITIONS : DAY_PARTITIONS;
  return forest ? ['tree_account', 'tree_region', ...own] : own;
}

/** The column's type in Hive's words. */
export function hiveType({ type }: TypedColumn): string {
  return type === 'list' ? 'array<string>' : type;
}

function columnsOf({ of }: GlueTableOptions): readonly TypedColumn[] {
  return of === 'sums' ? ROLLUP_COLUMNS : COLUMNS;
}

const HOUR_PARTITIONS = ['year', 'month', 'day', 'hour'] as const;
const DAY_PARTITIONS = ['report_date'] as const;

const TEXT_FORMAT = {
  InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
};

const FORMATS = {
  csv: {
    ...TEXT_FORMAT,
    SerdeInfo: {
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
      // The parser drops an escape character that does not stand before a quote or itself: with the default `\` the text
      // `\n` would be read as `n`. (Given `"`, it takes `\` too.) U+0001 is the one character that no report contains.
      Parameters: { separatorChar: ',', quoteChar: '"', escapeChar: '\u0001' },
    },
    parameters: { 'skip.header.line.count': '1' },
  },
  json: {
    ...TEXT_FORMAT,
    SerdeInfo: {
      SerializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe',
      Parameters: { 'timestamp.formats': "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'" },
    },
    parameters: {},
  },
  parquet: {
    InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    SerdeInfo: {
      SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
      Parameters: { 'serialization.format': '1' },
    },
    parameters: {},
  },
} as const;

function projection({ location, years, forest, of = 'hours' }: GlueTableOptions): Record<string, string> {
  const trees = forest ? `account=\${tree_account}/region=\${tree_region}/` : '';
  const hours = of === 'hours' ? HOUR_PARTITIONS.map((name) => `${name}=\${${name}}/`).join('') : DAY_LOCATIONS[of];
  const labels =
    of !== 'hours'
      ? dated('report_date', years.first)
      : {
          ...counted('year', `${years.first},${years.last}`, 4),
          ...counted('month', '1,12', 2),
          ...counted('day', '1,31', 2),
          ...counted('hour', '0,23', 2),
        };
  return {
    'projection.enabled': 'true',
    ...(forest ? { ...listed('tree_account', forest.accounts), ...listed('tree_region', forest.regions) } : {}),
    ...labels,
    'storage.location.template': `${location.replace(/\/$/, '')}/${trees}${hours}`,
  };
}

function counted(name: string, range: string, digits: number): Record<string, string> {
  const key = `projection.${name}`;
  return { [`${key}.type`]: 'integer', [`${key}.range`]: range, [`${key}.digits`]: String(digits) };
}

/** Where the files of a day lie (`src/tree/layout.ts`). */
const DAY_LOCATIONS = { days: `daily/date=\${report_date}/`, sums: `rollups/date=\${report_date}/` } as const;

/** Days until the one that it is in UTC: no later one has ended anywhere, wherever the clocks are ahead (aws-facts 7.2). */
function dated(name: string, firstYear: number): Record<string, string> {
  const key = `projection.${name}`;
  return {
    [`${key}.type`]: 'date',
    [`${key}.format`]: 'yyyy-MM-dd',
    [`${key}.range`]: `${firstYear}-01-01,NOW`,
    [`${key}.interval`]: '1',
    [`${key}.interval.unit`]: 'DAYS',
  };
}

function listed(name: string, values: readonly string[]): Record<string, string> {
  return { [`projection.${name}.type`]: 'enum', [`projection.${name}.values`]: values.join(',') };
}

function checkOptions({ database, table, location, years, forest, format, of = 'hours' }: GlueTableOptions): void {
  if (of !== 'hours' && format !== 'parquet') throw new Error(`files of whole days are parquet, not ${format}`);
  for (const name of [database, table]) {
    if (!/^[a-z0-9_]{1,128}$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name: use a-z, 0-9 and _`);
  }
  if (!/^s3:\/\/[a-z0-9.-]+(\/[^${}]*)?$/.test(location)) {
    throw new Error(`${JSON.stringify(location)} is no location of a table: use s3://bucket/prefix`);
  }
  if (!(years.first >= 1000 && years.last >= years.first && years.last <= 9999)) {
    throw new Error(`the years ${years.first} to ${years.last} are no range`);
  }
  for (const value of [...(forest?.accounts ?? []), ...(forest?.regions ?? [])]) {
    if (!/^[\w-]+$/.test(value)) throw new Error(`${JSON.stringify(value)} is no account or Region`);
  }
}

function hiveProperties(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => `  ${hiveText(key)} = ${hiveText(value)}`)
    .join(',\n');
}

/** A string literal of Hive's DDL, which knows backslash escapes. */
function hiveText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\u0001', '\\u0001')}'`;
}
