import { createHash } from 'node:crypto';
import { CalendarError, reportDay, reportDays } from '../calendar/report-day.js';
import type { ReportRow } from '../record/columns.js';
import { decodeManifest } from '../record/encode-manifest.js';
import { ledgerFaults } from '../record/ledger.js';
import type { Manifest, ReportFormat } from '../record/manifest.js';
import { type HourLabel, hourFolder, manifestKey, parseHourKey, reportKey } from '../record/report-path.js';
import { compareRows } from '../record/row-order.js';
import type { Closing } from './close-day.js';
import type { ReportStore } from './ports.js';
import { type Chain, readChain, sealFault } from './seals.js';

export interface VerifyRequest {
  readonly store: ReportStore;
  /** First and last report date, inclusive; null for all there is. */
  readonly from: string | null;
  readonly to: string | null;
  readonly decode: (format: ReportFormat, bytes: AsyncIterable<Uint8Array>) => AsyncIterable<ReportRow>;
  /** Hears of each tree before its hours: the state of its chain of seals, and what closing its days found. */
  readonly onTree?: (tree: TreeVerdict) => void;
  readonly signal?: AbortSignal;
}

/** What was found of a tree as a whole. */
export interface TreeVerdict {
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  readonly chain: Chain;
  readonly closings: readonly Closing[];
}

/** What was found of one hour of one tree. */
export interface HourVerdict extends HourLabel {
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  readonly manifest: Manifest | null;
  /** Sentences; empty when the hour is proven. */
  readonly faults: readonly string[];
  /** The latest instant of the hour for which nothing can change any more has passed. */
  readonly isFinal: boolean;
}

/**
 * Recomputes every report of a tree or a forest from its bytes: hash, size, rows, order, hours, ledger; and looks for hours
 * that are missing between a tree's first and last, or within the dates asked for. Yields every hour, in order, tree by tree.
 */
export async function* verify(request: VerifyRequest): AsyncGenerator<HourVerdict> {
  const trees = await readTrees(request);
  if (trees.size === 0 && request.from !== null) trees.set('', new Map());
  for (const [tree, hours] of [...trees].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const verdicts = new Map<string, HourVerdict>();
    const chain = await readChain(request.store, tree);
    request.onTree?.({ tree, chain, closings: await readClosings(request, tree) });
    let timezone: string | null = null;
    for (const [folder, names] of hours) {
      request.signal?.throwIfAborted();
      const verdict = await verifyHour(request, { tree, chain, ...names });
      timezone ??= verdict.manifest?.timezone ?? null;
      verdicts.set(folder, verdict);
    }
    const gone = [...chain.manifests.keys()]
      .flatMap((folder) => parseHourKey(`${folder}_manifest.json`)?.label ?? [])
      .filter(isAskedFor(request));
    for (const label of gone) {
      if (!verdicts.has(hourFolder(label))) {
        verdicts.set(hourFolder(label), {
          ...label,
          tree,
          manifest: null,
          faults: ['the hour was sealed and is gone'],
          isFinal: false,
        });
      }
    }
    for (const label of expectedHours(request, [...verdicts.values()], timezone)) {
      const folder = hourFolder(label);
      if (!verdicts.has(folder)) {
        verdicts.set(folder, {
          ...label,
          tree,
          manifest: null,
          faults: ['the hour is missing: it was never collected, or it was removed'],
          isFinal: false,
        });
      }
    }
    yield* [...verdicts.values()].sort((a, b) =>
      a.reportDate < b.reportDate ? -1 : a.reportDate > b.reportDate ? 1 : a.hour - b.hour,
    );
  }
}

interface HourNames {
  readonly label: HourLabel;
  readonly names: string[];
}

