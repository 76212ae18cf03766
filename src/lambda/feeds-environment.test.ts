import { describe, expect, it } from 'vitest';
import { parseFeedsConfig } from './feeds-environment.js';

const env = { S3_BUCKET: 'reports', FEEDS: 'ocsf' };

describe('the environment of the feeds', () => {
  it('masks the SQL unless told otherwise, and writes beside the reports', () => {
    expect(parseFeedsConfig({ ...env, REPORT_PREFIX: '/audit/', FEED_LOCATION: '', FEED_SQL: '' })).toEqual({
      ...{ bucket: 'reports', prefix: 'audit', feeds: ['ocsf'], location: null, sql: 'masked' },
    });
  });

  it('takes several feeds, each once, and a place elsewhere', () => {
    expect(
      parseFeedsConfig({
        ...env,
        FEEDS: 'ocsf, securitylake,ocsf',
        FEED_LOCATION: 's3://lake-1/ext/',
        FEED_SQL: 'none',
      }),
    ).toMatchObject({ feeds: ['ocsf', 'securitylake'], location: 's3://lake-1/ext', sql: 'none' });
  });

  it.each([
    [{ FEEDS: '' }, 'FEEDS is ""'],
    [{ FEEDS: 'ocsf,splunk' }, 'FEEDS is "ocsf,splunk"; allowed: some of openlineage, '],
    [{ FEED_LOCATION: 'lake' }, 'FEED_LOCATION is "lake"'],
    [{ FEED_SQL: 'plain' }, 'FEED_SQL is "plain"; allowed: masked, full, none'],
    [{ S3_BUCKET: undefined }, 'S3_BUCKET is not set'],
  ])('refuses %j', (wrong, message) => {
    expect(() => parseFeedsConfig({ ...env, ...wrong })).toThrow(message);
  });
});
