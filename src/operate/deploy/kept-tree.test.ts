import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalStore } from '../../storage/local-store.js';
import { readKeptTree } from './kept-tree.js';

const now = Date.UTC(2026, 10, 20);
const clock = { now: () => now, sleep: async () => {} };

describe('what lies where a stack would write', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'aqt-kept-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const manifest = async (hour: string, content: string) => {
    const folder = join(root, `year=2025/month=08/day=28/hour=${hour}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '_manifest.json'), content);
  };
  const read = () => readKeptTree(createLocalStore(root, { clock }), { now });

  it('is nothing in an empty folder', async () => {
    expect(await read()).toBeNull();
  });

  it('has the zone of the first manifest that can be read, and every format that its reports have', async () => {
    await manifest('00', '{ damaged');
    await manifest('01', JSON.stringify({ timezone: 'Europe/Berlin', format: 'json' }));
    expect(await read()).toMatchObject({ timezone: 'Europe/Berlin', formats: ['json'] });
    await writeFile(join(root, 'year=2025/month=08/day=28/hour=01/report_2025_08_28_h01.parquet'), '');
    expect(await read()).toMatchObject({ formats: ['json', 'parquet'] });
  });

  it('is not known where no manifest can be read, and then nothing may be written over it', async () => {
    await manifest('00', 'damaged');
    await expect(read()).rejects.toThrow(/every manifest is damaged/);
  });
});
