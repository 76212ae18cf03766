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
  const none = { '--region': undefined, '--role-arn': undefined, '--artifact-bucket': undefined };
  const bare = { declared, others: none, tags: [] };
  expect(redeployCommand({ ...bare, stackName: 'athena-query-tracker', bucket: 'kept-1', parameters })).toBe(
    `aqt deploy --bucket kept-1 --prefix audit --format parquet --parameter 'ScheduleExpression=cron(0 2 * * ? *)'`,
  );
  expect(redeployCommand({ ...bare, stackName: 'other', bucket: 'b', parameters: {} })).toBe(
    'aqt deploy --stack other --bucket b',
  );
  const others = { ...none, '--region': 'eu-west-1', '--role-arn': 'arn:aws:iam::1:role/cfn' };
  const tags = [{ Key: 'team', Value: 'data platform' }];
  expect(redeployCommand({ declared, others, tags, stackName: 'other', bucket: null, parameters: {} })).toBe(
    `aqt deploy --stack other --region eu-west-1 --role-arn arn:aws:iam::1:role/cfn --tag 'team=data platform'`,
  );
});
