import type { NotRead } from '../cloudtrail/not-read.js';
import type { Reject } from '../cloudtrail/start.js';
import type { Collector, DaySources } from '../collect/collector.js';
import { mergeSources } from '../collect/scan/merge-sources.js';
import type { StartSource } from '../ports/start-source.js';
import { createPlaceFailures, type Place } from '../sources/accounts/place-failures.js';
import { hasCredentials } from './aws-config.js';
import type { Machine } from './machine.js';
import type { AccountsRequest } from './open-accounts.js';

/** Everything that days are collected from, put together from options and environment. */
export interface OpenedSources extends DaySources, Pick<Collector, 'executions'> {
  /** Accounts and Regions that AWS is asked about. */
  readonly places: readonly Place[];
  /**
   * What, but for starts, could not be read of which account and Region. Always empty when one place only is read: there a
   * failure is thrown.
   */
  failures(): readonly string[];
  /** Entries of an export that could not be used. */
  readonly exportRejects: readonly Reject[];
  close(): Promise<void>;
}

/** Where evidence comes from. */
export interface SourcePlan {
  readonly source: 'lookup' | 'trail';
  readonly trail: string | null;
  /** Exported executions; null to ask Athena. */
  readonly executions: string | null;
  /** Threads that read log files, where there are enough of them; absent: one. */
  readonly jobs?: number;
}

export type SourcesRequest = Omit<AccountsRequest, 'failures'> & { readonly plan: SourcePlan };

/** Opens the sources; the AWS SDK is loaded only when something is asked of AWS. */
export async function openSources(request: SourcesRequest, machine: Machine): Promise<OpenedSources> {
  const { plan, progress } = request;
  const aws = { env: machine.env, profile: request.profile };
  const failures = createPlaceFailures(({ accountId, region, what, message }) =>
    progress({ kind: 'warning', message: `${what} of ${accountId} ${region}: ${message}` }),
  );
  const openAccounts = async () => (await import('./open-accounts.js')).openAccounts({ ...request, failures }, machine);
  const trail =
    plan.source === 'trail'
      ? await (await import('./open-trail.js')).openTrail(plan.trail ?? '', aws, {
          jobs: plan.jobs,
          clock: machine.clock,
        })
      : null;
  // Files are read without credentials; the rows say who and when then, and their SQL only where it is exported.
  const account = trail && (plan.executions !== null || !hasCredentials(aws)) ? null : await openAccounts();
  if (!account && plan.executions === null) progress({ kind: 'warning', message: NOBODY_TO_ASK });
  const exported =
    plan.executions === null
      ? null
      : await (await import('./folders.js')).openExport(plan.executions, { signal: machine.signal, progress });
  const source = trail ?? mergeSources(account?.sources ?? []);
  return {
    source: exported ? withNotRead(source, exported.source.notRead()) : source,
    linkSource: trail ? null : (account?.linkSource ?? null),
    userNames: account?.userNames ?? null,
    executions: exported ? () => exported.source : (account?.executions ?? (() => null)),
    listers: exported ? [] : (account?.listers ?? []),
    exported: exported?.source ?? null,
    places: account?.places ?? [],
    failures: () =>
      failures.all().map(({ accountId, region, what, message }) => `${accountId} ${region}: ${what}: ${message}`),
    exportRejects: exported?.source.rejects() ?? [],
    close: async () => exported?.close(),
  };
}

const NOBODY_TO_ASK =
  'no AWS credentials and no --executions: the rows will say who and when, their SQL stays masked (give --executions <export> or --profile)';

/** Tells beside what a source reads what nobody could read: it stands with the hours from then on. */
function withNotRead(source: StartSource, items: readonly NotRead[]): StartSource {
  if (items.length === 0) return source;
  return {
    ...source,
    async *scan(window, options) {
      yield { items, covered: [], cursor: options.cursor ?? null };
      yield* source.scan(window, options);
    },
  };
}

/** Sources that have nothing to say: only the evidence kept is used. */
export const NO_SOURCES: OpenedSources = {
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
