import { type HourLabel, hourName } from '../calendar/hour-label.js';
import type { NotReadNote } from '../cloudtrail/not-read.js';
import type { DailyFacts, FileChangesFacts, IdSum, Place, RepeatedRows, RewrittenHour } from './facts.js';
import { counted, HASH_SHOWN, instant, shown } from './wording.js';

/** What makes a finding go away: looking again for late events, collecting again, or compacting again; null when nothing does but accepting it. */
export type NextStep = 'settle' | 'collect' | 'compact' | null;

/** What is told of each kind. */
export interface KindFacts {
  /** A place (empty: all) that could not be read for some hours, with the latest reason. */
  'not-read': { readonly place: string; readonly hours: number; readonly failure: string };
  /** A file that may hold events of some hours, and that was not read. */
  'unread-file': NotReadNote & { readonly hours: number };
  unattributed: IdSum & { readonly label: HourLabel; readonly isOpen: boolean };
  conflict: IdSum & { readonly label: HourLabel };
  repeated: RepeatedRows;
  /** Neighbours in time whose windows do not touch, with what lies between them or in both, epoch milliseconds. */
  joint: { readonly before: HourLabel; readonly after: HourLabel; readonly from: number; readonly to: number };
  /** Time zones of one tree, each with its first day. */
  zones: { readonly zones: readonly { readonly timezone: string; readonly from: string; readonly hours: number }[] };
  digests: { readonly place: string; readonly count: number };
  'table-disagrees': Place & { readonly reportDate: string; readonly count: number; readonly ids: readonly string[] };
  'not-listed': Place & { readonly workGroup: string; readonly failure: string; readonly reportDate: string };
  'table-unread': Place & { readonly failure: string; readonly reportDate: string };
  'not-closed': { readonly reportDate: string };
  malformed: { readonly label: HourLabel; readonly count: number };
  'evidence-gone': { readonly label: HourLabel; readonly partsGone: number };
  'evidence-untold': { readonly key: string };
  rewritten: RewrittenHour;
  'file-gone': { readonly key: string };
  /** The file of a whole day that was made of other reports than those of the day as they are. */
  'day-stale': { readonly reportDate: string; readonly changed: number; readonly hash: string };
  'day-damaged': Extract<DailyFacts, { readonly fault: 'damaged' }>;
  'log-file-changed': FileChangesFacts;
  'log-file-gone': FileChangesFacts;
  copy: Readonly<Record<never, never>>;
  seals: { readonly fault: string };
}

export type FindingKind = keyof KindFacts;

/** What the key of a kind is made of, where that is less than what is told. */
interface FewKeyFacts {
  'not-read': Pick<KindFacts['not-read'], 'place'>;
  'not-listed': Place & Pick<KindFacts['not-listed'], 'workGroup'>;
  'table-unread': Place;
  'log-file-changed': Pick<FileChangesFacts, 'date' | 'hash'>;
  'log-file-gone': Pick<FileChangesFacts, 'date' | 'hash'>;
}
export type KeyFacts<K extends FindingKind> = K extends keyof FewKeyFacts ? FewKeyFacts[K] : KindFacts[K];

/** All that is decided about a kind. */
export interface KindWords<K extends FindingKind> {
  readonly severity: 'bad' | 'warn';
  /** Heads all of the kind. */
  readonly title: string;
  readonly explanation: string;
  /** How the dashboard finds the rows behind it, as the query string of its list; absent when it cannot. */
  readonly link?: string;
  /** All of the kind are counted as things, not as what each of them has. */
  readonly countsThings?: boolean;
  /** What was accepted is known by it: stays the same while the thing does. */
  readonly key: (facts: KeyFacts<K>) => string;
  readonly text: (facts: KindFacts[K]) => string;
  readonly next: (facts: KindFacts[K]) => NextStep;
}

