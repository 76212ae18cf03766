import { createHash } from 'node:crypto';
import type { IdSum } from '../findings/facts.js';
import type { ReportRow } from '../record/columns.js';
import { whyUnnamed, whyUnpriced } from '../record/ledger.js';
import type { Manifest } from '../record/manifest.js';
import { compareRows } from '../record/row-order.js';
import { isContradicted } from '../record/start-groups.js';
import type { VerifyRequest } from './checked.js';
import { createIdSum, type IdSummer } from './id-sum.js';
import { ownText } from './own-text.js';

/** What the bytes of a report say. */
export interface CheckedReport {
  /** Sentences; empty when the report is what its manifest says. */
  readonly faults: readonly string[];
  readonly unattributed: IdSum;
  readonly conflict: IdSum;
  /** Rows by `<account> <Region>`. */
  readonly places: ReadonlyMap<string, number>;
}

/** Recomputes a report from its bytes and compares it with its manifest; `onId` is called with the id of every row. */
export async function verifyReport(
  { store, codec, signal }: Pick<VerifyRequest, 'store' | 'codec' | 'signal'>,
  key: string,
  { manifest, onId }: { readonly manifest: Manifest; readonly onId?: (id: string) => void },
): Promise<CheckedReport> {
  const seen: Seen = { unattributed: createIdSum(), conflict: createIdSum(), places: new Map(), onId };
  const checked = (faults: readonly string[]) => {
    return { faults, unattributed: seen.unattributed.sum(), conflict: seen.conflict.sum(), places: seen.places };
  };
  const stream = await store.stream(key);
  if (!stream) return checked(['the report is missing']);
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
    faults.push(...(await rowFaults(codec.decode(manifest.format, unclosed), manifest, seen)));
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
  return checked(faults);
}

interface Seen {
  readonly unattributed: IdSummer;
  readonly conflict: IdSummer;
  readonly places: Map<string, number>;
  readonly onId: ((id: string) => void) | undefined;
}

async function rowFaults(rows: AsyncIterable<ReportRow>, manifest: Manifest, sums: Seen): Promise<string[]> {
  const faults: string[] = [];
  const counts = {
    attribution: createCounter(),
    status: createCounter(),
    unnamed: createCounter(),
    unpriced: createCounter(),
  };
  const places = new Map<string, Counter>();
  const seen = new Set<string>();
  const [start, end] = [Date.parse(manifest.window.start), Date.parse(manifest.window.end)];
  let before: ReportRow | null = null;
  let count = 0;
  for await (const row of rows) {
    count++;
    counts.attribution.add(row.attribution);
    counts.status.add(row.query_status);
    const unnamed = whyUnnamed(row);
    if (unnamed !== null) counts.unnamed.add(unnamed);
    const unpriced = whyUnpriced(row);
    if (unpriced !== null) counts.unpriced.add(unpriced);
    if (row.attribution === 'unattributed') sums.unattributed.add(row);
    else if (isContradicted(row)) sums.conflict.add(row);
    const regions = places.get(row.account_id) ?? createCounter();
    places.set(row.account_id, regions);
    regions.add(row.region);
    const id = row.query_execution_id ?? `event ${row.event_id}`;
    const ids = seen.size;
    seen.add(id);
    if (seen.size === ids) faults.push(`row ${count} repeats ${id}`);
    else sums.onId?.(id);
    const instant = row.event_time ?? row.start_time;
    if (instant < start || instant >= end) faults.push(`row ${count} (${id}) lies outside the hour`);
    if (before && compareRows(before, row) > 0) faults.push(`row ${count} (${id}) is out of order`);
    before = row;
  }
  for (const [account, regions] of places)
    for (const [region, rowsThere] of regions.all) sums.places.set(ownText(`${account} ${region}`), rowsThere);
  return [...faults, ...ledgerDifferences(manifest, count, counts)];
}

/** What the rows count up to, against what the manifest and its ledger say. */
function ledgerDifferences(
  { report, ledger }: Manifest,
  count: number,
  counts: Readonly<Record<'attribution' | 'status' | 'unnamed' | 'unpriced', Counter>>,
): string[] {
  const faults: string[] = [];
  const expect = (name: string, actual: number, expected: number) => {
    if (actual !== expected) faults.push(`the report has ${actual} ${name}, the ledger says ${expected}`);
  };
  expect('rows', count, report.rows);
  expect('rows', count, ledger.rows);
  expect('attributed rows', counts.attribution.of('attributed'), ledger.attributed);
  expect('conflicting rows', counts.attribution.of('conflict'), ledger.conflict);
  expect('unattributed rows', counts.attribution.of('unattributed'), ledger.unattributed);
  expect('refused rows', counts.attribution.of('refused'), ledger.refused);
  for (const [status, expected] of Object.entries(ledger.byQueryStatus))
    expect(`rows with status ${status}`, counts.status.of(status), expected);
  const expectReasons = (what: string, counted: Counter, told: Readonly<Record<string, number>>) => {
    for (const reason of new Set([...counted.all.keys(), ...Object.keys(told)]))
      expect(`rows without ${what} (${reason})`, counted.of(reason), told[reason] ?? 0);
  };
  expectReasons('tables', counts.unnamed, ledger.unnamedByReason);
  expectReasons('a cost', counts.unpriced, ledger.unpricedByReason);
  return faults;
}

interface Counter {
  readonly all: ReadonlyMap<string, number>;
  add(name: string): void;
  of(name: string): number;
}

function createCounter(): Counter {
  const all = new Map<string, number>();
  const of = (name: string) => all.get(name) ?? 0;
  return { all, of, add: (name) => void all.set(name, of(name) + 1) };
}
