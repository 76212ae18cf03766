import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runServe, type ServeArguments } from '../../src/cli/look/serve.js';
import type { Io } from '../../src/cli/terminal/io.js';
import { writersTo } from '../../src/cli/terminal/writers.js';

/** A dashboard that runs, over reports in a folder of its own. */
export interface Served {
  /** The printed address, with its token. */
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  /** The cookie of a visitor who opened the address. */
  readonly cookie: string;
  readonly errors: readonly string[];
  get(path: string, init?: RequestInit): Promise<Response>;
  json<T>(path: string): Promise<T>;
  close(): Promise<void>;
}

/** A terminal that keeps what was written to it. */
export function captureIo(
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Io & { out: () => string; err: () => string } {
  let out = '';
  let err = '';
  return {
    stdin: (async function* () {})(),
    ...writersTo({
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      isStdoutTty: false,
    }),
    env,
    program: 'aqt',
    stopwatch: () => performance.now(),
    isStdoutTty: false,
    isStderrTty: false,
    columns: 120,
    clock: { now: () => Date.now(), sleep: (ms, stop) => delay(ms, undefined, stop ? { signal: stop } : {}) },
    random: Math.random,
    signal,
    out: () => out,
    err: () => err,
  };
}

/** Serves a folder as `aqt serve` does, and waits until its reports are in. `whileReading` is done before that. */
export async function serveFolder(
  output: string,
  options: Partial<ServeArguments> = {},
  whileReading?: (served: Served) => Promise<void>,
): Promise<Served> {
  const stop = new AbortController();
  const io = captureIo(stop.signal);
  const ended = runServe({ output, port: 0, ...options }, io);
  const url = await until(() => /^http:\S+/m.exec(io.out())?.[0] ?? null, ended);
  const { origin, port } = new URL(url);
  const entered = await fetch(url, { redirect: 'manual' });
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${origin}${path}`, { ...init, headers: { cookie, ...init.headers } });
  const served: Served = {
    url,
    origin,
    port: Number(port),
    cookie,
    errors: [],
    get,
    json: async <T>(path: string) => (await (await get(path)).json()) as T,
    async close() {
      stop.abort();
      await ended;
    },
  };
  await whileReading?.(served);
  await until(async () => {
    const { sync, coverage } = await served.json<{
      sync: { state: string; checkedAt: number | null };
      coverage: unknown;
    }>('/api/status');
    return coverage && sync.checkedAt !== null && sync.state === 'idle' ? true : null;
  }, ended);
  return served;
}

/** Waits for a value, at most half a minute; fails when `ended` settles first. */
export async function until<T>(look: () => T | null | Promise<T | null>, ended?: Promise<unknown>): Promise<T> {
  let failure: unknown = null;
  ended?.catch((error: unknown) => {
    failure = error;
  });
  for (let tries = 0; tries < 600; tries += 1) {
    const value = await look();
    if (value !== null) return value;
    if (failure !== null) throw failure;
    await delay(50);
  }
  throw new Error('it did not come true within half a minute');
}

/** Writes a page without anything on it, for tests of the server alone. */
export async function emptyPage(root: string): Promise<string> {
  const page = join(root, 'page');
  await mkdir(join(page, 'assets'), { recursive: true });
  const sent = '<script type="application/json" id="sent">null</script>';
  await writeFile(join(page, 'index.html'), `<!doctype html><title>page</title>${sent}<div id="root"></div>`);
  await writeFile(join(page, 'assets', 'app-1.js'), 'export const app = 1;');
  return page;
}

export async function temporaryFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'aqt-dashboard-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
