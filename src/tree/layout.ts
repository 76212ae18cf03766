import type { HourLabel } from '../calendar/hour-label.js';
import type { InputName, ReportFormat } from '../record/manifest.js';

/**
 * Every key under a root, and nowhere else: reports and manifests under `year=`, days in one file under `daily/`, their sums
 * under `rollups/`, working files under `_work/`. Builders give keys below the tree; `parseKey` reads keys below a root or a forest of trees.
 */

/** Folder of an hour below the root: `year=2025/month=08/day=28/hour=01/`. */
export function hourFolder({ reportDate, hour }: HourLabel): string {
  return `${dayFolder(reportDate)}hour=${pad(hour)}/`;
}

/** Folder of the hours of a day: `year=2025/month=08/day=28/`. */
export function dayFolder(reportDate: string): string {
  const [year, month, day] = reportDate.split('-');
  return `year=${year}/month=${month}/day=${day}/`;
}

/** Key of an hour's report: `…/report_2025_08_28_h01.csv`. */
export function reportKey(label: HourLabel, format: ReportFormat): string {
  return `${hourFolder(label)}report_${label.reportDate.replaceAll('-', '_')}_h${pad(label.hour)}.${format}`;
}

/** Name of a manifest in its hour's folder. Athena ignores names that begin with `_` (aws-facts 7.1). */
export const MANIFEST_NAME = '_manifest.json';

/** Key of an hour's manifest. */
export function manifestKey(label: HourLabel): string {
  return `${hourFolder(label)}${MANIFEST_NAME}`;
}

/** Folder of the days in one file each: they repeat the rows of the reports. */
export const DAILY_FOLDER = 'daily/';

/** Folder of the sums of the days that have such a file. */
export const ROLLUP_FOLDER = 'rollups/';

/** Keys of the file of a whole day, of its sums, and of the note on both. Athena reads all else that lies there, too. */
export const dailyKey = {
  folder: (reportDate: string) => `${DAILY_FOLDER}date=${reportDate}/`,
  rows: (reportDate: string) => `${dailyKey.folder(reportDate)}${DAILY_NAME}`,
  sums: (reportDate: string) => `${ROLLUP_FOLDER}date=${reportDate}/${ROLLUP_NAME}`,
  note: (reportDate: string) => `${dailyKey.folder(reportDate)}${MANIFEST_NAME}`,
} as const;

const DAILY_NAME = 'queries.parquet';
const ROLLUP_NAME = 'sums.parquet';

/** Folder of everything that is no report. */
export const WORK_FOLDER = '_work/';

/** A kind of working file: its pattern below the tree, and why it is there. */
interface WorkFileKind {
  readonly pattern: RegExp;
  /** `proof` proves reports and is kept for ever; `memory` saves time and may be lost; `flight` goes when its work is done. */
  readonly keeps: 'proof' | 'memory' | 'flight';
}

const DATE = String.raw`\d{4}-\d{2}-\d{2}`;

/** Every kind of file under `_work/`, by the name of its file or folder there (ARCHITECTURE lists the same names). */
export const WORK_FILES = {
  // Date, hour or day, hash of the content, merged or not, shard of a large hour.
  evidence: {
    pattern: new RegExp(`^evidence/(${DATE})/(h\\d{2}|day)/([0-9a-f]{64})(-merged)?(?:-s(\\d{2}))?\\.jsonl\\.gz$`),
    keeps: 'proof',
  },
  // Date of delivery, hash of the folder of account and Region.
  files: { pattern: new RegExp(`^files/(${DATE})/([0-9a-f]{24})\\.jsonl\\.gz$`), keeps: 'memory' },
  // Date of delivery.
  deliveries: { pattern: new RegExp(`^deliveries/(${DATE})\\.json$`), keeps: 'proof' },
  // Date of delivery, hash of the content.
  'file-changes': { pattern: new RegExp(`^file-changes/(${DATE})/([0-9a-f]{64})\\.jsonl\\.gz$`), keeps: 'proof' },
  definitions: { pattern: /^definitions\/(\d{4}-\d{2})\.jsonl\.gz$/, keeps: 'proof' },
  'catalog-asked.json': { pattern: /^catalog-asked\.json$/, keeps: 'proof' },
  'row-news.json': { pattern: /^row-news\.json$/, keeps: 'proof' },
  rejects: { pattern: new RegExp(`^rejects/(?:${DATE}|undated)/[0-9a-f]{24}\\.(?:json|bin)$`), keeps: 'proof' },
  closings: { pattern: new RegExp(`^closings/(${DATE})\\.json$`), keeps: 'proof' },
  seals: { pattern: /^seals\/(\d{8})\.json$/, keeps: 'proof' },
  diffs: { pattern: new RegExp(`^diffs/(${DATE})/h(\\d{2})-v(\\d+)\\.json$`), keeps: 'proof' },
  'accepted.json': { pattern: /^accepted\.json$/, keeps: 'proof' },
  inputs: { pattern: /^inputs\/(directory|prices)-([0-9a-f]{64})\.yaml$/, keeps: 'proof' },
  'inputs.json': { pattern: /^inputs\.json$/, keeps: 'proof' },
  'identity-store.json': { pattern: /^identity-store\.json$/, keeps: 'memory' },
  'settings.json': { pattern: /^settings\.json$/, keeps: 'proof' },
  'budgets.json': { pattern: /^budgets\.json$/, keeps: 'memory' },
  'settle.json': { pattern: /^settle\.json$/, keeps: 'memory' },
  'days-waiting.json': { pattern: /^days-waiting\.json$/, keeps: 'flight' },
  scan: { pattern: /^scan\/[^/]+\.json$/, keeps: 'flight' },
  listings: { pattern: new RegExp(`^listings/(${DATE})\\.json$`), keeps: 'flight' },
  rows: { pattern: new RegExp(`^rows/${DATE}-h\\d{2}/s\\d{2}\\.jsonl$`), keeps: 'flight' },
  'lookup-lease.json': { pattern: /^lookup-lease\.json$/, keeps: 'flight' },
  'look-back-lease.json': { pattern: /^look-back-lease\.json$/, keeps: 'flight' },
  'settle-lease.json': { pattern: /^settle-lease\.json$/, keeps: 'flight' },
  'chain.json': { pattern: /^chain\.json$/, keeps: 'memory' },
  feeds: { pattern: new RegExp(`^feeds/([a-z]+)(?:/${DATE}-h\\d{2})?\\.json$`), keeps: 'memory' },
  'feeds-lease.json': { pattern: /^feeds-lease\.json$/, keeps: 'flight' },
  // A local store's own; its listings show neither.
  locks: { pattern: /^locks\/[^/]+$/, keeps: 'flight' },
  tmp: { pattern: /^tmp\/[^/]+$/, keeps: 'flight' },
} as const satisfies Readonly<Record<string, WorkFileKind>>;

