import { expect, test } from 'vitest';
import { arnOf, hostEndingOf, partitionOf } from './partition.js';

test.each([
  ['eu-central-1', 'aws'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eusc-de-east-1', 'aws-eusc'],
])('%s lies in %s', (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
});

test('ARNs and hosts are those of the partition', () => {
  const row = { region: 'cn-north-1', account_id: '111122223333' };
  expect(arnOf('athena', row, 'workgroup/a')).toBe('arn:aws-cn:athena:cn-north-1:111122223333:workgroup/a');
  expect(arnOf('glue', { ...row, region: 'eu-west-1' }, '')).toBe('arn:aws:glue:eu-west-1:111122223333');
  expect(['cn-north-1', 'eusc-de-east-1', 'us-gov-west-1'].map(hostEndingOf)).toEqual([
    'amazonaws.com.cn',
    'amazonaws.eu',
    'amazonaws.com',
  ]);
});
