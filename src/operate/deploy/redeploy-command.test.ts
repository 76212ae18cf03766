import { expect, it } from 'vitest';
import { redeployCommand } from './redeploy-command.js';

const text = (Default: string | number) => ({ Type: 'String', Default });
const declared = {
  CreateReportBucket: text('true'),
  ReportBucketName: text('auto'),
  ReportPrefix: text(''),
  OutputType: text('csv'),
  ReportTimezone: text('America/New_York'),
  ScheduleExpression: text('cron(0 1 * * ? *)'),
  HourMemory: text(1024),
  TestStartDate: text(''),
};

it('names the bucket, and every parameter that is not the default', () => {
  const parameters = {
    CreateReportBucket: 'true',
    ReportBucketName: 'auto',
    ReportPrefix: 'audit',
    OutputType: 'parquet',
    ReportTimezone: 'America/New_York',
    ScheduleExpression: 'cron(0 2 * * ? *)',
    HourMemory: '1024',
    TestStartDate: '2026-11-01',
    Gone: 'x',
  };
  expect(redeployCommand({ stackName: 'athena-query-tracker', bucket: 'kept-1', parameters, declared })).toBe(
    `aqt deploy --bucket kept-1 --prefix audit --format parquet --parameter 'ScheduleExpression=cron(0 2 * * ? *)'`,
  );
  expect(redeployCommand({ stackName: 'other', bucket: 'b', parameters: {}, declared })).toBe(
    'aqt deploy --stack other --bucket b',
  );
});
