/**
 * What does a closing remember of the executions that Athena may list: memory and time, beside a `Set` of the same ids; and what
 * where it holds lists instead, and reads the evidence past them (what it does from six million known ids on).
 * Run: npx tsx --expose-gc bench/known-ids.ts [days = 46] [executions a day = 30000]
 *
 * Writes made-up evidence of that many days into a folder, in five parts an hour, and reads the known ids.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays, reportDay } from '../src/calendar/report-day.js';
import { openComparison } from '../src/collect/closing/comparison.js';
import { readKnownIds } from '../src/collect/evidence/known-ids.js';
import { createLocalStore } from '../src/storage/local-store.js';
import { appendPart } from '../src/tree/evidence/evidence-log.js';
import { hourEvidence } from '../src/tree/layout.js';

const [days = 46, daily = 30_000] = process.argv.slice(2, 4).map(Number);
const LAST = '2026-11-15';
const PARTS_OF_HOUR = 5;
/** Listed ids that wait at most. */
const LISTED = 1_000_000;
const folder = mkdtempSync(join(tmpdir(), 'aqt-bench-known-'));
try {
  const store = createLocalStore(folder, { clock: { now: () => 0, sleep: async () => {} } });
  const day = reportDay(LAST, 'America/New_York');
  const perPart = Math.round(daily / 24 / PARTS_OF_HOUR);
  let written = 0;
  for (let back = 0; back < days; back++) {
    for (const label of reportDay(addDays(LAST, -back), day.timezone).hours) {
      for (let part = 0; part < PARTS_OF_HOUR; part++) {
        const ids = Array.from({ length: perPart }, () => randomUUID());
        // What follows the ids is unpacked only as far as they lie in one piece with it.
        const lines = ids.map((id) => JSON.stringify({ start: { queryExecutionId: id, userAgent: 'x'.repeat(400) } }));
        await appendPart(store, hourEvidence(label), { lines, ids });
        written += ids.length;
      }
    }
  }
  const now = day.window.end + 3_600_000;
  const known = await measured(() => readKnownIds(store, day, { now, most: Number.POSITIVE_INFINITY }));
  if (known.value?.size !== written) throw new Error(`${known.value?.size} ids are known, ${written} were written`);
  console.log(`${written} executions of ${days} days, in ${days * 24 * PARTS_OF_HOUR} parts`);
  console.log(`known ids     ${shown(known)}, ${((known.held * 2 ** 20) / written).toFixed(0)} bytes each`);
  known.value = null;
  const clock = { now: () => now, sleep: async () => {} };
  const request = { day, restsAt: Number.POSITIVE_INFINITY, idsInMemory: -1 };
  // What nobody knows stays to the end: all of the evidence is read.
  const comparison = await openComparison({ store, clock }, request);
  const filled = await measured(async () => {
    for (let count = 0; count < LISTED; count++)
      comparison.add({ queryExecutionId: randomUUID(), accountId: '111122223333', region: 'us-east-1' });
  });
  const passed = await measured(async () => {
    let unknown = 0;
    for await (const _ of comparison.unknown()) unknown++;
    return unknown;
  });
  if (passed.value !== LISTED) throw new Error(`${passed.value} of ${LISTED} listed ids are unknown`);
  console.log(`${LISTED} listed ${shown(filled)}`);
  console.log(`  compared by ${shown(passed)}, ${((passed.cpu / written) * 1e6).toFixed(1)} µs a known id`);
  const set = await measured(async () => {
    const ids = new Set<string>();
    for (let count = 0; count < written; count++) ids.add(randomUUID());
    return ids;
  });
  console.log(
    `a Set of them ${shown(set)}, ${((set.held * 2 ** 20) / written).toFixed(0)} bytes each, without reading`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Measured<T> {
  value: T;
  /** MiB that are held afterwards, and that the process had at most meanwhile. */
  readonly held: number;
  readonly peak: number;
  readonly cpu: number;
}

async function measured<T>(make: () => Promise<T>): Promise<Measured<T>> {
  const before = held();
  let peak = 0;
  const sample = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, 20);
  const since = process.cpuUsage();
  const value = await make();
  const { user, system } = process.cpuUsage(since);
  clearInterval(timer);
  sample();
  return { value, held: held() - before, peak: peak / 2 ** 20, cpu: (user + system) / 1e6 };
}

function held(): number {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (!gc) throw new Error('run it with --expose-gc: npx tsx --expose-gc bench/known-ids.ts');
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

function shown({ held: mib, peak, cpu }: Measured<unknown>): string {
  return `${mib.toFixed(0).padStart(5)} MiB held, process ${peak.toFixed(0).padStart(4)} MiB at most, ${cpu.toFixed(1).padStart(5)} CPU s`;
}
