import { describe, expect, test } from 'vitest';
import type { ReportRow } from '../record/columns.js';
import { REPORT_FORMATS } from '../record/manifest.js';
import { collect, exampleRow, streamOf } from '../record/row.fixture.js';
import { decodeReport, encodeReport } from './report-codec.js';

const ROWS = Array.from({ length: 3000 }, (_, i) =>
  exampleRow({ event_count: i, query: `é😀 ${i}\n${'x'.repeat(900)}` }),
);
const bytesOf = async (format: (typeof REPORT_FORMATS)[number], rows: readonly ReportRow[]) =>
  Buffer.concat(await collect(encodeReport(format, streamOf(rows))));

describe.each(REPORT_FORMATS)('a report as %s', (format) => {
  test('comes back as it was, however its bytes are cut', async () => {
    const bytes = await bytesOf(format, ROWS);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += 9973) pieces.push(bytes.subarray(at, at + 9973));
    expect(await collect(decodeReport(format, streamOf(pieces)))).toEqual(ROWS);
  });

  test('without rows comes back without rows', async () => {
    expect(await collect(decodeReport(format, streamOf([await bytesOf(format, [])])))).toEqual([]);
  });

  test('that is not what it says is an error', async () => {
    const bytes = Buffer.from('hello\nworld\n');
    await expect(collect(decodeReport(format, streamOf([bytes])))).rejects.toThrow(/line 1/);
  });
});

test('text comes in pieces of some 64 KB', async () => {
  const pieces = await collect(encodeReport('csv', streamOf(ROWS)));
  expect(pieces.length).toBeGreaterThan(3);
  for (const piece of pieces) expect(piece.length).toBeLessThan(128 * 1024);
});

test('bytes that are not UTF-8 are an error with their place', async () => {
  const bytes = await bytesOf('csv', ROWS);
  const damaged = Buffer.concat([bytes.subarray(0, 5000), Buffer.from([0xff]), bytes.subarray(5000)]);
  const pieces = [damaged.subarray(0, 4500), damaged.subarray(4500)];
  await expect(collect(decodeReport('csv', streamOf(pieces)))).rejects.toThrow(/line [2-5]: .*not UTF-8/);
});

test('bytes without a line end are given up, not held', async () => {
  async function* endless() {
    for (;;) yield Buffer.alloc(1024 * 1024, 'x');
  }
  await expect(collect(decodeReport('csv', endless()))).rejects.toThrow('line 1: the line is longer');
});
