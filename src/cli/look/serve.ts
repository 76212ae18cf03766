import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../analytics/cache/cache-files.js';
import { holdNewestDays } from '../../analytics/held/held-days.js';
import { openPrices, readDirectory } from '../../compose/open-inputs.js';
import { UsageError } from '../../compose/usage-error.js';
import { loadedSpans } from '../../dashboard/rows/loaded-spans.js';
import { newestRows, rowSource } from '../../dashboard/rows/row-source.js';
import type { SealChain } from '../../dashboard/server/context.js';
import { openLiveCache } from '../../dashboard/server/live-cache.js';
import { startDashboard } from '../../dashboard/server/start-dashboard.js';
import { viewStore, viewsFile } from '../../dashboard/server/view-store.js';
import { type Listed, type SyncStatus, watchReports } from '../../dashboard/server/watch-reports.js';
import { replaceFile } from '../../storage/held-files.js';
import { readBudgets } from '../../tree/budgets.js';
import { readChain } from '../../tree/chain/chain.js';
import { fileChangesByTree } from '../../tree/files/file-changes.js';
import { readTimezone } from '../../tree/settings.js';
import { treeView } from '../../tree/tree-view.js';
import { billSource } from '../money/bill-source.js';
import { checkBill } from '../money/open-bill.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { packageVersion } from '../terminal/version.js';
import type { addServe } from './commands-explore.js';
import { openTree } from './open-tree.js';
import { metricsMaker, packMaker } from './serve-handover.js';
import { sumsMaker } from './serve-sums.js';

export interface ServeArguments extends OptionsOf<typeof addServe>, TreeArgument {
  /** Opens an address in the browser; that of the system when absent. */
  readonly browse?: (url: string, io: Io) => void;
  /** Folder of the built page, for tests. */
  readonly page?: string;
}

const DEFAULT_PORT = 4480;
const PORTS_TRIED = 20;
const CACHE_LIMIT = 2_000_000_000;

/** `aqt serve`: the dashboard on the loopback interface, until Ctrl-C. */
export async function runServe(options: ServeArguments, io: Io): Promise<number> {
  const port = options.port ?? DEFAULT_PORT;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${options.port}: a port is 0 to 65535`);
  if (options.metrics && options.cacheLimit !== undefined)
    throw new UsageError('--metrics adds up all rows: leave out --cache-limit');
  const limitBytes = options.metrics ? null : (options.cacheLimit ?? CACHE_LIMIT);
  const directory = await readDirectory(options.directory, { ...io, profile: options.profile });
  const { bill: bills = [] } = options;
  for (const path of bills) await checkBill(path);
  const store = await openTree(options, io);
  const folder = await cacheFolder(store.location, io.env);
  const live = await openLiveCache(folder);
  const stop = new AbortController();
  const signal = AbortSignal.any([io.signal, stop.signal]);
  let status: () => SyncStatus = () => ({ state: 'idle', done: 0, total: 0, checkedAt: null, error: null });
  let rows = newestRows(live, () => status());
  let listed: () => Listed | null = () => null;
  const dashboard = await startDashboard({
    context: {
      live,
      rows: () => rows,
      listed: () => listed(),
      timezoneOf: (tree) => readTimezone(treeView(store, tree), io.clock.now()),
      status: () => status(),
      location: options.output,
      program: io.program,
      version: packageVersion(),
      cacheLimitBytes: limitBytes,
      isAuditor: options.auditor ?? false,
      sensitive: options.sensitive ?? ['*pii*'],
      directory,
      chains: async (trees) => {
        const chains: Record<string, SealChain> = {};
        for (const tree of trees) {
          const { length, head, faults } = await readChain(store, tree);
          chains[tree] = { length, head, faults };
        }
        return chains;
      },
      fileChanges: (trees) => fileChangesByTree(store, trees),
      bills: bills.map((path) => billSource(path, options, io)),
      prices: (tree) => openPrices(treeView(store, tree)),
      sums: sumsMaker(store, folder),
      pack: packMaker({ store, output: options.output, profile: options.profile, key: options.key ?? null }, io),
      ...(options.metrics ? { metrics: metricsMaker(live, io) } : {}),
      budgets: () => readBudgets(store),
      views: viewStore(options.views ?? viewsFile(store.location, io.env), (from, to) => replaceFile(from, to, io)),
      now: () => io.clock.now(),
      sleep: (ms) => io.clock.sleep(ms),
      newId: randomUUID,
      onError: (message) => io.stderr(`aqt serve: ${message}\n`),
    },
    page: options.page ?? builtPage(),
    port,
    tries: options.port === undefined ? PORTS_TRIED : 1,
    token: randomBytes(24).toString('base64url'),
    newTicket: () => randomBytes(24).toString('base64url'),
    session: randomBytes(24).toString('base64url'),
  });
  const spans = loadedSpans(store, folder);
  const bound = limitBytes === null ? null : holdNewestDays(limitBytes);
  const watch = watchReports({
    ...{ store, folder, live, signal, clock: io.clock },
    ...(bound ? { bound } : {}),
    afterAll: () => rows.refresh(),
  });
  const { lookAgain } = watch;
  listed = watch.listed;
  if (bound && limitBytes !== null)
    rows = rowSource({
      ...{ live, spans, bound, limitBytes, lookAgain, signal },
      progress: () => status(),
      clock: io.clock,
    });
  status = watch.status;
  io.stdout(`${dashboard.url}\n`);
  io.stderr(`The dashboard of ${options.output} is open to this computer only. Ctrl-C ends it.\n`);
  if (options.open) (options.browse ?? openBrowser)(dashboard.ticketUrl(), io);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await dashboard.close();
  await watch.done;
  await rows.ended();
  spans.close();
  live.close();
  return EXIT.done;
}

/** `dist/web`, seen from `dist/cli/serve.js`, from the bundle `dist/cli.js`, or from `src/cli/look/serve.ts`. */
function builtPage(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const [, root = here] = /^(.*)[\\/](?:dist|src)(?:[\\/].*)?$/s.exec(here) ?? [];
  return join(root, 'dist', 'web');
}

function openBrowser(url: string, io: Io): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  const child = spawn(command ?? 'xdg-open', args, { stdio: 'ignore', detached: true });
  child.on('error', () => io.stderr('No browser could be opened; copy the address above.\n'));
  child.unref();
}
