import { expect, test } from 'vitest';
import { partitionOf } from './partition.js';

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