async function readTrees(request: VerifyRequest): Promise<Map<string, Map<string, HourNames>>> {
  const trees = new Map<string, Map<string, HourNames>>();
  const isWanted = isAskedFor(request);
  for await (const { key } of request.store.list('')) {
    const parsed = key.startsWith('_work/') || key.includes('/_work/') ? null : parseHourKey(key);
    if (!parsed) continue;
    const { tree, label, name } = parsed;
    if (!isWanted(label)) continue;
    const hours = trees.get(tree) ?? new Map<string, HourNames>();
    trees.set(tree, hours);
    const folder = hourFolder(label);
    const known = hours.get(folder);
    if (known) known.names.push(name);
    else hours.set(folder, { label, names: [name] });
  }
  return trees;
}

function isAskedFor({ from, to }: VerifyRequest): (label: HourLabel) => boolean {
  return ({ reportDate }) => (from === null || reportDate >= from) && (to === null || reportDate <= to);
}

async function readClosings(request: VerifyRequest, tree: string): Promise<Closing[]> {
  const closings: Closing[] = [];
  const isWanted = isAskedFor(request);
  for await (const { key } of request.store.list(`${tree}_work/closings/`)) {
    const stored = await request.store.read(key);
    if (!stored) continue;
    const closing = parseClosing(stored.bytes);
    if (!closing) continue; // No evidence hangs on it: closing the day again writes it anew.
    if (isWanted({ reportDate: closing.reportDate, hour: 0 })) closings.push(closing);
  }
  return closings;
}

function parseClosing(bytes: Uint8Array): Closing | null {
  try {
    const closing = JSON.parse(Buffer.from(bytes).toString('utf8')) as Closing | null;
    return closing?.schema === 1 && Array.isArray(closing.workGroups) && Array.isArray(closing.unattributed)
      ? closing
      : null;
  } catch {
    return null;
  }
}

/** The labels that must be there: from the first to the last one found, stretched to the dates asked for. */
function expectedHours(
  { from, to }: VerifyRequest,
  found: readonly HourVerdict[],
  timezone: string | null,
): HourLabel[] {
  const dates = found.map((verdict) => verdict.reportDate).sort();
  const first = from ?? dates[0];
  const last = to ?? dates.at(-1);
  if (first === undefined || last === undefined) return [];
  try {
    const hours = reportDays({ from: first, to: last, timezone: timezone ?? 'America/New_York' }).flatMap(
      (day) => day.hours,
    );
    // A tree may begin and end within a day: only what was asked for, or lies between, can be missing.
    const isWithin = (hour: HourLabel) =>
      (from !== null || found.some((one) => compareLabels(one, hour) <= 0)) &&
      (to !== null || found.some((one) => compareLabels(one, hour) >= 0));
    return hours.filter(isWithin);
  } catch (error) {
    if (error instanceof CalendarError) return [];
    throw error;
  }
}

async function verifyHour(
  request: VerifyRequest,
  hour: HourNames & { readonly tree: string; readonly chain: Chain },
): Promise<HourVerdict> {
  const { store } = request;
  const { tree, chain, label, names } = hour;
  const verdict = (manifest: Manifest | null, faults: readonly string[]): HourVerdict => ({
    ...label,
    tree,
    manifest,
    faults,
    isFinal: manifest?.status === 'final',
  });
  const stored = await store.read(tree + manifestKey(label));
  if (!stored) return verdict(null, ['there is a report but no manifest: the hour was not finished']);
  const manifest = decodeManifest(Buffer.from(stored.bytes).toString('utf8'));
  if (typeof manifest === 'string') return verdict(null, [`the manifest is damaged: ${manifest}`]);
  const faults = [...placeFaults(manifest, label), ...ledgerFaults(manifest.ledger)];
  const unsealed = sealFault(chain, label, stored.bytes);
  if (unsealed) faults.push(unsealed);
  const expected = reportKey(label, manifest.format);
  if (manifest.report.key !== expected)
    faults.push(`the manifest names the report ${manifest.report.key}, the contract ${expected}`);
  for (const name of names) {
    const isExpected = name === '_manifest.json' || `${hourFolder(label)}${name}` === expected;
    if (!isExpected) faults.push(`there is a file that does not belong: ${name}`);
  }
  faults.push(...(await reportFaults(request, tree + expected, manifest)));
  return verdict(manifest, faults);
}

