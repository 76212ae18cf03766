import type { NotReadNote } from '../cloudtrail/not-read.js';

/**
 * How a finding is known and told. `aqt verify` tells findings from the bytes of a tree, the dashboard from its cache: what was
 * accepted in one is accepted in the other, for the key is the same.
 */
export interface FindingWords {
  /** Stays the same while the thing does. */
  readonly key: string;
  readonly text: string;
}

/** Ids shown of a finding; the rest is counted. */
const IDS_SHOWN = 5;

/** An account and Region. */
interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** Queries of an hour that Athena ran and CloudTrail has not shown; `hash` changes when any of them does. */
export function unattributedWords(
  hour: string,
  { count, ids, hash }: { readonly count: number; readonly ids: readonly string[]; readonly hash: string },
): FindingWords {
  return {
    key: `${hour} unattributed ${hash.slice(0, 16)}`,
    text: `Athena ran ${count} ${count === 1 ? 'query' : 'queries'} that CloudTrail has not shown: ${shown(ids, count)}`,
  };
}

/** Records of an hour that could not be read. */
export function malformedWords(hour: string, count: number): FindingWords {
  return {
    key: `${hour} malformed ${count}`,
    text: `${count} ${count === 1 ? 'record' : 'records'} of CloudTrail could not be read; kept under _work/rejects/`,
  };
}

/** A place that was not read for some hours. */
export function notReadWords(place: string, { hours, failure }: { hours: number; failure: string }): FindingWords {
  return { key: `not read: ${place}`, text: `${place} was not read for ${hours} hours: ${failure}` };
}

/** A file that lies there and was not read: any of the hours may lack what it holds. */
export function unreadFileWords({ name, reason, wayOut }: NotReadNote, hours: number): FindingWords {
  return {
    key: `not read: ${name}`,
    text: `${name} was not read (${reason}): ${hours} ${hours === 1 ? 'hour' : 'hours'} may lack what it holds; ${wayOut}`,
  };
}

/** Log files of a place that CloudTrail's digests did not prove. */
export function digestWords(place: string, count: number): FindingWords {
  return {
    key: `digests ${place} ${count}`,
    text: `CloudTrail's digests did not prove the log files: ${count} findings when they were read (aqt collect --validate-digests tells which)`,
  };
}

/** A workgroup whose list could not be read, the last time for a date. */
export function notListedWords(
  { accountId, region }: Place,
  { workGroup, failure, reportDate }: { workGroup: string; failure: string; reportDate: string },
): FindingWords {
  return {
    key: `not listed: ${accountId} ${region} ${workGroup}`,
    text: `Athena's list of workgroup ${workGroup} in ${accountId} ${region} could not be read (${failure}), last for ${reportDate}: what ran there unseen by CloudTrail is not known`,
  };
}

/** Executions of a date for which the system table names another principal than CloudTrail does. */
export function disagreeingWords(
  { accountId, region }: Place,
  { reportDate, count, ids }: { reportDate: string; count: number; ids: readonly string[] },
): FindingWords {
  return {
    key: `${reportDate} system table ${accountId} ${region} ${count}`,
    text: `${reportDate}: the system table of ${accountId} ${region} names another principal than CloudTrail for ${count}: ${shown(ids, count)}`,
  };
}

/** A system table that could not be read, the last time for a date. */
export function tableUnreadWords(
  { accountId, region }: Place,
  { failure, reportDate }: { failure: string; reportDate: string },
): FindingWords {
  return {
    key: `system table ${accountId} ${region}`,
    text: `the system table of ${accountId} ${region} could not be read (${failure}), last for ${reportDate}`,
  };
}

/** A whole day that nobody closed. */
export function notClosedWords(reportDate: string): FindingWords {
  return {
    key: `${reportDate} not closed`,
    text: `${reportDate} was never closed, or _work/closings/${reportDate}.json is gone: what Athena itself lists was not compared`,
  };
}

/** Reports without anything under `_work/` that could prove them. */
export const COPY_WORDS: FindingWords = {
  key: 'a copy without seals and evidence',
  text: 'there are no seals and no evidence under _work/: reports and manifests agree, and nothing proves that nobody changed both',
};

function shown(ids: readonly string[], count: number): string {
  const first = ids.slice(0, IDS_SHOWN);
  return `${first.join(', ')}${count > first.length ? ', …' : ''}`;
}
