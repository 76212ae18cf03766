import { LIST_PRICES } from '../athena/prices.js';
import type { ProgressEvent } from '../collect/ports.js';
import type { RescanRequest } from '../collect/rescan.js';
import { openStore } from '../storage/open-store.js';
import { decodeReport, encodeReport } from '../storage/report-codec.js';
import { planSources } from './collect-options.js';
import { openDirectory } from './directory-file.js';
import type { Io } from './io.js';
import { openSources } from './open-sources.js';
import { createProgress } from './progress.js';
import { generator } from './version.js';

/** Options of the commands that revisit a tree: the sources of `collect`, without dates and format. */
export interface RevisitArguments {
  readonly output: string;
  readonly region?: readonly string[];
  readonly profile?: string;
  readonly source?: string;
  readonly trail?: string;
  readonly executions?: string;
  readonly directory?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** A tree and its sources, opened. */
export interface Revisit {
  readonly request: Omit<RescanRequest, 'depth'>;
  close(): Promise<void>;
}

/** Opens a tree that was collected before, and the sources to ask again. */
export async function openRevisit(options: RevisitArguments, io: Io): Promise<Revisit> {
  const aws = options.profile ? { profile: options.profile } : {};
  const store = await openStore(options.output, { clock: io.clock, env: io.env, ...aws });
  const directory = await openDirectory(options.directory, store);
  const shown = createProgress(io, { isQuiet: options.quiet === true || options.json === true });
  const progress = (event: ProgressEvent) => shown.progress(event);
  const regions = options.region ? { regions: options.region } : {};
  const sources = await openSources({ plan: planSources(options), ...regions, ...aws, progress }, io);
  return {
    request: {
      ...sources,
      store,
      encode: encodeReport,
      decode: decodeReport,
      directory,
      prices: LIST_PRICES,
      clock: io.clock,
      generator: generator(),
      progress,
      signal: io.signal,
    },
    async close() {
      shown.finish();
      await sources.close();
    },
  };
}