export type WorkFileName = keyof typeof WORK_FILES;

/** Builders of the keys of working files. */
export const workKey = {
  /** A part of the evidence of a folder. */
  part: (
    folder: string,
    part: { readonly sha256: string; readonly isMerged: boolean; readonly shard: number | null },
  ) =>
    `${workFolder.evidence}${folder}/${part.sha256}${part.isMerged ? '-merged' : ''}${part.shard === null ? '' : `-s${pad(part.shard)}`}.jsonl.gz`,
  /** What was read of the log files of a day of delivery, in one folder of account and Region. */
  files: (date: string, folder: string) => `${workFolder.files}${date}/${folder}.jsonl.gz`,
  deliveries: (date: string) => `${workFolder.deliveries}${date}.json`,
  fileChanges: (date: string, sha256: string) => `${workFolder.fileChanges}${date}/${sha256}.jsonl.gz`,
  scan: (scanId: string) => `${WORK_FOLDER}scan/${scanId}.json`,
  /** Of a month, YYYY-MM. */
  definitions: (month: string) => `${workFolder.definitions}${month}.jsonl.gz`,
  catalogAsked: `${WORK_FOLDER}catalog-asked.json`,
  rowNews: `${WORK_FOLDER}row-news.json`,
  /** Without its ending: `.json` for the note, `.bin` for bytes that are no text. */
  reject: (day: string, name: string) => `${WORK_FOLDER}rejects/${day}/${name}`,
  closing: (reportDate: string) => `${workFolder.closings}${reportDate}.json`,
  seal: (number: number) => `${workFolder.seals}${String(number).padStart(8, '0')}.json`,
  diff: ({ reportDate, hour }: HourLabel, version: number) =>
    `${workFolder.diffs(reportDate)}h${pad(hour)}-v${version}.json`,
  accepted: `${WORK_FOLDER}accepted.json`,
  input: (name: InputName, sha256: string) => `${WORK_FOLDER}inputs/${name}-${sha256}.yaml`,
  inputs: `${WORK_FOLDER}inputs.json`,
  identityStore: `${WORK_FOLDER}identity-store.json`,
  settings: `${WORK_FOLDER}settings.json`,
  budgets: `${WORK_FOLDER}budgets.json`,
  settleState: `${WORK_FOLDER}settle.json`,
  daysWaiting: `${WORK_FOLDER}days-waiting.json`,
  listing: (reportDate: string) => `${WORK_FOLDER}listings/${reportDate}.json`,
  rows: ({ reportDate, hour }: HourLabel, shard: number) =>
    `${WORK_FOLDER}rows/${reportDate}-h${pad(hour)}/s${pad(shard)}.jsonl`,
  lookupLease: `${WORK_FOLDER}lookup-lease.json`,
  lookBackLease: `${WORK_FOLDER}look-back-lease.json`,
  settleLease: `${WORK_FOLDER}settle-lease.json`,
  knownChain: `${WORK_FOLDER}chain.json`,
  /** Of a feed of the deployed stack: which hours it was handed. */
  feed: (name: string) => `${WORK_FOLDER}feeds/${name}.json`,
  /** Of such a feed and an hour: what it was handed. */
  feedHour: (name: string, { reportDate, hour }: HourLabel) =>
    `${WORK_FOLDER}feeds/${name}/${reportDate}-h${pad(hour)}.json`,
  feedsLease: `${WORK_FOLDER}feeds-lease.json`,
} as const;

