import { describe, expect, it } from 'vitest';
import { ConfigurationError, parseCollectConfig, parsePlannerConfig } from './environment.js';

const COLLECT = { S3_BUCKET: 'tracking-athena-usernames-logs', AWS_REGION: 'eu-west-1' };
const PLANNER = { STATE_MACHINE_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:day' };

describe('the environment of the functions that collect', () => {
  it('needs a bucket and has defaults for the rest', () => {
    expect(parseCollectConfig(COLLECT)).toEqual({
      bucket: 'tracking-athena-usernames-logs',
      prefix: '',
      format: 'csv',
      timezone: 'America/New_York',
      regions: ['eu-west-1'],
      source: { kind: 'lookup' },
      identityDirectory: null,
      prices: null,
      catalog: true,
      roles: [],
      hearsEvents: false,
      systemTable: null,
      divideScanFrom: 10_000,
    });
  });

  it('takes every variable of the contract', () => {
    expect(
      parseCollectConfig({
        ...COLLECT,
        OUTPUT_TYPE: 'parquet',
        REPORT_TIMEZONE: 'Asia/Kolkata',
        REPORT_PREFIX: '/audit/athena/',
        REGIONS: 'us-east-1, eu-west-1,us-east-1',
        EVENT_SOURCE: 'trail',
        TRAIL_URI: 's3://trail-bucket/org',
        IDENTITY_DIRECTORY: 's3://b12/people.yaml',
        PRICES: 's3://b12/prices.yaml',
        CATALOG: 'none',
        ACCOUNT_ROLES: 'arn:aws:iam::111122223333:role/audit, arn:aws:iam::444455556666:role/x/audit',
        EXTERNAL_ID: 'our-secret',
        STATE_CHANGE_EVENTS: 'on',
        SYSTEM_TABLE_WORKGROUP: 'audit',
        DIVIDE_SCAN_FROM: '250000',
      }),
    ).toEqual({
      bucket: 'tracking-athena-usernames-logs',
      prefix: 'audit/athena',
      format: 'parquet',
      timezone: 'Asia/Kolkata',
      regions: ['us-east-1', 'eu-west-1'],
      source: { kind: 'trail', uri: 's3://trail-bucket/org' },
      identityDirectory: 's3://b12/people.yaml',
      prices: 's3://b12/prices.yaml',
      catalog: false,
      roles: [
        {
          roleArn: 'arn:aws:iam::111122223333:role/audit',
          accountId: '111122223333',
          externalId: 'our-secret',
          regions: null,
        },
        {
          roleArn: 'arn:aws:iam::444455556666:role/x/audit',
          accountId: '444455556666',
          externalId: 'our-secret',
          regions: null,
        },
      ],
      hearsEvents: true,
      systemTable: 'audit',
      divideScanFrom: 250_000,
    });
  });

  it('takes empty variables for unset ones, for CloudFormation cannot leave one out', () => {
    const empty = {
      OUTPUT_TYPE: '',
      REPORT_TIMEZONE: '',
      REGIONS: ' ',
      EVENT_SOURCE: '',
      TRAIL_URI: '',
      REPORT_PREFIX: '',
    };
    expect(parseCollectConfig({ ...COLLECT, ...empty })).toEqual(parseCollectConfig(COLLECT));
  });

  it.each([
    [{ S3_BUCKET: undefined }, 'S3_BUCKET is not set'],
    [{ S3_BUCKET: 's3://bucket' }, 'S3_BUCKET is "s3://bucket"; allowed: the name of a bucket'],
    [{ OUTPUT_TYPE: 'JSON' }, 'OUTPUT_TYPE is "JSON"; allowed: csv, json, parquet'],
    [{ ACCOUNT_ROLES: 'audit' }, 'ACCOUNT_ROLES is "audit"; allowed: ARNs of roles'],
    [{ CATALOG: 'hive' }, 'CATALOG is "hive"; allowed: glue, none'],
    [{ EVENT_SOURCE: 'lake' }, 'EVENT_SOURCE is "lake"; allowed: lookup, trail'],
    [{ EVENT_SOURCE: 'trail' }, 'TRAIL_URI is not set; EVENT_SOURCE "trail" needs it'],
    [{ TRAIL_URI: 'trail-bucket' }, 'TRAIL_URI is "trail-bucket"; allowed: s3://bucket'],
    [{ REPORT_TIMEZONE: 'EST5' }, 'REPORT_TIMEZONE: unknown time zone "EST5"'],
    [{ REGIONS: 'us-east-1;eu-west-1' }, 'REGIONS is "us-east-1;eu-west-1"; allowed are Region codes'],
    [{ AWS_REGION: undefined }, 'REGIONS is ""; allowed are Region codes'],
  ])('stops at %j and says what is allowed', (change, message) => {
    const parse = () => parseCollectConfig({ ...COLLECT, ...change });
    expect(parse).toThrow(ConfigurationError);
    expect(parse).toThrow(message);
  });
});

describe('the environment of the planner', () => {
  it('has no range unless one is set', () => {
    expect(parsePlannerConfig(PLANNER, {}).range).toBeNull();
  });

  it('takes a range from the environment, one from the payload before it, and one day when there is no end', () => {
    const env = { ...PLANNER, TEST_START_DATE: '2026-10-30', TEST_END_DATE: '2026-11-02' };
    expect(parsePlannerConfig(env, {}).range).toEqual({ from: '2026-10-30', to: '2026-11-02' });
    expect(parsePlannerConfig(env, { TEST_START_DATE: '2026-01-05' }).range).toEqual({
      from: '2026-01-05',
      to: '2026-01-05',
    });
  });

  it.each([
    [{ STATE_MACHINE_ARN: '' }, 'STATE_MACHINE_ARN is not set'],
    [{ STATE_MACHINE_ARN: 'day' }, 'STATE_MACHINE_ARN is "day"; allowed: the ARN of a state machine'],
    [{ TEST_END_DATE: '2026-11-02' }, 'TEST_END_DATE is "2026-11-02" without a TEST_START_DATE'],
    [{ TEST_START_DATE: '2026/11/02' }, 'TEST_START_DATE "2026/11/02", TEST_END_DATE ""'],
    [{ TEST_START_DATE: '2026-11-31' }, 'there is no day 2026-11-31'],
    [{ TEST_START_DATE: '2026-11-02', TEST_END_DATE: '2026-11-01' }, 'the first not after the last'],
  ])('stops at %j and says what is allowed', (change, message) => {
    expect(() => parsePlannerConfig({ ...PLANNER, ...change }, {})).toThrow(message);
  });
});
