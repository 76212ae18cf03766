/** Regions by partition, as of November 2026; many of them only for accounts that enabled them. */
const PARTITIONS = [
  `us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1
   eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
   af-south-1 il-central-1 me-central-1 me-south-1 ap-east-1 ap-east-2 ap-south-1 ap-south-2
   ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2 ap-southeast-3
   ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7`,
  'cn-north-1 cn-northwest-1',
  'us-gov-east-1 us-gov-west-1',
  'eusc-de-east-1',
  'us-iso-east-1 us-iso-west-1',
  'us-isob-east-1 us-isob-west-1',
  'us-isof-east-1 us-isof-south-1',
  'eu-isoe-west-1',
].map((names) => names.split(/\s+/));

/** Tells whether AWS has a Region of that name. */
export function isRegion(name: string): boolean {
  return PARTITIONS.some((names) => names.includes(name));
}

/** Regions that the name may be a slip of: the same part of the world and number, or all but one letter the same. */
export function regionsLike(name: string): readonly string[] {
  const bare = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return PARTITIONS.flat().filter((region) => {
    const other = region.replaceAll('-', '');
    if (other === bare) return true;
    const length = Math.max(other.length, bare.length);
    const same = [...other].filter((letter, at) => bare[at] === letter).length;
    return length - same <= 1 && Math.abs(other.length - bare.length) <= 1;
  });
}

/** The Regions in which the account of this Region may run queries: those of its partition; itself when it is in none of them. */
export function regionsAround(region: string): readonly string[] {
  return PARTITIONS.find((names) => names.includes(region)) ?? [region];
}
