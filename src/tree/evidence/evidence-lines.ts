import type { HourLabel } from '../../calendar/hour-label.js';
import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import { lineOfLink, linkOfLine } from '../../cloudtrail/link-line.js';
import type { Start } from '../../cloudtrail/start.js';
import type { CredentialUse } from '../../identity/chain/credential-facts.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { SourceAccount } from '../../ports/start-source.js';
import type { ObservedAnswer } from '../../record/answer.js';
import type { Definition } from '../../sql/definition-book.js';
import { hourEvidence } from '../layout.js';
import { appendPart } from './evidence-log.js';

/** One thing known about an hour. */
export type HourLine =
  | { readonly start: Start }
  | { readonly answer: ObservedAnswer }
  | { readonly listed: ListedPlace }
  /** An "Athena Query State Change" event told of it; its start, or a list, makes it a row. */
  | { readonly told: ToldExecution }
  /** Key of the note of a record that could not be used. */
  | { readonly reject: string }
  | { readonly reading: HourReading }
  /** What a name meant that rows of the hour use: a prepared statement, a view or a table that other hours, or AWS, define. */
  | { readonly defined: Definition };

/**
 * One thing known about the credentials of a day: STS links; uses whose principal reveals more than other events of the same
 * session do (aws-facts 3.4: `onBehalfOf` is stamped per service); whose a unique id is; what was asked for already (access keys,
 * `spark:<session id>`), so that nobody asks twice; user names that IAM Identity Center told, by `<identity store ARN>#<user id>`;
 * and executions that Athena lists and that ran on other days than the one that was closed, by report date.
 */
export type DayLine =
  | { readonly link: CredentialLink }
  | { readonly revealing: CredentialUse }
  | { readonly shown: ShownId }
  | { readonly asked: string }
  | { readonly named: { readonly user: string; readonly name: string } }
  | { readonly elsewhere: { readonly reportDate: string; readonly ids: readonly string[] } };

/** Reads the line of a day. */
export function parseDayLine(text: string): DayLine {
  const line = JSON.parse(text) as DayLine;
  return 'link' in line ? { link: linkOfLine(line) } : line;
}

/** The text of such a line. */
export function textOfDayLine(line: DayLine): string {
  return 'link' in line ? lineOfLink(line.link) : JSON.stringify(line);
}

/** A unique id of a role or user (`AROA…`, `AIDA…`) and its ARN, which one record showed together. */
export interface ShownId {
  readonly id: string;
  readonly arn: string;
}

/** How a scan met an hour. */
export interface HourReading {
  /** Epoch milliseconds: the later reading counts. */
  readonly readAt: number;
  /** Copies of events that the scan met. */
  readonly duplicates: number;
  readonly sources: readonly SourceAccount[];
}

/** Where an execution was listed that CloudTrail never showed; `unknown` where nobody says. */
export interface ListedPlace {
  readonly queryExecutionId: string;
  readonly accountId: string;
  readonly region: string;
  /** Who the system table says submitted it; absent or null where nobody says. */
  readonly principalArn?: string | null;
}

/** An execution that Athena itself told of as it ended, and where. */
export interface ToldExecution {
  readonly queryExecutionId: string;
  readonly accountId: string;
  readonly region: string;
}

/** A part of a large hour's evidence, 0 to SHARDS - 1; null for the whole of a small one. */
export type Shard = number | null;

/** Shards of a large hour: an execution, with all its starts and its answer, lies in one of them. */
export const SHARDS = 16;

/**
 * What is looked at of a large hour at once: of `of` slices (a power of two, at most SHARDS) the one of this number, which holds
 * the shards that leave it as a remainder; null for the whole hour.
 */
export type Slice = { readonly number: number; readonly of: number } | null;

/** Tells whether a slice holds a shard. */
export function holdsShard(slice: Slice, shard: number): boolean {
  return slice === null || shard % slice.of === slice.number;
}

/** The shard that an execution id, or the event id of a refused start, belongs to. */
export function shardOf(id: string): number {
  let hash = 0x811c9dc5; // FNV-1a
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash >>> 8) % SHARDS;
}

/** The shard of a line. What concerns the hour as a whole lies in the first. */
export function shardOfLine(line: HourLine): number {
  if ('start' in line) {
    const { queryExecutionId, replacesEventId, eventId } = line.start;
    return shardOf(queryExecutionId ?? replacesEventId ?? eventId);
  }
  const id = idOf(line);
  return id === null ? 0 : shardOf(id);
}

function idOf(line: HourLine): string | null {
  if ('start' in line) return line.start.queryExecutionId;
  if ('listed' in line) return line.listed.queryExecutionId;
  if ('told' in line) return line.told.queryExecutionId;
  return 'answer' in line ? line.answer.answer.queryExecutionId : null;
}

/** Lines that are appended at once and are more than this are sorted by shard, so that a large hour can be read shard by shard. */
const SPLIT_LINES = 4000;

/** A line with its JSON text. */
export interface WrittenLine {
  readonly line: HourLine;
  readonly text: string;
}

/** Appends lines to the evidence of an hour; returns the names of the parts. */
export async function appendToHour(
  store: ReportStore,
  label: HourLabel,
  lines: readonly WrittenLine[],
): Promise<string[]> {
  const groups = new Map<Shard, WrittenLine[]>();
  for (const written of lines) {
    const shard = lines.length > SPLIT_LINES ? shardOfLine(written.line) : null;
    const group = groups.get(shard);
    if (group) group.push(written);
    else groups.set(shard, [written]);
  }
  const names: string[] = [];
  for (const [shard, group] of groups) {
    const ids = new Set(group.flatMap(({ line }) => (makesRow(line) ? (idOf(line) ?? []) : [])));
    const part = { lines: group.map(({ text }) => text), ids: [...ids], shard };
    names.push(await appendPart(store, hourEvidence(label), part));
  }
  return names;
}

/** An answer, or an event, alone is no row: whoever closes the day still asks for it. */
function makesRow(line: HourLine): boolean {
  return !('answer' in line) && !('told' in line);
}

/** As `appendToHour`, of values. */
export async function addToHour(store: ReportStore, label: HourLabel, lines: readonly HourLine[]): Promise<string[]> {
  const written = lines.map((line) => ({ line, text: JSON.stringify(line) }));
  return appendToHour(store, label, written);
}
