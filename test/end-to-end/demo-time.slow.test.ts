import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runDemo } from '../../src/cli/demo/demo.js';
import { EXIT } from '../../src/cli/terminal/io.js';
import { quietIo } from './quiet-io.js';

/** What passes for people between two looks at the stopwatch. */
const LOOK_MS = 7_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aqt-demo-time-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('tells people how long they waited, not how long the simulated account took', async () => {
  let looks = 0;
  const clock = { now: () => Date.now(), sleep: async () => {} };
  const io = { ...quietIo({ clock, stopwatch: () => LOOK_MS * looks++ }), isStderrTty: true };
  const options = { output: join(folder, 'reports'), format: 'csv', days: 1, seed: 1, serve: false };
  expect(await runDemo(options, io)).toBe(EXIT.done);
  const said = io.written.stdout + io.written.stderr;
  const [, done = ''] = /Done in (.*)\. Next:/.exec(said) ?? [];
  // The stopwatch is looked at when it begins, by the progress, and when it is done: nothing in between has read another clock.
  const seconds = [...done.matchAll(/(\d+) (h|min|s)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (unit === 'h' ? 3600 : unit === 'min' ? 60 : 1),
    0,
  );
  expect(seconds % (LOOK_MS / 1000)).toBe(0);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan((LOOK_MS * looks) / 1000);
}, 60_000);
