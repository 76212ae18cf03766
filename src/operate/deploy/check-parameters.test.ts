import { describe, expect, it } from 'vitest';
import { parameterFaults } from './check-parameters.js';

const now = Date.UTC(2026, 10, 20);
const GOOD = {
  ReportTimezone: 'America/New_York',
  ScheduleTimezone: 'Europe/Berlin',
  ScheduleExpression: 'cron(0 1 * * ? *)',
  TestStartDate: '',
  TestEndDate: '',
  FirstYear: '2024',
  LastYear: '2035',
  EventSource: 'lookup',
  TrailUri: '',
  CreateReportBucket: 'true',
  ReportBucketName: 'auto',
};

describe('the values of a stack', () => {
  it('may be the defaults, a leap day, a rate', () => {
    expect(parameterFaults(GOOD, { now })).toEqual([]);
    expect(parameterFaults({ ...GOOD, TestStartDate: '2024-02-29' }, { now })).toEqual([]);
    expect(parameterFaults({ ...GOOD, ScheduleExpression: 'rate(1 day)' }, { now })).toEqual([]);
    expect(parameterFaults({}, { now })).toEqual([]);
    const beside = {
      Feeds: 'ocsf',
      FeedLocation: 's3://reports/lake',
      ReportBucketName: 'reports',
      ReportPrefix: 'audit',
    };
    expect(parameterFaults({ ...GOOD, ...beside }, { now })).toEqual([]);
  });

  it.each([
    [{ ReportTimezone: 'Mars/Base' }, /ReportTimezone=Mars\/Base.*IANA/],
    [{ ScheduleTimezone: 'EST5' }, /ScheduleTimezone=EST5/],
    [{ ScheduleExpression: 'cron(0 1 * * *)' }, /six fields/],
    [{ ScheduleExpression: 'rate(0 days)' }, /ScheduleExpression=rate\(0 days\)/],
    [{ TestStartDate: '2026-13-01' }, /TestStartDate=2026-13-01: there is no such day/],
    [{ TestStartDate: '2026-02-29' }, /no such day/],
    [{ TestEndDate: '2026-11-02' }, /without TestStartDate/],
    [{ TestStartDate: '2026-11-03', TestEndDate: '2026-11-01' }, /lies after TestEndDate/],
    [{ FirstYear: '2030', LastYear: '2026' }, /FirstYear=2030 lies after/],
    [{ LastYear: '2025' }, /LastYear=2025 is over.*2036/],
    [{ EventSource: 'trail' }, /--trail/],
    [{ CreateReportBucket: 'false' }, /--bucket/],
    [{ SubnetIds: 'subnet-1' }, /give both/],
    [{ AlarmTopicArn: 'arn:aws:sns:r:1:t', AlarmEmail: 'a@b.example' }, /subscribe the address/],
    [{ FeedLocation: 's3://lake/ext' }, /FeedLocation=s3:\/\/lake\/ext without Feeds/],
    [{ Feeds: 'ocsf', FeedKeyArn: 'arn:aws:kms:r:1:key/k' }, /FeedKeyArn=.* without FeedLocation/],
    [{ Feeds: 'ocsf', FeedLocation: 's3://reports/_work/feeds' }, /give a folder beside them/],
    [{ Feeds: 'ocsf', FeedLocation: 's3://reports', ReportBucketName: 'reports' }, /the reports lie in it/],
    [
      { Feeds: 'ocsf', FeedLocation: 's3://reports/audit', ReportBucketName: 'reports', ReportPrefix: 'audit/athena' },
      /the reports lie in it/,
    ],
    [{ ObjectLockMode: 'COMPLIANCE', CreateReportBucket: 'false', ReportBucketName: 'mine' }, /on that bucket itself/],
  ])('%j is refused with the way out', (wrong, message) => {
    const faults = parameterFaults({ ...GOOD, ...wrong }, { now });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(message);
  });

  it('are told all at once', () => {
    expect(parameterFaults({ ...GOOD, ReportTimezone: 'x', LastYear: '2000' }, { now })).toHaveLength(2);
  });
});
