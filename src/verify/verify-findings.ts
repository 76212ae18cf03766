import { type HourLabel, hourName } from '../calendar/hour-label.js';
import { reportDay } from '../calendar/report-day.js';
import type { NotReadNote } from '../cloudtrail/not-read.js';
import {
  digestWords,
  disagreeingWords,
  type FindingWords,
  malformedWords,
  notClosedWords,
  notListedWords,
  notReadWords,
  tableUnreadWords,
  unattributedWords,
  unreadFileWords,
} from '../findings/finding-words.js';
import type { Closing } from '../record/closing.js';
import type { Manifest } from '../record/manifest.js';
import type { Finding, Unattributed } from './checked.js';

/** The findings of one hour, from its manifest and its rows. */
export function hourFindings(
  label: HourLabel,
  { manifest, unattributed }: { readonly manifest: Manifest; readonly unattributed: Unattributed },
): Finding[] {
  const name = hourName(label);
  const findings: Finding[] = [];
  const next = manifest.status === 'open' ? 'settle' : null;
  if (unattributed.count > 0) findings.push({ ...unattributedWords(name, unattributed), label, next });
  const { malformed } = manifest.ledger;
  if (malformed > 0) findings.push({ ...malformedWords(name, malformed), label, next: null });
  return findings;
}

/** The findings of a tree: what its hours say together, and what closing its days met. */
export function treeFindings(
  manifests: readonly Manifest[],
  found: {
    /** Null where nobody expects any: in a copy of the reports alone. */
    readonly closings: readonly Closing[] | null;
    readonly missing: readonly string[];
  },
): Finding[] {
  const closings = found.closings ?? [];
  // By key: what was met several times is told as it was met last.
  const findings = new Map<string, Finding>();
  const note = (words: FindingWords, next: Finding['next'] = null) =>
    findings.set(words.key, { ...words, label: null, next });
  const hours = new Map<string, number>();
  const unread = new Map<string, { readonly note: NotReadNote; readonly hours: number }>();
  for (const { sources, notRead = [] } of manifests) {
    for (const one of notRead) unread.set(one.name, { note: one, hours: (unread.get(one.name)?.hours ?? 0) + 1 });
    for (const { accountId, region, failure, counts } of sources) {
      const place = [accountId, region].filter(Boolean).join(' ');
      if (failure !== undefined) {
        hours.set(place, (hours.get(place) ?? 0) + 1);
        note(notReadWords(place, { hours: hours.get(place) ?? 0, failure }), 'collect');
      }
      const { digestFindings = 0 } = counts;
      if (digestFindings > 0) note(digestWords(place, digestFindings));
    }
  }
  for (const { note: of, hours: count } of unread.values()) note(unreadFileWords(of, count), 'collect');
  for (const { reportDate, workGroups } of closings) {
    for (const { failure, ...listed } of workGroups)
      if (failure !== null) note(notListedWords(listed, { ...listed, failure, reportDate }));
  }
  for (const { reportDate, systemTables = [] } of closings) {
    for (const { disagreements: count, disagreeing: ids, failure, ...place } of systemTables) {
      if (count > 0) note(disagreeingWords(place, { reportDate, count, ids }));
      if (failure !== null) note(tableUnreadWords(place, { failure, reportDate }));
    }
  }
  const gone = found.missing.map((key) => ({
    key: `gone ${key}`,
    text: `${key} is gone: hours that are settled without it would forget who ran their queries`,
    label: null,
    next: 'collect' as const,
  }));
  return [...findings.values(), ...gone, ...(found.closings === null ? [] : notClosed(manifests, closings))];
}

/** Days that are all there and that nobody closed: Athena's own list was not compared. */
function notClosed(manifests: readonly Manifest[], closings: readonly Closing[]): Finding[] {
  const closed = new Set(closings.map(({ reportDate }) => reportDate));
  const hours = new Map<string, number>();
  for (const { reportDate, timezone } of manifests) {
    const key = `${reportDate} ${timezone}`;
    hours.set(key, (hours.get(key) ?? 0) + 1);
  }
  return [...hours].flatMap(([key, count]) => {
    const [reportDate = '', timezone = ''] = key.split(' ');
    if (closed.has(reportDate) || count < hoursOf(reportDate, timezone)) return [];
    return { ...notClosedWords(reportDate), label: null, next: 'collect' };
  });
}

function hoursOf(reportDate: string, timezone: string): number {
  try {
    return reportDay(reportDate, timezone).hours.length;
  } catch {
    return Number.POSITIVE_INFINITY; // A manifest that names no zone is a fault of its hour.
  }
}
