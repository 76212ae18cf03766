import { Aws, CfnCondition, Fn, type Stack } from 'aws-cdk-lib';
import { CfnNamedQuery, type CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { StackParameters } from '../parameters.js';
import type { ReportBucket } from '../report-bucket.js';
import { type DayTables, declareDayTables } from './day-tables.js';
import type { GlueTable } from './glue-table.js';
import { NAMED_QUERIES } from './named-queries.js';
import { declareReaders, grantReader } from './readers.js';

interface Catalogued {
  readonly bucket: ReportBucket;
  readonly tables: Readonly<Record<string, GlueTable>>;
  /** Those over the files of whole days; null where none are written. */
  readonly dayTables: DayTables | null;
  readonly parameters: StackParameters;
}

/** Name of the table in the database. */
export const TABLE_NAME = 'queries';

/** Declares the database, the table in the shape of the chosen format, those of whole days, and the saved queries with the workgroup of their readers. */
export function declareCatalog(
  stack: Stack,
  options: Catalogued,
): { readonly database: CfnDatabase; readonly readers: CfnWorkGroup } {
  const database = new CfnDatabase(stack, 'Database', {
    catalogId: Aws.ACCOUNT_ID,
    databaseInput: {
      // A name per stack, with the underscores that SQL needs no quotes for.
      name: Fn.join('_', Fn.split('-', Aws.STACK_NAME)),
      description: 'Reports of athena-query-tracker',
    },
  });
  const table = declareTable(stack, { ...options, database });
  const { dayTables } = options;
  const ofDays = dayTables === null ? [] : declareDayTables(stack, { ...options, dayTables, database });
  grantReader(stack, { database, tables: [table, ...ofDays] });
  const readers = declareReaders(stack);
  for (const { id, name, description, sql } of NAMED_QUERIES) {
    new CfnNamedQuery(stack, id, {
      ...{ database: database.ref, workGroup: readers.ref, name, description, queryString: sql },
    });
  }
  return { database, readers };
}

/**
 * Declares one table whose shape depends on the format: with a resource for each format CloudFormation would create the new
 * one before it removes the old one of the same name, and fail.
 */
function declareTable(
  stack: Stack,
  { bucket, tables, parameters, database }: Omit<Catalogued, 'dayTables'> & { readonly database: CfnDatabase },
): CfnTable {
  const entries = Object.entries(tables);
  const formats = entries.map(([format, table], index) => ({
    table,
    // The last format is what is left when it is none of the others.
    condition: index === entries.length - 1 ? null : writes(stack, parameters, format),
  }));
  const last = formats.at(-1);
  if (!last) throw new Error('the stack needs the table of at least one format');
  const chosen = (property: (table: GlueTable) => unknown): never => {
    const values = formats.map(({ table }) => property(table));
    const pick = (index: number): unknown => {
      const format = formats[index];
      const rest = values.slice(index).map((value) => JSON.stringify(value));
      if (!format?.condition || rest.every((value) => value === rest[0])) return values[index];
      return Fn.conditionIf(format.condition.logicalId, values[index], pick(index + 1));
    };
    // Glue's types ask for texts; CloudFormation takes the functions in their place.
    return pick(0) as never;
  };
  const names = last.table.columns.map(({ name }) => name);
  const propertyNames = [...new Set(entries.flatMap(([, table]) => Object.keys(table.parameters)))];
  const location = `s3://${bucket.name}/${bucket.keyPrefix}`;
  return new CfnTable(stack, 'Table', {
    catalogId: Aws.ACCOUNT_ID,
    databaseName: database.ref,
    tableInput: {
      name: TABLE_NAME,
      description: 'One row per Athena query: who, when, what, cost',
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: chosen((table) => table.partitionKeys),
      parameters: {
        ...Object.fromEntries(
          propertyNames.map((name) => [name, chosen((table) => table.parameters[name] ?? { Ref: 'AWS::NoValue' })]),
        ),
        'projection.year.range': `${parameters.firstYear.valueAsString},${parameters.lastYear.valueAsString}`,
        'storage.location.template': `${location}year=\${year}/month=\${month}/day=\${day}/hour=\${hour}/`,
      },
      storageDescriptor: {
        location,
        columns: names.map((name, index) => ({ name, type: chosen((table) => table.columns[index]?.type) })),
        inputFormat: chosen((table) => table.inputFormat),
        outputFormat: chosen((table) => table.outputFormat),
        serdeInfo: {
          serializationLibrary: chosen((table) => table.serializationLibrary),
          parameters: chosen((table) => table.serdeParameters),
        },
      },
    },
  });
}

function writes(stack: Stack, parameters: StackParameters, format: string): CfnCondition {
  const name = format.charAt(0).toUpperCase() + format.slice(1);
  return new CfnCondition(stack, `Is${name}`, {
    expression: Fn.conditionEquals(parameters.outputType.valueAsString, format),
  });
}
