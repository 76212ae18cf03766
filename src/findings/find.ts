import { CalendarError, reportDay } from '../calendar/report-day.js';
import type { ClosingFacts, DailyFacts, FileChangesFacts, HourFacts, TreeFacts } from './facts.js';
import { type Days, type Finding, findingOf } from './finding.js';
import { jointsOf } from './joints.js';

/** All findings of a tree: those of its hours in their order, then what they say together, then what its closings say. */
export function findingsOf({
  hours,
  closings,
  repeated,
  missing,
  untold,
  rewritten,
  daily,
  fileChanges,
  isCopy,
}: TreeFacts): Finding[] {
  return [
    ...hours.flatMap(hourFindings),
    ...repeated.map((rows) => findingOf('repeated', rows, { count: rows.count })),
    ...jointsOf(hours).map((joint) => findingOf('joint', joint, { days: daysOf([joint.before, joint.after]) })),
    ...zoneFindings(hours),
    ...placeFindings(hours),
    ...fileFindings(hours),
    ...(closings === null ? [] : [...closingFindings(closings), ...notClosed(hours, closings)]),
    ...missing.map((key) => findingOf('file-gone', { key })),
    ...untold.map((key) => findingOf('evidence-untold', { key })),
    ...rewritten.map((hour) =>
      findingOf('rewritten', hour, { label: { reportDate: hour.reportDate, hour: hour.hour } }),
    ),
    ...daily.map(dailyFinding),
    ...fileChanges.map(fileChangesFinding),
    ...(isCopy && hours.length > 0 ? [findingOf('copy', {})] : []),
  ];
}

function hourFindings(hour: HourFacts): Finding[] {
  const { reportDate, unattributed, conflict, malformed, isOpen, partsGone } = hour;
  const label = { reportDate, hour: hour.hour };
  return [
    ...(unattributed.count > 0
      ? [findingOf('unattributed', { ...unattributed, label, isOpen }, { label, count: unattributed.count })]
      : []),
    ...(conflict.count > 0 ? [findingOf('conflict', { ...conflict, label }, { label, count: conflict.count })] : []),
    ...(malformed > 0 ? [findingOf('malformed', { label, count: malformed }, { label, count: malformed })] : []),
    ...(partsGone > 0 ? [findingOf('evidence-gone', { label, partsGone }, { label })] : []),
  ];
}

function dailyFinding(day: DailyFacts): Finding {
  const days = { from: day.reportDate, to: day.reportDate };
  return day.fault === 'stale' ? findingOf('day-stale', day, { days }) : findingOf('day-damaged', day, { days });
}

function fileChangesFinding(files: FileChangesFacts): Finding {
  const { count, days } = files;
  return findingOf(files.isGone ? 'log-file-gone' : 'log-file-changed', files, { count, days });
}

function zoneFindings(hours: readonly HourFacts[]): Finding[] {
  const zones = [...grouped(hours, ({ timezone }) => timezone)].map(([timezone, own]) => {
    return { timezone, hours: own.length, from: daysOf(own).from };
  });
  return zones.length > 1 ? [findingOf('zones', { zones }, { days: daysOf(hours) })] : [];
}

/** Places that were not read, and log files that digests did not prove; the reason is the latest. */
function placeFindings(hours: readonly HourFacts[]): Finding[] {
  const read = hours.flatMap((hour) =>
    hour.sources.map(({ accountId, region, ...source }) => {
      return { hour, place: [accountId, region].filter(Boolean).join(' '), ...source };
    }),
  );
  const failed = read.flatMap(({ failure, ...one }) => (failure === null ? [] : [{ ...one, failure }]));
  const unread = [...grouped(failed, ({ place }) => place)].map(([place, met]) => {
    const lacking = [...new Set(met.map(({ hour }) => hour))];
    const facts = { place, hours: lacking.length, failure: met.at(-1)?.failure ?? '' };
    return findingOf('not-read', facts, { count: lacking.length, days: daysOf(lacking) });
  });
  const unproven = read.filter(({ digestFindings }) => digestFindings > 0);
  const digests = [...grouped(unproven, ({ place, digestFindings }) => `${place} ${digestFindings}`).values()];
  return [
    ...unread,
    ...digests.flatMap(([first]) =>
      first ? [findingOf('digests', { ...first, count: first.digestFindings }, { count: first.digestFindings })] : [],
    ),
  ];
}

