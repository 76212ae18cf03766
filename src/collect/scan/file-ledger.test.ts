import { describe, expect, it } from 'vitest';
import type { PlacedLogFile } from '../../ports/file-ledger.js';
import { appendPart, listParts, mergeParts } from '../../tree/evidence/evidence-log.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { openFileLedger } from './file-ledger.js';
import { FileLines } from './read-files.js';

const HOUR = '2026-11-01/h05';
const TASK = { generator: 'test/1', tell: () => {}, now: Date.parse('2026-11-02T00:00:00Z') };

/** One file of each of so many accounts. */
function filesOf(accounts: number): PlacedLogFile[] {
  return Array.from({ length: accounts }, (_, index) => ({
    folder: `s3://logs/AWSLogs/${111122220000 + index}/CloudTrail/eu-west-1/`,
    ...{ date: '2026-11-01', name: 'file.json.gz', size: 9, tag: '"a"', version: '"a"' },
  }));
}

function ended(file: PlacedLogFile) {
  const lines = new FileLines();
  lines.took(HOUR, Date.parse('2026-11-01T05:00:00Z'), '0123456789abcdef');
  const taken = { file, reader: 'r', left: { starts: null, links: null }, tellers: [] };
  return { met: { file, reader: 'r', isRead: true }, taken, lines };
}

describe('the ledger of files', () => {
  it('looks once for what a merged part stands for, however many accounts have files whose lines lie in it', async () => {
    const store = createMemoryStore();
    const names: string[] = [];
    for (let index = 0; index < 30; index++)
      names.push(await appendPart(store, HOUR, { lines: [`{"start":${index}}`], ids: [`q-${index}`] }));
    await mergeParts(store, HOUR);
    const [merged] = await listParts(store, HOUR);
    let opened = 0;
    const stream = store.stream.bind(store);
    store.stream = async (key) => {
      if (key === merged?.key) opened += 1;
      return stream(key);
    };
    const files = filesOf(12);
    await openFileLedger(store, TASK).keep(files.map(ended), () => names);
    expect(opened).toBe(0);
    const ledger = openFileLedger(store, TASK);
    for (const file of files) expect((await ledger.recall(file, 'r')).entry?.name).toBe(file.name);
    expect(opened).toBe(1);
    // More of the same accounts: what was kept is weighed again, by the same part.
    await ledger.keep(
      files.map((file) => ended({ ...file, name: 'later.json.gz' })),
      () => names,
    );
    expect(opened).toBe(1);
    for (const file of files)
      expect((await openFileLedger(store, TASK).recall(file, 'r')).entry?.hours).toHaveProperty(HOUR);
  });

  it('does not know a file any more when the merged part is gone that holds its lines', async () => {
    const store = createMemoryStore();
    const names = [await appendPart(store, HOUR, { lines: ['{"start":1}'] })];
    for (let index = 2; index < 30; index++) await appendPart(store, HOUR, { lines: [`{"start":${index}}`] });
    await mergeParts(store, HOUR);
    const [file] = filesOf(1) as [PlacedLogFile];
    await openFileLedger(store, TASK).keep([ended(file)], () => names);
    expect((await openFileLedger(store, TASK).recall(file, 'r')).entry).not.toBeNull();
    for (const { key } of await listParts(store, HOUR)) store.files.delete(key);
    expect((await openFileLedger(store, TASK).recall(file, 'r')).entry).toBeNull();
  });
});
