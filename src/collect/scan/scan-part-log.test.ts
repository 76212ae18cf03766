import { expect, it } from 'vitest';
import type { PlacedLogFile } from '../../ports/file-ledger.js';
import { startOf } from '../../record/evidence.fixture.js';
import { listParts } from '../../tree/evidence/evidence-log.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { openScanLog, type ScanLog } from './scan-log.js';

const LABEL = { reportDate: '2026-11-01', hour: 5 };
const TASK = { generator: 'test/1', tell: () => {}, now: Date.parse('2026-11-02T00:00:00Z') };

function fileOf(name: string): PlacedLogFile {
  const folder = 's3://logs/AWSLogs/111122223333/CloudTrail/eu-west-1/';
  return { folder, date: '2026-11-01', name, size: 9, tag: '"a"', version: '"a"' };
}

/** Reads a file of one start and one link, and makes it durable; ends it first, or goes on within it. */
async function readFile(log: ScanLog, name: string, { ends = true, reader = 'r' } = {}): Promise<void> {
  const file = fileOf(name);
  await log.openLedger(TASK).recall(file, reader);
  const at = Date.parse('2026-11-01T05:00:00Z');
  log.addToHour(LABEL, { start: startOf({ eventId: name, queryExecutionId: `q-${name}`, eventTime: at }) });
  log.addLink('2026-11-01', JSON.stringify({ link: { eventId: `l-${name}` } }));
  if (ends) {
    const taken = { file, reader, left: { starts: null, links: null }, tellers: [] };
    log.endFile({ at: 2, met: { file, reader, isRead: true }, taken, known: null });
  }
  await log.commit({});
}

async function storeWithParts() {
  const store = createMemoryStore();
  for (const name of ['a', 'b', 'c']) await readFile(await openScanLog(store, `part-${name}`, { isPart: true }), name);
  const reads: string[] = [];
  const stream = store.stream.bind(store);
  store.stream = async (key) => {
    reads.push(key);
    return stream(key);
  };
  const lines = async () => (await listParts(store, LABEL.reportDate)).length;
  return { store, reads, lines };
}

it('one of many readers reads nothing that the others have written, while its files are new', async () => {
  const { store, reads, lines } = await storeWithParts();
  expect(await lines()).toBe(6);
  const log = await openScanLog(store, 'part-d', { isPart: true });
  await readFile(log, 'd', { ends: false });
  await readFile(log, 'e');
  expect([reads, await lines()]).toEqual([[], 10]);
});

it('looks for what lies there when a file was read before, by another program or to another end', async () => {
  const { store, reads, lines } = await storeWithParts();
  await readFile(await openScanLog(store, 'part-again', { isPart: true }), 'a', { reader: 'another' });
  expect(reads.length).toBeGreaterThan(0);
  expect(await lines()).toBe(6);
});

it('who reads alone looks for it always', async () => {
  const { store, reads } = await storeWithParts();
  await readFile(await openScanLog(store, 'alone'), 'd');
  expect(reads.length).toBeGreaterThan(0);
});
