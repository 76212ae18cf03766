import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCollect } from '../../src/cli/collect/collect.js';
import { runCli } from '../../src/cli/main.js';
import { logFile, startRecord } from '../../src/sources/record.fixture.js';
import { quietIo } from '../end-to-end/quiet-io.js';

const clock = { now: () => Date.UTC(2026, 10, 6), sleep: async () => {} };
const fresh = () => mkdtempSync(join(tmpdir(), 'aqt-fuzz-'));

describe('a tree with foreign values in its own files', () => {
  let tree = '';
  beforeAll(async () => {
    const trail = fresh();
    writeFileSync(join(trail, 'log.json.gz'), logFile([startRecord()]));
    tree = fresh();
    const date = String(startRecord().eventTime).slice(0, 10);
    const options = { from: date, timezone: 'UTC', trail, output: tree, quiet: true };
    expect(await runCollect(options, quietIo({ clock }))).toBe(0);
  });

  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(null, {}, [], 'x', -1, 1e99, '__proto__'));
  const kept = [
    '_work/accepted.json',
    '_work/settle.json',
    '_work/seals/00000001.json',
    '_work/closings/*',
    '_work/identity-store.json',
    'year=*/_manifest.json',
  ];

  it.each(kept)('%s: verify and settle say what is wrong, or do without; neither breaks', async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), anything, fc.boolean(), async (at, value, isWhole) => {
        const root = fresh();
        cpSync(tree, root, { recursive: true });
        const path = fileOf(root, name, at);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, isWhole ? JSON.stringify(value) : JSON.stringify(edited(path, at, value)));
        for (const args of [
          ['verify', root],
          ['verify', root, '--json'],
          ['settle', root, '--mend', '--no-scan'],
        ]) {
          const io = quietIo({ clock });
          const code = await runCli(args, io);
          expect(io.written.stderr).not.toMatch(/\n\s+at |TypeError|RangeError|is not a function|of undefined/);
          expect([0, 3]).toContain(code);
        }
      }),
      { numRuns: 15 },
    );
  });

  /** A file of the tree: by its path, or one of those below the folder before the star. */
  function fileOf(root: string, name: string, at: number): string {
    if (!name.includes('*')) return join(root, name);
    const wanted = name.endsWith('_manifest.json') ? /_manifest\.json$/ : /_work\/closings\/[^/]+$/;
    const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => wanted.test(path));
    return join(root, paths.sort()[at % paths.length] ?? '');
  }

  /** The JSON of a file with one member replaced. */
  function edited(path: string, at: number, value: unknown): unknown {
    let known: Record<string, unknown> = {};
    try {
      known = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    } catch {
      return { schema: 1, accepted: value, settledAt: value };
    }
    const names = Object.keys(known);
    const name = names[at % names.length] ?? 'x';
    return { ...known, [name]: value };
  }
});
