import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { ROOT } from '../source-tree.js';
import { INSTALLS, install } from './installed.js';
import { type PaperLine, paperLines, papers } from './paper-lines.js';

/** Lines that are not run here, each with the reason, and what runs them instead. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^npm |^bash \.ci\/run/, '.ci/run begins with them'],
  [/^aws /, 'another program, against a real account'],
  [
    /^aqt (deploy|destroy|doctor|backfill)(?! --dry-run)/,
    'needs a stack: test/deploy deploys the template into the rig',
  ],
  [/s3:\/\//, 'needs a bucket of one’s own: test/end-to-end collects into one'],
  [/--account-role/, 'needs roles: test/end-to-end/accounts.slow.test.ts'],
  [/--system-table/, 'test/end-to-end/system-table.slow.test.ts'],
  [/--url http/, 'needs the server of somebody else: test/handover speaks to one'],
];

/** Lines that find something in the demo’s story, and say so. */
const FINDS = /^aqt verify (reports|out|--pack .*)$/;

/** A line with the exit code that its comment promises. */
const promised = ({ line, exit }: PaperLine): string => (exit === null ? line : `${line} # exit ${exit}`);

const lines = papers().flatMap(paperLines);
const run = lines.filter((each) => !NOT_RUN.some(([pattern]) => pattern.test(promised(each))));

describe('the lines that the papers tell people to type', () => {
  it('are found, and most of them are run', () => {
    expect(lines.length).toBeGreaterThan(40);
    expect(run.length).toBeGreaterThan(20);
    // A reason that no line needs is none.
    for (const [pattern] of NOT_RUN)
      expect(
        lines.some((each) => pattern.test(promised(each))),
        String(pattern),
      ).toBe(true);
  });

  describe.each(INSTALLS)('work as printed from %s', (kind) => {
    let folder: string;
    let path: string;
    let simulator: Simulator;
    /** A day that is over, and that LookupEvents still tells of, whenever this runs. */
    const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'aqt-papers-'));
      execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { cwd: ROOT, stdio: 'ignore' });
      path = install(kind, folder);
      const company = { days: 2, startsAt: Date.parse(`${day}T00:00:00Z`), queriesPerDay: 30, noisePerDay: 10 };
      simulator = await startSimulator({ seed: 4, company });
      mkdirSync(join(folder, 'work'));
      const demo = await type('aqt demo --output demo');
      expect(demo.code, demo.err).toBe(0);
      cpSync(join(folder, 'work/demo'), join(folder, 'work/reports'), { recursive: true });
    }, 900_000);
    afterAll(async () => {
      await simulator?.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
    });

    /** Types a line; one that serves is ended as soon as it has said where. */
    function type(line: string): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
      const child = spawn('bash', ['-c', line.startsWith('aqt serve') ? `exec ${line}` : line], {
        cwd: join(folder, 'work'),
        env: {
          ...{ PATH: path, HOME: folder, AQT_CACHE_DIR: join(folder, 'cache'), NODE_ENV: 'production' },
          ...{ AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' },
          AWS_ENDPOINT_URL: simulator.url,
        },
      });
      let [out, err] = ['', ''];
      child.stdout.on('data', (bytes) => {
        out += String(bytes);
        if (line.startsWith('aqt serve') && out.includes('http://127.0.0.1')) child.kill('SIGINT');
      });
      child.stderr.on('data', (bytes) => {
        err += String(bytes);
      });
      return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
    }

    /** The line with what it leaves open put in. */
    async function filled(line: string): Promise<string> {
      if (line.startsWith('aqt collect'))
        return line.replace(/\d{4}-\d{2}-\d{2}/g, day).replace('reports', 'collected');
      if (!line.includes('<id>')) return line.replace('--directory identities.yaml', '');
      const { out } = await type('aqt query reports "SELECT min(query_execution_id) AS id FROM queries" --format csv');
      return line.replace('<id>', out.trim().split('\n').at(-1) ?? '');
    }

    const codesOf = ({ line, exit }: PaperLine): readonly number[] => {
      if (exit !== null) return [exit];
      if (line.startsWith('aqt serve')) return [0, 130];
      return FINDS.test(line) || line.startsWith('aqt collect') ? [0, 3] : [0];
    };

    it.each(run.map((each) => [each.page, each.line, each] as const))('%s: %s', async (_, line, each) => {
      const { code, out, err } = await type(await filled(line));
      expect(codesOf(each), `${out.slice(-800)}\n${err.slice(-800)}`).toContain(code);
    });
  });
});
