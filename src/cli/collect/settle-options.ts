import type { Collector } from '../../collect/collector.js';
import { hasCredentials } from '../../compose/aws-config.js';
import type { Machine } from '../../compose/machine.js';
import { openCollection } from '../../compose/open-collection.js';
import { NO_SOURCES, type OpenedSources, openSources, type SourcesRequest } from '../../compose/open-sources.js';
import { UsageError } from '../../compose/usage-error.js';
import { openTree } from '../look/open-tree.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { isAboutCredentials } from '../terminal/failure.js';
import type { Io } from '../terminal/io.js';
import { createProgress } from '../terminal/progress.js';
import { generator } from '../terminal/version.js';
import { planAccounts } from './account-options.js';
import { planSources } from './collect-options.js';
import type { addRescue } from './commands-collect.js';

/** Options of the commands that revisit a tree: the sources of `collect`, without dates and format. */
export type RevisitArguments = Partial<OptionsOf<typeof addRescue>> & TreeArgument;

/** A tree and its sources, opened. */
export interface Revisit {
  readonly collector: Collector;
  readonly sources: OpenedSources;
  /** There are no credentials: nobody can be asked, and only what is kept is used. */
  readonly isOffline: boolean;
  close(): Promise<void>;
}

/** Opens a tree that was collected before, and the sources to ask again. */
export async function openRevisit(options: RevisitArguments, io: Io): Promise<Revisit> {
  const { profile, directory, prices, region: regions, systemTable = null, catalog } = options;
  const store = await openTree(options, io);
  const { progress, finish } = createProgress(io, { isQuiet: options.quiet === true || options.json === true });
  const plan = planSources(options);
  const accounts = await planAccounts(options);
  const given = { directory, prices };
  const asks = { regions, systemTable, catalog, plan, accounts };
  const asked = { store, profile, given, ...asks, progress, generator: generator() };
  const { collector, sources } = await openCollection(asked, io, openOrNone);
  return {
    collector,
    sources,
    isOffline: sources === NO_SOURCES,
    async close() {
      finish();
      await sources.close();
    },
  };
}

/** Without credentials what is kept can still be put in order: no sources then, and a warning. */
async function openOrNone(request: SourcesRequest, machine: Machine): Promise<OpenedSources> {
  try {
    return await openSources(request, machine);
  } catch (error) {
    // Who set up no credentials has mostly set no Region either, and the Region is asked for first.
    const { env } = machine;
    const isUnconfigured = error instanceof UsageError && !hasCredentials({ env, profile: request.profile });
    const isAboutRegion = error instanceof Error && error.message.includes('no AWS Region');
    if (!isAboutCredentials(error) && !(isUnconfigured && isAboutRegion)) throw error;
    request.progress({
      kind: 'warning',
      message: `${error instanceof Error ? error.message : String(error)}. No source can be asked: only the evidence already kept is used`,
    });
    return NO_SOURCES;
  }
}
