import { Aws, type Stack } from 'aws-cdk-lib';
import { type CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { StackParameters } from '../parameters.js';
import type { ReportBucket } from '../report-bucket.js';
import type { GlueTable } from './glue-table.js';

/** Declares the table over the files of whole days: Parquet, whatever the reports are, and one partition a day. */
export function declareDailyTable(
  stack: Stack,
  options: {
    readonly bucket: ReportBucket;
    readonly table: GlueTable;
    readonly parameters: StackParameters;
    readonly database: CfnDatabase;
  },
): CfnTable {
  const { bucket, table, parameters, database } = options;
  const location = `s3://${bucket.name}/${bucket.keyPrefix}daily/`;
  return new CfnTable(stack, 'DailyTable', {
    catalogId: Aws.ACCOUNT_ID,
    databaseName: database.ref,
    tableInput: {
      name: 'queries_daily',
      description: 'The rows of closed days, one file a day',
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
