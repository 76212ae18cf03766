import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { REPORT_FORMATS } from '../record/manifest.js';

test.each(REPORT_FORMATS)('a %s report of 400,000 rows is written in bounded memory', async (format) => {
  const script = fileURLToPath(new URL('./report-codec.fixture.ts', import.meta.url));
  const run = async (rows: number) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, format, String(rows)]);
    return JSON.parse(stdout) as { bytes: number; peakMegabytes: number };
  };
  const small = await run(40_000);
  const large = await run(400_000);
  expect(large.bytes).toBeGreaterThan(9 * small.bytes);
  expect(large.peakMegabytes).toBeLessThan(small.peakMegabytes + 80);
});