/** Where the evidence of an hour lies, below `evidence/`: `2025-08-28/h01`. */
export function hourEvidence({ reportDate, hour }: HourLabel): string {
  return `${reportDate}/h${pad(hour)}`;
}

/** Where the evidence lies that belongs to a whole day: what its events tell about credentials. */
export function dayEvidence(reportDate: string): string {
  return `${reportDate}/day`;
}

/** Tells the name of a part that belongs to a whole day. */
export function isOfDay(partName: string): boolean {
  return partName.includes('/day/');
}

/** Folders of working files that are listed. */
export const workFolder = {
  evidence: `${WORK_FOLDER}evidence/`,
  files: `${WORK_FOLDER}files/`,
  deliveries: `${WORK_FOLDER}deliveries/`,
  fileChanges: `${WORK_FOLDER}file-changes/`,
  definitions: `${WORK_FOLDER}definitions/`,
  closings: `${WORK_FOLDER}closings/`,
  inputs: `${WORK_FOLDER}inputs/`,
  seals: `${WORK_FOLDER}seals/`,
  diffs: (reportDate: string) => `${WORK_FOLDER}diffs/${reportDate}/`,
} as const;

/** Tells a key under some tree's `_work/`. */
export function isWorkKey(key: string): boolean {
  return key.startsWith(WORK_FOLDER) || key.includes(`/${WORK_FOLDER}`);
}

/** What a key below a root or a forest is. `tree` is the folder of the tree, ending in `/`, or empty. */
export type ParsedKey =
  | { readonly kind: 'hour'; readonly tree: string; readonly label: HourLabel; readonly name: string }
  /** A working file; `parts` are the groups of its pattern. */
  | { readonly kind: 'work'; readonly tree: string; readonly what: WorkFileName; readonly parts: readonly string[] }
  /** The file of a whole day, its sums, or the note on both. */
  | { readonly kind: 'daily'; readonly tree: string; readonly reportDate: string; readonly what: DailyFile }
  /** Something below `year=`, `daily/date=`, `rollups/date=` or `_work/` that this product never writes. */
  | { readonly kind: 'stray'; readonly tree: string }
  /** Something beside the trees. */
  | { readonly kind: 'foreign' };

export type DailyFile = 'rows' | 'sums' | 'note';

/** Reads a key below a root or a forest of trees. */
export function parseKey(key: string): ParsedKey {
  const [, tree = '', top] = /^((?:.*?\/)??)(year=|daily\/date=|rollups\/date=|_work\/)/.exec(key) ?? [];
  if (top === undefined) return { kind: 'foreign' };
  if (top === WORK_FOLDER) return parseWorkKey(tree, key.slice(tree.length + WORK_FOLDER.length));
  if (top !== 'year=') return parseDailyKey(tree, key.slice(tree.length));
  const hour = parseHourKey(key);
  return hour ? { kind: 'hour', ...hour } : { kind: 'stray', tree };
}

function isWorkFileName(name: string): name is WorkFileName {
  return Object.hasOwn(WORK_FILES, name);
}

function parseWorkKey(tree: string, path: string): ParsedKey {
  const [top = ''] = path.split('/');
  if (!isWorkFileName(top)) return { kind: 'stray', tree };
  const match = WORK_FILES[top].pattern.exec(path);
  return match
    ? { kind: 'work', tree, what: top, parts: match.slice(1).map((part) => part ?? '') }
    : { kind: 'stray', tree };
}

const DAILY_KEY = new RegExp(`^(?:${DAILY_FOLDER}|${ROLLUP_FOLDER})date=(${DATE})/[^/]+$`);

function parseDailyKey(tree: string, path: string): ParsedKey {
  const [, reportDate = ''] = DAILY_KEY.exec(path) ?? [];
  const what = (['rows', 'sums', 'note'] as const).find((name) => dailyKey[name](reportDate) === path);
  return what === undefined || !isDay(reportDate) ? { kind: 'stray', tree } : { kind: 'daily', tree, reportDate, what };
}

const HOUR_KEY = /^((?:.*?\/)??)year=(\d{4})\/month=(\d{2})\/day=(\d{2})\/hour=(\d{2})\/([^/]+)$/;

/** Reads the key of an hour's file; null when it is none. `tree` ends in `/` or is empty. */
export function parseHourKey(
  key: string,
): { readonly tree: string; readonly label: HourLabel; readonly name: string } | null {
  const match = HOUR_KEY.exec(key);
  if (!match) return null;
  const [, tree = '', year, month, day, hour, name = ''] = match;
  const label = { reportDate: `${year}-${month}-${day}`, hour: Number(hour) };
  const isLabel = label.hour < 24 && isDay(label.reportDate);
  return isLabel && !tree.includes(WORK_FOLDER) ? { tree, label, name } : null;
}

function isDay(date: string): boolean {
  return !Number.isNaN(Date.parse(`${date}T00:00:00Z`));
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
