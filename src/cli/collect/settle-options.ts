import { LIST_PRICES } from '../../athena/prices.js';
import type { Collector, DaySources } from '../../collect/collector.js';
import { hasCredentials } from '../../compose/aws-config.js';
import { type OpenedSources, openSources } from '../../compose/open-sources.js';
import type { Progress, ProgressEvent } from '../../ports/progress.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { openTree } from '../look/open-tree.js';
import { isAboutCredentials, UsageError } from '../terminal/failure.js';
import type { Io } from '../terminal/io.js';
import { createProgress } from '../terminal/progress.js';
import { generator } from '../terminal/version.js';
import { type AccountArguments, planAccounts } from './account-options.js';
import { planSources } from './collect-options.js';
import { openDirectory } from './directory-file.js';

/** Options of the commands that revisit a tree: the sources of `collect`, without dates and format. */
export interface RevisitArguments extends AccountArguments {
  readonly output: string;
  readonly region?: readonly string[];
  readonly profile?: string;
  readonly source?: string;
  readonly trail?: string;
  readonly executions?: string;
  readonly directory?: string;
  readonly systemTable?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** A tree and its sources, opened. */
export interface Revisit {
  readonly collector: Collector;
  readonly sources: DaySources;
  /** There are no credentials: nobody can be asked, and only what is kept is used. */
  readonly isOffline: boolean;
  /** What could not be read of which account and Region. */
  failures(): readonly string[];
  close(): Promise<void>;
}

/** Opens a tree that was collected before, and the sources to ask again. */
export async function openRevisit(options: RevisitArguments, io: Io): Promise<Revisit> {
  const aws = options.profile ? { profile: options.profile } : {};
  const store = await openTree(options, io);
  const directory = await openDirectory(options.directory, store, { keeps: true });
  const shown = createProgress(io, { isQuiet: options.quiet === true || options.json === true });
  const progress = (event: ProgressEvent) => shown.progress(event);
  const regions = options.region ? { regions: options.region } : {};
  const plan = planSources(options);
  const accounts = await planAccounts(options);
  const opened = await openOrNull(
    () => openSources({ plan, accounts, systemTable: options.systemTable ?? null, ...regions, ...aws, progress }, io),
    {
      ...aws,
      io,
      progress,
    },
  );
  const sources = opened ?? OFFLINE;
  return {
    sources,
    collector: {
      store,
      executions: sources.executions,
      codec: REPORT_CODEC,
      directory,
      prices: LIST_PRICES,
      clock: io.clock,
      generator: generator(),
      progress,
      signal: io.signal,
    },
    isOffline: opened === null,
    failures: sources.failures,
    async close() {
      shown.finish();
      await sources.close();
    },
  };
}

const OFFLINE: OpenedSources = {
  source: {
    async *scan() {},
    account: () => ({ kind: 'none', accountId: null, region: null, counts: {} }),
  },
  linkSource: null,
  userNames: null,
  executions: () => null,
  listers: [],
  exported: null,
  places: [],
  failures: () => [],
  exportRejects: [],
  close: async () => {},
};

/** Without credentials what is kept can still be put in order: null then, and a warning. */
async function openOrNull(
  open: () => Promise<OpenedSources>,
  { io, profile, progress }: { readonly io: Io; readonly profile?: string; readonly progress: Progress },
): Promise<OpenedSources | null> {
  try {
    return await open();
  } catch (error) {
    const { env } = io;
    // Who set up no credentials has mostly set no Region either, and the Region is asked for first.
    const isUnconfigured = error instanceof UsageError && !hasCredentials({ env, ...(profile ? { profile } : {}) });
    const isAboutRegion = error instanceof Error && error.message.includes('no AWS Region');
    if (!isAboutCredentials(error) && !(isUnconfigured && isAboutRegion)) throw error;
    progress({
      kind: 'warning',
      message: `${error instanceof Error ? error.message : String(error)}. Nobody can be asked: only the evidence kept is used`,
    });
    return null;
  }
}
