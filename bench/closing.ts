/**
 * What does closing a day take, whole, where the evidence of 46 days names so many executions: memory of the process at most, and CPU.
 * Run: npx tsx bench/closing.ts [executions a day = 1000000] [listed = 1000000]
 *
 * Writes made-up evidence of 46 days into a folder (some 3 GB for a million a day), then closes the last of them in a process of its
 * own: Athena's lists tell of so many executions, of all days alike, all of which the evidence names. So all of it is read, no row is
 * added, and no hour written anew. A list that is longer takes a pass over the ids for each million.
 */
import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addDays, reportDay } from '../src/calendar/report-day.js';
import { closeDay } from '../src/collect/closing/close-day.js';
import { collectorOf } from '../src/collect/collector.fixture.js';
import { openEnrichment } from '../src/collect/hour/open-enrichment.js';
import type { PlacedLister } from '../src/ports/execution-source.js';
import { createLocalStore } from '../src/storage/local-store.js';
import { appendPart } from '../src/tree/evidence/evidence-log.js';
import { hourEvidence } from '../src/tree/layout.js';

const DAYS = 46;
const LAST = reportDay('2026-11-15', 'UTC');
const NOW = LAST.window.end + 3_600_000;
const PARTS_OF_HOUR = 5;
const PAGE = 50;
const [daily = 1_000_000, listed = 1_000_000] = process.argv.slice(2, 4).map(Number);
const perPart = Math.round(daily / 24 / PARTS_OF_HOUR);
const [, , , , tree] = process.argv;
if (tree === undefined) await measured();
else await closed(tree);

async function measured(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'aqt-bench-closing-'));
  try {
    const written = await write(folder);
    const args = ['--import', 'tsx', fileURLToPath(import.meta.url), String(daily), String(listed), folder];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the closing ended with ${status}: ${stderr.slice(-2000)}`);
    console.log(`${written} executions of ${DAYS} days in the evidence; ${stdout.trim()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Evidence of starts, the newest day first; returns how many. */
async function write(folder: string): Promise<number> {
  const store = storeOf(folder);
  let next = 0;
  for (let back = 0; back < DAYS; back++)
    for (const label of reportDay(addDays(LAST.reportDate, -back), LAST.timezone).hours)
      for (let part = 0; part < PARTS_OF_HOUR; part++) {
        const ids = Array.from({ length: perPart }, () => idOf(next++));
        const lines = ids.map((queryExecutionId) => JSON.stringify({ start: { queryExecutionId } }));
        await appendPart(store, hourEvidence(label), { lines, ids });
      }
  return next;
}

async function closed(folder: string): Promise<void> {
  const store = storeOf(folder);
  const since = process.cpuUsage();
  const listers: PlacedLister[] = [{ accountId: '111122223333', region: 'us-east-1', lister: { list: pages } }];
  const collector = collectorOf(store, NOW);
  const task = { day: LAST, format: 'csv', enrichment: await openEnrichment(collector, LAST.reportDate) } as const;
  const closing = await closeDay(collector, { listers, exported: null }, task);
  const [group] = closing?.workGroups ?? [];
  if (group?.listed !== listed || closing?.unattributed.length !== 0)
    throw new Error(`the closing told something else: ${JSON.stringify(closing)}`);
  const { user, system } = process.cpuUsage(since);
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${listed} of them listed: closed with ${peak.toFixed(0)} MiB of memory at most, ${((user + system) / 1e6).toFixed(0)} CPU s`,
  );
}

async function* pages() {
  const apart = Math.floor((perPart * PARTS_OF_HOUR * 24 * DAYS) / listed);
  for (let from = 0; from < listed; from += PAGE)
    yield {
      ...{ workGroup: 'primary', failure: null },
      ids: Array.from({ length: Math.min(PAGE, listed - from) }, (_, at) => idOf((from + at) * apart)),
    };
}

function idOf(number: number): string {
  const hex = hash('md5', String(number));
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function storeOf(folder: string) {
  return createLocalStore(folder, { clock: { now: () => NOW, sleep: async () => {} } });
}