function fileFindings(hours: readonly HourFacts[]): Finding[] {
  const notes = hours.flatMap((hour) => hour.notRead.map((note) => ({ hour, note })));
  return [...grouped(notes, ({ note }) => `${note.name}\n${note.reason}`).values()].flatMap((met) => {
    const note = met.at(-1)?.note;
    const own = met.map(({ hour }) => hour);
    return note ? [findingOf('unread-file', { ...note, hours: own.length }, { days: daysOf(own) })] : [];
  });
}

/** What closing the days met; a workgroup or a system table is told once, as it was met last. */
function closingFindings(closings: readonly ClosingFacts[]): Finding[] {
  const unlisted = closings.flatMap(({ reportDate, unlisted }) => unlisted.map((one) => ({ ...one, reportDate })));
  const tables = closings.flatMap(({ reportDate, systemTables }) =>
    systemTables.map((one) => ({ ...one, reportDate, count: one.disagreements, ids: one.disagreeing })),
  );
  const silent = tables.flatMap(({ failure, ...one }) => (failure === null ? [] : [{ ...one, failure }]));
  return [
    ...lastOf(unlisted, ({ accountId, region, workGroup }) => `${accountId} ${region} ${workGroup}`).map(
      ({ last, count }) => findingOf('not-listed', last, { count }),
    ),
    ...tables.filter(({ count }) => count > 0).map((one) => findingOf('table-disagrees', one, { count: one.count })),
    ...lastOf(silent, ({ accountId, region }) => `${accountId} ${region}`).map(({ last, count }) =>
      findingOf('table-unread', last, { count }),
    ),
  ];
}

/** Days that are all there and that nobody closed: Athena's own list was not compared. */
function notClosed(hours: readonly HourFacts[], closings: readonly ClosingFacts[]): Finding[] {
  const closed = new Set(closings.map(({ reportDate }) => reportDate));
  return [...grouped(hours, ({ reportDate, timezone }) => `${reportDate} ${timezone}`).values()].flatMap((own) => {
    const [first] = own;
    if (!first || closed.has(first.reportDate) || !isWholeDay(own.length, first)) return [];
    return [findingOf('not-closed', first, { days: daysOf(own) })];
  });
}

/** A day has 24 labels, or 23 when the clock skips one; the calendar is slow, and only asked when it matters. */
function isWholeDay(hours: number, { reportDate, timezone }: HourFacts): boolean {
  if (hours >= 24 || hours < 23) return hours >= 24;
  try {
    return hours >= reportDay(reportDate, timezone).hours.length;
  } catch (error) {
    if (error instanceof CalendarError) return false; // A manifest that names no zone is a fault of its hour.
    throw error;
  }
}

function lastOf<T>(list: readonly T[], nameOf: (one: T) => string): { readonly last: T; readonly count: number }[] {
  return [...grouped(list, nameOf).values()].flatMap((met) => {
    const last = met.at(-1);
    return last === undefined ? [] : [{ last, count: met.length }];
  });
}

function grouped<T>(list: readonly T[], nameOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(nameOf(one));
    if (group) group.push(one);
    else groups.set(nameOf(one), [one]);
  }
  return groups;
}

function daysOf(labels: readonly { readonly reportDate: string }[]): Days {
  const dates = labels.map(({ reportDate }) => reportDate).sort();
  return { from: dates[0] ?? '', to: dates.at(-1) ?? '' };
}
