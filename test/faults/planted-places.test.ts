import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../source-tree.js';
import { PLANTED_FAULTS, type PlantedFault } from './planted-faults.js';

// Among the fast tests, so that whoever moves a file takes its faults along.
it('plants at least thirty small faults, each in the place of a text that stands once in its file', () => {
  const isOnce = ({ file, search }: PlantedFault) =>
    readFileSync(join(ROOT, 'src', file), 'utf8').split(search).length === 2;
  expect(PLANTED_FAULTS.filter((fault) => !isOnce(fault)).map(({ name }) => name)).toEqual([]);
  expect(PLANTED_FAULTS.length).toBeGreaterThanOrEqual(30);
});
