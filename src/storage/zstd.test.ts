import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadZstd } from './zstd.js';

test('any bytes come back', async () => {
  const zstd = await loadZstd();
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 500 }), fc.tuple(fc.string(), fc.nat({ max: 5000 })).map(repeated));
  fc.assert(
    fc.property(bytes, (input) => {
      expect(Buffer.from(zstd.decompress(zstd.compress(input), input.length))).toEqual(Buffer.from(input));
    }),
  );
});

test('an input of many megabytes comes back, and small ones after it', async () => {
  const zstd = await loadZstd();
  const input = new Uint8Array(40 * 1024 * 1024).map((_, i) => (i * 2_654_435_761) >>> 24);
  expect(Buffer.compare(zstd.decompress(zstd.compress(input), input.length), input)).toBe(0);
  expect(zstd.decompress(zstd.compress(Buffer.from('x')), 1)).toEqual(new Uint8Array([0x78]));
});

test('damaged bytes, a wrong length or an impossible one are errors', async () => {
  const zstd = await loadZstd();
  const frame = zstd.compress(Buffer.from('hello hello hello hello'));
  expect(() => zstd.decompress(Buffer.from('not a frame'), 23)).toThrow('damaged');
  expect(() => zstd.decompress(frame.subarray(0, -3), 23)).toThrow('damaged');
  expect(() => zstd.decompress(frame, 22)).toThrow('damaged');
  expect(() => zstd.decompress(frame, 24)).toThrow('23 bytes instead of 24');
  expect(() => zstd.decompress(frame, -1)).toThrow('not plausible');
  expect(() => zstd.decompress(frame, 2 ** 40)).toThrow('not plausible');
});

test('works in a bundle that lies alone with its module, and gives the same bytes there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zstd-bundle-'));
  const wasm = join(dirname(createRequire(import.meta.url).resolve('@bokuweb/zstd-wasm')), 'zstd.wasm');
  await copyFile(wasm, join(folder, 'zstd.wasm'));
  const script = `
    import { createHash } from 'node:crypto';
    import { loadZstd } from './zstd.ts';
    const zstd = await loadZstd();
    console.log(createHash('sha256').update(zstd.compress(Buffer.from('abc'.repeat(9999)))).digest('hex'));`;
  const resolveDir = new URL('.', import.meta.url).pathname;
  const outfile = join(folder, 'index.mjs');
  await build({
    stdin: { contents: script, resolveDir },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], { cwd: folder });
  const here = (await loadZstd()).compress(Buffer.from('abc'.repeat(9999)));
  expect(stdout.trim()).toBe(createHash('sha256').update(here).digest('hex'));
  await rm(folder, { recursive: true });
});

function repeated([text, times]: [string, number]): Uint8Array {
  return Buffer.from(text.repeat(times));
}
