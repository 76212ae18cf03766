import { expect, it } from 'vitest';
import { FileProgress } from './file-progress.js';

const MB = 2 ** 20;

async function progressOf(sizes: readonly number[]): Promise<FileProgress> {
  const progress = new FileProgress();
  async function* files() {
    for (const size of sizes) yield { size };
  }
  for await (const _ of progress.listAhead(files()));
  return progress;
}

it('tells of a large file while it is read, and of one that is begun again only once', async () => {
  const progress = await progressOf([100 * MB, 50 * MB]);
  expect(progress.isWorthTelling()).toBe(false);
  progress.begin();
  progress.read(40 * MB);
  expect(progress.isWorthTelling()).toBe(true);
  expect(progress.reach()).toEqual({ files: 0, bytes: 40 * MB, allFiles: 2, allBytes: 150 * MB });
  expect(progress.isWorthTelling()).toBe(false);
  progress.begin();
  progress.read(10 * MB);
  expect(progress.reach().bytes).toBe(10 * MB);
  progress.read(90 * MB);
  progress.done({ size: 100 * MB });
  expect(progress.reach()).toEqual({ files: 1, bytes: 100 * MB, allFiles: 2, allBytes: 150 * MB });
});