/** Every kind of finding: how bad it is, what it is called, by what it is accepted, and what helps. */
export const KINDS: { readonly [K in FindingKind]: KindWords<K> } = {
  'not-read': {
    severity: 'bad',
    title: 'Hours that lack an account or Region',
    explanation: 'It could not be read: its line among the accounts and Regions says why.',
    key: ({ place }) => `not read: ${place}`,
    text: ({ place, hours, failure }) =>
      `${place === '' ? 'the source' : place} was not read for ${counted(hours, 'hour')}: ${failure}`,
    next: () => 'collect',
  },
  'unread-file': {
    severity: 'bad',
    title: 'Hours that may lack what a file holds',
    explanation: 'It lies among the evidence and was not read. What it holds is not in the reports.',
    countsThings: true,
    key: ({ name, reason }) => `file not read: ${name} (${reason})`,
    text: ({ name, reason, wayOut, hours }) =>
      `${name} was not read: ${reason}. ${counted(hours, 'hour')} may lack what it holds. ${wayOut}`,
    next: () => 'collect',
  },
  unattributed: {
    severity: 'bad',
    title: 'Queries that CloudTrail never showed',
    explanation: 'Athena lists them, CloudTrail does not: who ran them is unknown.',
    link: 'attribution=unattributed',
    key: ({ label, hash }) => `${hourName(label)} unattributed ${hash.slice(0, HASH_SHOWN)}`,
    text: ({ count, ids }) =>
      `Athena ran ${counted(count, 'query', 'queries')} that CloudTrail has not shown: ${shown(ids, count)}`,
    next: ({ isOpen }) => (isOpen ? 'settle' : null),
  },
  conflict: {
    severity: 'bad',
    title: 'Queries started by different principals',
    explanation:
      'The events of one execution contradict each other about who started it: the row names who is behind the first, and nobody where copies of one event disagree.',
    link: 'attribution=conflict',
    key: ({ label, hash }) => `${hourName(label)} conflict ${hash.slice(0, HASH_SHOWN)}`,
    text: ({ count, ids }) =>
      `CloudTrail names different principals for ${counted(count, 'query', 'queries')}: ${shown(ids, count)} (aqt explain <id> tells which)`,
    next: () => null,
  },
  repeated: {
    severity: 'bad',
    title: 'Queries that are in several rows',
    explanation: 'Each query belongs in one row of all reports: sums count these more than once.',
    key: ({ hours, hash }) => `repeated ${hours.join(', ')} ${hash.slice(0, HASH_SHOWN)}`,
    text: ({ hours, count, ids }) =>
      `${counted(count, 'query is', 'queries are')} in several rows, in ${hours.join(' and ')}: ${shown(ids, count)}`,
    next: () => 'collect',
  },
  joint: {
    severity: 'bad',
    title: 'Gaps and overlaps between hours',
    explanation: 'Between them queries are lost, or counted twice.',
    key: ({ before, after, from, to }) => `joint ${hourName(before)} ${hourName(after)} ${to - from}`,
    text: ({ before, after, from, to }) =>
      from < to
        ? `no report covers ${instant(from)} to ${instant(to)}, between ${hourName(before)} and ${hourName(after)}`
        : `${hourName(before)} and ${hourName(after)} both cover ${instant(to)} to ${instant(from)}`,
    next: () => 'collect',
  },
  zones: {
    severity: 'bad',
    title: 'Several time zones in one tree',
    explanation: 'Hours of different zones do not fit together: queries are lost or counted twice between them.',
    countsThings: true,
    key: ({ zones }) => `time zones ${zones.map(({ timezone }) => timezone).join(', ')}`,
    text: ({ zones }) =>
      `the tree has ${zones.length} time zones: ${zones
        .map(({ timezone, hours, from }) => `${timezone} (${counted(hours, 'hour')}, from ${from})`)
        .join(', ')}`,
    next: () => 'collect',
  },
  digests: {
    severity: 'bad',
    title: 'Log files that digests do not prove',
    explanation: 'aqt collect --validate-digests tells which.',
    key: ({ place, count }) => `digests ${place} ${count}`,
    text: ({ count }) =>
      `CloudTrail's digests did not prove the log files: ${counted(count, 'finding')} when they were read (aqt collect --validate-digests tells which)`,
    next: () => null,
  },
  'table-disagrees': {
    severity: 'bad',
    title: 'Queries for which the system table names another principal',
    explanation: 'CloudTrail and Athena’s own table disagree about who ran them.',
    key: ({ reportDate, accountId, region, count }) => `${reportDate} system table ${accountId} ${region} ${count}`,
    text: ({ reportDate, accountId, region, count, ids }) =>
      `${reportDate}: the system table of ${accountId} ${region} names another principal than CloudTrail for ${count}: ${shown(ids, count)}`,
    next: () => null,
  },
  'not-listed': {
    severity: 'warn',
    title: 'Workgroups that could not be listed',
    explanation: 'What ran there unseen by CloudTrail is not known. Allow athena:ListQueryExecutions on them.',
    countsThings: true,
    key: ({ accountId, region, workGroup }) => `not listed: ${accountId} ${region} ${workGroup}`,
    text: ({ accountId, region, workGroup, failure, reportDate }) =>
      `Athena's list of workgroup ${workGroup} in ${accountId} ${region} could not be read (${failure}), last for ${reportDate}: what ran there unseen by CloudTrail is not known`,
    next: () => null,
  },
  'table-unread': {
    severity: 'warn',
    title: 'System tables that could not be read',
    explanation: 'Athena’s own table of finished queries was asked and did not answer.',
    countsThings: true,
    key: ({ accountId, region }) => `system table ${accountId} ${region}`,
    text: ({ accountId, region, failure, reportDate }) =>
      `the system table of ${accountId} ${region} could not be read (${failure}), last for ${reportDate}`,
    next: () => null,
  },
  'not-closed': {
    severity: 'warn',
    title: 'Days that were never closed',
    explanation: 'What Athena itself lists was not compared with what CloudTrail showed.',
    key: ({ reportDate }) => `${reportDate} not closed`,
    text: ({ reportDate }) =>
      `${reportDate} was never closed, or _work/closings/${reportDate}.json is gone: what Athena itself lists was not compared`,
    next: () => 'collect',
  },
  malformed: {
    severity: 'warn',
    title: 'Malformed CloudTrail records',
    explanation: 'They are kept whole in _work/rejects/ with the reason.',
    key: ({ label, count }) => `${hourName(label)} malformed ${count}`,
    text: ({ count }) => `${counted(count, 'record')} of CloudTrail could not be read; kept under _work/rejects/`,
    next: () => null,
  },
  'evidence-gone': {
    severity: 'warn',
    title: 'Hours whose evidence is gone',
    explanation: 'Their reports are still proven, but cannot be settled or made again.',
    key: ({ label }) => `${hourName(label)} no evidence`,
    text: ({ partsGone }) =>
      `${counted(partsGone, 'part')} of its evidence under _work/evidence/ ${partsGone === 1 ? 'is' : 'are'} gone: the report is still proven, but cannot be settled or made again`,
    next: () => 'collect',
  },
  'evidence-untold': {
    severity: 'warn',
    title: 'Evidence that no report was made from',
    explanation: 'It arrived later, and aqt settle will use it; or somebody put it there.',
    countsThings: true,
    key: ({ key }) => `evidence untold ${key}`,
    text: ({ key }) =>
      `${key} is named by no manifest: it arrived later, and aqt settle will use it; or somebody put it there`,
    next: () => 'settle',
  },
  rewritten: {
    severity: 'warn',
    title: 'Hours rewritten since the seal you gave',
    explanation: 'Their manifests are not the ones that this seal covers.',
    key: ({ sha256, ...label }) => `${hourName(label)} rewritten ${sha256?.slice(0, HASH_SHOWN) ?? 'gone'}`,
    text: ({ sha256, seals }) =>
      sha256 === null
        ? 'its manifest under that head is gone'
        : seals.length === 0
          ? 'its manifest is no longer the one under that head, and no rewrite was sealed since'
          : `its manifest is no longer the one under that head: rewritten and sealed since on ${seals.map(({ sealedAt, number }) => `${sealedAt} (seal ${number})`).join(', ')}`,
    next: () => null,
  },
  'file-gone': {
    severity: 'warn',
    title: 'Sealed files that are gone',
    explanation:
      'Closings, acceptances, definitions, the directory and what was noticed of log files were sealed with the reports.',
    countsThings: true,
    key: ({ key }) => `gone ${key}`,
    text: ({ key }) =>
      `${key} was sealed and is gone: put it back from a backup${key.includes('/inputs/') ? '; hours that are settled without the directory would forget who ran their queries' : ''}`,
    next: () => 'collect',
  },
  'day-stale': {
    severity: 'warn',
    title: 'Files of whole days that are older than their hours',
    explanation: 'Reports were written after them: who reads them reads other rows. aqt compact makes them anew.',
    countsThings: true,
    key: ({ reportDate, hash }) => `${reportDate} daily stale ${hash.slice(0, HASH_SHOWN)}`,
    text: ({ reportDate, changed }) =>
      `daily/date=${reportDate}/queries.parquet, and the sums under rollups/, were made of other reports than ${counted(changed, 'hour')} of the day now ${changed === 1 ? 'has' : 'have'}: who reads them reads other rows`,
    next: () => 'compact',
  },
  'day-damaged': {
    severity: 'bad',
    title: 'Files of whole days that are damaged',
    explanation: 'They repeat rows of reports, or their sums; no report is touched. aqt compact makes them anew.',
    countsThings: true,
    key: ({ reportDate, file, why, hash }) =>
      `${reportDate} ${file === 'rows' ? 'daily' : 'rollup'} damaged: ${why} ${hash.slice(0, HASH_SHOWN)}`.trim(),
    text: ({ reportDate, file, why }) =>
      `${file === 'rows' ? 'daily' : 'rollups'}/date=${reportDate}/${file === 'rows' ? 'queries' : 'sums'}.parquet is not to be relied on: ${why}`,
    next: () => 'compact',
  },
  'log-file-changed': {
    severity: 'bad',
    title: 'Log files that are not those that were read',
    explanation:
      'CloudTrail writes a log file once. What was read before stays in the evidence, and what they hold now was read, too.',
    key: ({ date, hash }) => `log files changed ${date} ${hash.slice(0, HASH_SHOWN)}`,
    text: ({ date, count, told }) =>
      `${counted(count, 'log file')} delivered on ${date} ${count === 1 ? 'is' : 'are'} not what was read: ${shown(told, count, '; ')}. CloudTrail writes a log file once: ask who wrote there (aqt collect --validate-digests tells whether its digests prove the files as they are)`,
    next: () => null,
  },
  'log-file-gone': {
    severity: 'warn',
    title: 'Log files that were read and are gone',
    explanation:
      'A lifecycle rule may have removed them, or somebody. What was read of them stays in the evidence; nobody can read them again.',
    key: ({ date, hash }) => `log files gone ${date} ${hash.slice(0, HASH_SHOWN)}`,
    text: ({ date, count, told }) =>
      `${counted(count, 'log file')} delivered on ${date} ${count === 1 ? 'was' : 'were'} read and ${count === 1 ? 'is' : 'are'} not there any more: ${shown(told, count, '; ')}. A lifecycle rule of the bucket may have removed ${count === 1 ? 'it' : 'them'}, or somebody; put ${count === 1 ? 'it' : 'them'} back if it was no rule`,
    next: () => null,
  },
  copy: {
    severity: 'warn',
    title: 'Copies without seals and evidence',
    explanation: 'Reports and manifests agree, and nothing proves that nobody changed both.',
    key: () => 'a copy without seals and evidence',
    text: () =>
      'there are no seals and no evidence under _work/: reports and manifests agree, and nothing proves that nobody changed both',
    next: () => null,
  },
  seals: {
    severity: 'bad',
    title: 'Breaks in the chain of seals',
    explanation:
      'No command can repair the history: what was sealed before the break is proven only by a seal hash that was kept elsewhere.',
    key: ({ fault }) => `seals: ${fault}`,
    text: ({ fault }) => fault,
    next: () => null,
  },
};
