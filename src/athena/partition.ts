/** First parts of the names of Regions outside the partition `aws`, and their partitions (AWS SDK's endpoint rules). */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['eusc-', 'aws-eusc'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['us-iso-', 'aws-iso'],
  ['eu-isoe-', 'aws-iso-e'],
];

/** The ARN of a resource of an account: its service, Region and account, then what it is. */
export function arnOf(
  service: string,
  { region, account_id }: { readonly region: string; readonly account_id: string },
  resource: string,
): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${account_id}${resource === '' ? '' : ':'}${resource}`;
}

/** The ending of AWS's host names in the partition of a Region (AWS SDK's endpoint rules). */
export function hostEndingOf(region: string): string {
  return HOST_ENDINGS.get(partitionOf(region)) ?? 'amazonaws.com';
}

const HOST_ENDINGS: ReadonlyMap<string, string> = new Map([
  ['aws-cn', 'amazonaws.com.cn'],
  ['aws-eusc', 'amazonaws.eu'],
  ['aws-iso', 'c2s.ic.gov'],
  ['aws-iso-b', 'sc2s.sgov.gov'],
  ['aws-iso-e', 'cloud.adc-e.uk'],
  ['aws-iso-f', 'csp.hci.ic.gov'],
]);

/** The partition that a Region lies in: the second part of the ARNs of its resources. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}
