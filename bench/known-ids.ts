/**
 * What does a closing remember of the executions that Athena may list: memory and time, beside a `Set` of the same ids.
 * Run: npx tsx --expose-gc bench/known-ids.ts [days = 46] [executions a day = 30000]
 *
 * Writes made-up evidence of that many days into a folder, in parts of some hundred ids an hour, and reads the known ids.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays, reportDay } from '../src/calendar/report-day.js';
import { readKnownIds } from '../src/collect/evidence/known-ids.js';
import { createLocalStore } from '../src/storage/local-store.js';
import { appendPart } from '../src/tree/evidence/evidence-log.js';
import { hourEvidence } from '../src/tree/layout.js';

const [days = 46, daily = 30_000] = process.argv.slice(2, 4).map(Number);
const LAST = '2026-11-15';
const PARTS_OF_HOUR = 5;
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
  const known = await measured(() => readKnownIds(store, day, day.window.end + 3_600_000));
  if (known.value.size !== written) throw new Error(`${known.value.size} ids are known, ${written} were written`);
  console.log(`${written} executions of ${days} days, in ${days * 24 * PARTS_OF_HOUR} parts`);
  console.log(`known ids     ${shown(known)}, ${((known.held * 2 ** 20) / written).toFixed(0)} bytes each`);
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
  readonly value: T;
  /** MiB that are held afterwards. */
  readonly held: number;
  readonly cpu: number;
}

async function measured<T>(make: () => Promise<T>): Promise<Measured<T>> {
  const before = held();
  const since = process.cpuUsage();
  const value = await make();
  const { user, system } = process.cpuUsage(since);
  return { value, held: held() - before, cpu: (user + system) / 1e6 };
}

function held(): number {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (!gc) throw new Error('run it with --expose-gc: npx tsx --expose-gc bench/known-ids.ts');
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

function shown({ held: mib, cpu }: Measured<unknown>): string {
  return `${mib.toFixed(0).padStart(5)} MiB held, ${cpu.toFixed(1).padStart(5)} CPU s`;
}