/** The manifest speaks of the hour it lies beside, and its window is that label's. */
function placeFaults(manifest: Manifest, label: HourLabel): string[] {
  if (manifest.reportDate !== label.reportDate || manifest.hour !== label.hour) {
    return [`the manifest is that of ${manifest.reportDate} hour ${manifest.hour}`];
  }
  try {
    const hour = reportDay(label.reportDate, manifest.timezone).hours.find((one) => one.hour === label.hour);
    const isRight =
      hour &&
      Date.parse(manifest.window.start) === hour.window.start &&
      Date.parse(manifest.window.end) === hour.window.end;
    return isRight
      ? []
      : [`the window ${manifest.window.start} to ${manifest.window.end} is not this hour's in ${manifest.timezone}`];
  } catch (error) {
    if (error instanceof CalendarError) return [`the manifest's time zone: ${error.message}`];
    throw error;
  }
}

async function reportFaults(
  { store, decode, signal }: VerifyRequest,
  key: string,
  manifest: Manifest,
): Promise<string[]> {
  const stream = await store.stream(key);
  if (!stream) return ['the report is missing'];
  const hash = createHash('sha256');
  let bytes = 0;
  async function* measured(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      signal?.throwIfAborted();
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  const source = measured(stream);
  const faults: string[] = [];
  // Without `return`, so that a decoder that gives up does not end the stream: the hash is of all bytes.
  const unclosed: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
  try {
    faults.push(...(await rowFaults(decode(manifest.format, unclosed), manifest)));
  } catch (error) {
    signal?.throwIfAborted();
    faults.push(`the report cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  while (!(await source.next()).done);
  if (bytes !== manifest.report.bytes)
    faults.push(`the report has ${bytes} bytes, the manifest says ${manifest.report.bytes}`);
  const sha256 = hash.digest('hex');
  if (sha256 !== manifest.report.sha256)
    faults.push(`the report's sha256 is ${sha256}, the manifest says ${manifest.report.sha256}`);
  return faults;
}

async function rowFaults(rows: AsyncIterable<ReportRow>, manifest: Manifest): Promise<string[]> {
  const faults: string[] = [];
  const counts: Record<string, number> = {};
  const seen = new Set<string>();
  const [start, end] = [Date.parse(manifest.window.start), Date.parse(manifest.window.end)];
  let before: ReportRow | null = null;
  let count = 0;
  for await (const row of rows) {
    count++;
    counts[row.attribution] = (counts[row.attribution] ?? 0) + 1;
    counts[`status:${row.query_status}`] = (counts[`status:${row.query_status}`] ?? 0) + 1;
    const id =
      row.query_execution_id === null
        ? `event ${row.event_id}`
        : `${row.account_id}/${row.region}/${row.query_execution_id}`;
    if (seen.has(id)) faults.push(`row ${count} repeats ${id}`);
    seen.add(id);
    const instant = row.event_time ?? row.start_time;
    if (instant < start || instant >= end) faults.push(`row ${count} (${id}) lies outside the hour`);
    if (before && compareRows(before, row) > 0) faults.push(`row ${count} (${id}) is out of order`);
    before = row;
  }
  const { ledger } = manifest;
  const expect = (name: string, actual: number, expected: number) => {
    if (actual !== expected) faults.push(`the report has ${actual} ${name}, the ledger says ${expected}`);
  };
  expect('rows', count, manifest.report.rows);
  expect('rows', count, ledger.rows);
  expect('attributed rows', counts.attributed ?? 0, ledger.attributed);
  expect('conflicting rows', counts.conflict ?? 0, ledger.conflict);
  expect('unattributed rows', counts.unattributed ?? 0, ledger.unattributed);
  expect('refused rows', counts.refused ?? 0, ledger.refused);
  for (const [status, expected] of Object.entries(ledger.byQueryStatus))
    expect(`rows with status ${status}`, counts[`status:${status}`] ?? 0, expected);
  return faults;
}

function compareLabels(a: HourLabel, b: HourLabel): number {
  return a.reportDate < b.reportDate ? -1 : a.reportDate > b.reportDate ? 1 : a.hour - b.hour;
}
