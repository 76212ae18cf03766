/** What the key of an object under a trail says about it, without opening it (aws-facts 4.1). */
export type LogKey =
  | {
      readonly kind: 'log';
      readonly accountId: string | null;
      readonly organizationId: string | null;
      readonly region: string;
      /** Start of the UTC day of delivery, epoch milliseconds: every event in the file happened before its end. */
      readonly deliveryDay: number;
      /** The part of the key up to and including `<region>/`: keys below it ascend by delivery day. */
      readonly regionFolder: string;
    }
  /**
   * What is known to hold no events: digests, Insights, aggregated events, logs of other services; `folder` ends in `/` and is
   * null for a stray file.
   */
  | { readonly kind: 'sibling'; readonly folder: string | null }
  /** A file that may hold records although its path does not follow the layout of a trail. */
  | { readonly kind: 'unknown' }
  /** What desktops, converters and services leave behind beside the files that count, known by its name. */
  | { readonly kind: 'litter' };

/** Network activity has a folder of its own: calls that a VPC endpoint's policy refused are known by it alone. */
const LAYOUT =
  /^((?:.*\/)?CloudTrail(?:-NetworkActivity)?\/([a-z]{2,}(?:-[a-z]+)+-\d+)\/)(\d{4})\/(\d{2})\/(\d{2})\/[^/]+$/;
const OWNER = /(?:^|\/)AWSLogs\/(?:(o-[a-z0-9]+)\/)?(\d{12})\/CloudTrail(?:-NetworkActivity)?\/[^/]+\/$/;
const SIBLING_FOLDER = /^((?:.*\/)?CloudTrail-(?:Digest|Insight|Aggregated)\/)/;
const SIBLING_NAME = /_CloudTrail-(?:Digest|Insight|Aggregated)_/;
/** Services that write into the same bucket, below the account's folder. */
const OTHER_SERVICE =
  /^((?:.*\/)?AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/(?:vpcflowlogs|vpcdnsquerylogs|elasticloadbalancing|Config|WAFLogs|network-firewall|redshift|globalaccelerator)\/)/;
const LITTER =
  /(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|\.gitkeep|\._[^/]*|_SUCCESS|_(?:started|committed)_\d+|aws-logs-write-test|[^/]*\.crc|[^/]*\.(?:csv|txt)\.metadata)$|\/$/;

/** Classifies the key of an object, or the path of a file relative to its folder (with `/`). */
export function parseLogKey(key: string): LogKey {
  const sibling = SIBLING_FOLDER.exec(key) ?? OTHER_SERVICE.exec(key);
  if (sibling) return { kind: 'sibling', folder: sibling[1] ?? null };
  if (SIBLING_NAME.test(key)) return { kind: 'sibling', folder: null };
  if (LITTER.test(key)) return { kind: 'litter' };
  const match = LAYOUT.exec(key);
  if (!match) return { kind: 'unknown' };
  const [, regionFolder = '', region = '', year, month, day] = match;
  const [, organizationId, accountId] = OWNER.exec(regionFolder) ?? [];
  return {
    kind: 'log',
    accountId: accountId ?? null,
    organizationId: organizationId ?? null,
    region,
    deliveryDay: Date.UTC(Number(year), Number(month) - 1, Number(day)),
    regionFolder,
  };
}

/** The folder of a delivery day below `regionFolder`, for skipping in a listing: `<region folder>YYYY/MM/DD/`. */
export function deliveryDayFolder(regionFolder: string, day: number): string {
  return `${regionFolder}${new Date(day).toISOString().slice(0, 10).replaceAll('-', '/')}/`;
}
