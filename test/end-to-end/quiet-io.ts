import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../src/cli/terminal/io.js';
import { writersTo } from '../../src/cli/terminal/writers.js';
import type { Clock } from '../../src/ports/clock.js';

const TEST_CACHE = { AQT_CACHE_DIR: join(tmpdir(), 'aqt-test-cache') };

/** An `Io` that keeps what is written, for running commands inside a test. */
export function quietIo(options: {
  readonly clock: Clock;
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
  /** By default as much time passes for people as by the clock. */
  readonly stopwatch?: () => number;
}): Io & {
  readonly written: { stdout: string; stderr: string };
} {
  const written = { stdout: '', stderr: '' };
  return {
    written,
    stdin: (async function* () {})(),
    ...writersTo({
      out: (text) => {
        written.stdout += text;
      },
      err: (text) => {
        written.stderr += text;
      },
      isStdoutTty: false,
    }),
    // The user's own cache is none of a test's.
    env: { ...TEST_CACHE, ...options.env },
    program: 'aqt',
    isStdoutTty: false,
    isStderrTty: false,
    columns: 120,
    clock: options.clock,
    stopwatch: options.stopwatch ?? (() => options.clock.now()),
    random: () => 0.5,
    signal: options.signal ?? new AbortController().signal,
  };
}
