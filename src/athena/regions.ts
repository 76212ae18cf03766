/** Regions by partition, as of November 2026; many of them only for accounts that enabled them. */
const PARTITIONS = [
  `us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1
   eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
   af-south-1 il-central-1 me-central-1 me-south-1 ap-east-1 ap-east-2 ap-south-1 ap-south-2
   ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2 ap-southeast-3
   ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7`,
  'cn-north-1 cn-northwest-1',
  'us-gov-east-1 us-gov-west-1',
].map((names) => names.split(/\s+/));

/** The Regions in which the account of this Region may run queries: those of its partition; itself when it is in none of them. */
export function regionsAround(region: string): readonly string[] {
  return PARTITIONS.find((names) => names.includes(region)) ?? [region];
}
