import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './source-tree.js';

/** Runs a command line and tells which packages it loaded, as V8's coverage lists every script. */
function loadedPackages(args: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'aqt-loaded-'));
  const env = { ...process.env, NODE_V8_COVERAGE: folder };
  spawnSync(process.execPath, [join(ROOT, 'dist/cli.js'), ...args], { env });
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
  return [...text.matchAll(/"url":"[^"]*node_modules\/((?:@[^/"]+\/)?[^/"]+)/g)].map(([, name]) => name ?? '');
}

describe('the command line', () => {
  beforeAll(() => {
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { cwd: ROOT });
  });

  it.each([[['--help']], [['--version']], [['collect', '--help']], [[]]])(
    '%j loads neither the AWS SDK nor DuckDB',
    (args) => {
      const loaded = loadedPackages(args);
      expect(loaded.filter((name) => /^@aws-sdk|^@smithy|^@duckdb/.test(name))).toEqual([]);
    },
  );

  it('collects a day without queries without a package', () => {
    const folder = mkdtempSync(join(tmpdir(), 'aqt-empty-'));
    writeFileSync(join(folder, 'log.json'), '{"Records":[{"eventVersion":"1.11","eventTime":"2026-11-01T12:00:00Z"}]}');
    const output = join(folder, 'reports');
    expect(loadedPackages(['collect', '--from', '2026-11-01', '--trail', folder, '--output', output])).toEqual([]);
    expect(readdirSync(output, { recursive: true }).filter((name) => String(name).endsWith('.csv'))).toHaveLength(24);
  });

  it('takes the code that the build kept, and does without it', () => {
    const copy = mkdtempSync(join(tmpdir(), 'aqt-code-'));
    cpSync(join(ROOT, 'dist/bundle'), join(copy, 'dist/bundle'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
    const script = `
      import { scripts } from './dist/bundle/run-script.js';
      await import('./dist/bundle/collect.js');
      console.log(JSON.stringify([...scripts].map(([name, { cachedDataRejected = null }]) => [name, cachedDataRejected])));`;
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script, 'aqt', '--version'], {
        cwd: copy,
        encoding: 'utf8',
      });
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(run()).toBe(`${version}\n[["start.cjs",false],["collect.cjs",false]]\n`);
    for (const name of readdirSync(join(copy, 'dist/bundle')))
      if (name.endsWith('.code')) writeFileSync(join(copy, 'dist/bundle', name), 'of another program');
    expect(run()).toBe(`${version}\n[["start.cjs",true],["collect.cjs",true]]\n`);
    for (const name of readdirSync(join(copy, 'dist/bundle')))
      if (name.endsWith('.code')) rmSync(join(copy, 'dist/bundle', name));
    expect(run()).toBe(`${version}\n[["start.cjs",null],["collect.cjs",null]]\n`);
  });

  it('query loads DuckDB, so the check above can fail', () => {
    expect(loadedPackages(['query', ROOT, 'SELECT 1']).some((name) => /^@duckdb/.test(name))).toBe(true);
  });
});
