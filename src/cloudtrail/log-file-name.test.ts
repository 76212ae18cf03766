import { describe, expect, it } from 'vitest';
import { deliveryDayFolder, parseLogKey } from './log-file-name.js';

const DAY = Date.UTC(2026, 10, 1);
const NAME = '111122223333_CloudTrail_eu-west-1_20261101T0505Z_abcdefghijklmnop.json.gz';

describe('parseLogKey', () => {
  it.each([
    ['AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01/', '111122223333', null],
    ['logs/AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/eu-west-1/2026/11/01/', '111122223333', 'o-a1b2c3d4e5'],
    ['CloudTrail/eu-west-1/2026/11/01/', null, null],
  ])('knows the layout of %s', (folder, accountId, organizationId) => {
    const regionFolder = folder.slice(0, -'2026/11/01/'.length);
    const expected = { kind: 'log', accountId, organizationId, region: 'eu-west-1', deliveryDay: DAY, regionFolder };
    expect(parseLogKey(`${folder}${NAME}`)).toEqual(expected);
    expect(deliveryDayFolder(regionFolder, DAY + 5)).toBe(folder);
  });

  it.each(['us-gov-west-1', 'cn-north-1', 'ap-southeast-2', 'eusc-de-east-1', 'us-isob-east-1'])(
    'knows the Region %s',
    (region) => {
      expect(parseLogKey(`CloudTrail/${region}/2026/11/01/x.json`)).toMatchObject({ kind: 'log', region });
    },
  );

  it.each([
    ['a/CloudTrail-Digest/eu-west-1/2026/11/01/x.json.gz', 'sibling'],
    ['CloudTrail-Insight/x.json.gz', 'sibling'],
    ['flat/1_CloudTrail-Digest_eu-west-1_t.json.gz', 'sibling'],
    [NAME, 'unknown'],
    ['2026/x.jsonl', 'unknown'],
    ['X.NDJSON.GZ', 'unknown'],
    ['README.md', 'unknown'],
    ['AWSLogs/111122223333/CloudTrail/', 'litter'],
    ['a/.DS_Store', 'litter'],
    ['results/7d1c.csv.metadata', 'litter'],
    ['AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/11/01/x.log.gz', 'sibling'],
    ['AWSLogs/111122223333/CloudTrail-NetworkActivity/eu-west-1/2026/11/01/x.json.gz', 'log'],
    ['AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01/repacked.zip', 'log'],
    ['', 'unknown'],
  ])('takes %s for %s', (key, kind) => {
    expect(parseLogKey(key).kind).toBe(kind);
  });
});
