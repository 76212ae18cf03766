import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Io } from './io.js';
import { programName } from './program-name.js';
import { writersTo } from './writers.js';

/** The real terminal, environment and clock. The first Ctrl-C asks the command to stop, the second ends the process. */
export function systemIo(): Io {
  const abort = new AbortController();
  // Calls in many Regions wait with it at once; Node would warn of a leak from the eleventh on.
  setMaxListeners(0, abort.signal);
  process.once('SIGINT', () => abort.abort(new Error('interrupted')));
  process.once('SIGTERM', () => abort.abort(new Error('terminated')));
  return {
    stdin: process.stdin,
    ...writersTo({
      out: (text) => void process.stdout.write(text),
      err: (text) => void process.stderr.write(text),
      isStdoutTty: process.stdout.isTTY === true,
    }),
    env: process.env,
    program: programName({ script: process.argv[1] ?? 'aqt', cwd: process.cwd(), path: process.env.PATH }),
    isStdoutTty: process.stdout.isTTY === true,
    isStderrTty: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? process.stderr.columns ?? 80,
    clock: { now: () => Date.now(), sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}) },
    stopwatch: () => performance.now(),
    random: Math.random,
    signal: abort.signal,
  };
}
