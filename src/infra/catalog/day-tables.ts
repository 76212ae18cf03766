import { Aws, type Stack } from 'aws-cdk-lib';
import { type CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { StackParameters } from '../parameters.js';
import type { ReportBucket } from '../report-bucket.js';
import type { GlueTable } from './glue-table.js';

/** The tables over the files of whole days and over their sums. */
export interface DayTables {
  readonly days: GlueTable;
  readonly sums: GlueTable;
}

interface DayTablesOptions {
  readonly bucket: ReportBucket;
  readonly dayTables: DayTables;
  readonly parameters: StackParameters;
  readonly database: CfnDatabase;
}

/** Declares both: Parquet, whatever the reports are, and one partition a day. */
export function declareDayTables(stack: Stack, options: DayTablesOptions): CfnTable[] {
  const { days, sums } = options.dayTables;
  return [
    declareDayTable(stack, 'DailyTable', {
      ...{ ...options, table: days, name: 'queries_daily', folder: 'daily/' },
      description: 'The rows of closed days, one file a day',
    }),
    declareDayTable(stack, 'RollupTable', {
      ...{ ...options, table: sums, name: 'queries_rollup', folder: 'rollups/' },
      description: 'The sums of closed days by person, workgroup and table',
    }),
  ];
}

function declareDayTable(
  stack: Stack,
  id: string,
  options: Omit<DayTablesOptions, 'dayTables'> & {
    readonly table: GlueTable;
    readonly name: string;
    readonly description: string;
    readonly folder: string;
  },
): CfnTable {
  const { bucket, table, parameters, database, name, description, folder } = options;
  const location = `s3://${bucket.name}/${bucket.keyPrefix}${folder}`;
  return new CfnTable(stack, id, {
    catalogId: Aws.ACCOUNT_ID,
    databaseName: database.ref,
    tableInput: {
      ...{ name, description },
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: [...table.partitionKeys],
      parameters: {
        ...table.parameters,
        'projection.report_date.range': `${parameters.firstYear.valueAsString}-01-01,NOW`,
        'storage.location.template': `${location}date=\${report_date}/`,
      },
      storageDescriptor: {
        location,
        columns: [...table.columns],
        inputFormat: table.inputFormat,
        outputFormat: table.outputFormat,
        serdeInfo: { serializationLibrary: table.serializationLibrary, parameters: table.serdeParameters },
      },
    },
  });
}
