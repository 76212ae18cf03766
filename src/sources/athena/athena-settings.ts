import type { PlaceSettings, ReservationSettings, WorkGroupSettings } from '../../athena/place-settings.js';
import type { Window } from '../../calendar/window.js';
import type { Clock } from '../../ports/clock.js';
import type { Pacer } from '../../ports/pacer.js';
import { describe } from '../aws/aws-failure.js';
import { callAws } from '../aws/call-aws.js';
import { createCounts } from '../aws/counts.js';
import type { LookupEventsPage } from '../lookup/lookup-page.js';
import { readReservationChanges } from './reservation-changes.js';
import type { Page, SettingsCalls } from './settings-calls.js';

export interface AthenaSettingsOptions {
  readonly calls: SettingsCalls;
  /** For the changes of reservations. */
  readonly page: LookupEventsPage;
  readonly pacers: { readonly athena: Pacer; readonly lookup: Pacer };
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly random: () => number;
}

/** What was asked within this time is not asked again: a run closes many days. */
const FRESH_MS = 3_600_000;

/** Asks how workgroups and reservations are set up: the names of the workgroups, and the window whose changes are wanted. */
export type DescribePlace = (
  workGroups: readonly string[],
  options: { readonly window: Window; readonly until: number; readonly signal?: AbortSignal },
) => Promise<PlaceSettings>;

/**
 * Makes the function that asks. What may not be asked, also with credentials that ran out, is told in its place, and stops nothing:
 * a closing whose lists are read is not read again for it. What is not asked `until` its time is over, likewise.
 */
export function createAthenaSettings(options: AthenaSettingsOptions): DescribePlace {
  const { calls, page, pacers, accountId, region, clock, random } = options;
  const counts = createCounts(['calls', 'retries', 'throttled']);
  const known = new Map<string, { readonly settings: WorkGroupSettings; readonly at: number }>();
  const caller = (signal: AbortSignal | undefined) => {
    const common = { clock, random, counts, signal, tries: 3 };
    return <T>(action: string, call: () => Promise<T>) =>
      callAws(call, { action, pacer: action.startsWith('cloudtrail:') ? pacers.lookup : pacers.athena, ...common });
  };

  return async (workGroups, { window, until, signal }) => {
    const ask = caller(signal);
    const failures: string[] = [];
    const attempt = async <T>(what: string, otherwise: T, task: () => Promise<T>): Promise<T> => {
      try {
        return await task();
      } catch (error) {
        signal?.throwIfAborted();
        failures.push(`${what}: ${describe(error)}`);
        return otherwise;
      }
    };
    const described: WorkGroupSettings[] = [];
    for (const name of workGroups) {
      const before = known.get(name);
      const isFresh = before !== undefined && clock.now() - before.at < FRESH_MS;
      const settings = isFresh
        ? before.settings
        : clock.now() >= until
          ? unasked(name, 'there was no time left to ask')
          : await workGroup(name, ask, signal);
      if (settings.failure === null) known.set(name, { settings, at: clock.now() });
      described.push(settings);
    }
    const reservations = await attempt('reservations', [], () => readReservations(ask, signal));
    const reservationChanges = await attempt('changes of reservations', [], () =>
      readReservationChanges({ page, window, call: (call) => ask('cloudtrail:LookupEvents', call), signal }),
    );
    return { accountId, region, workGroups: described, reservations, reservationChanges, failures };
  };

  async function workGroup(name: string, ask: Ask, signal: AbortSignal | undefined): Promise<WorkGroupSettings> {
    try {
      const { State, Configuration } = await ask('athena:GetWorkGroup', () => calls.workGroup(name, signal));
      const settings = {
        workGroup: name,
        state: State ?? null,
        engine: Configuration?.EngineVersion?.EffectiveEngineVersion ?? null,
        isEnforced: Configuration?.EnforceWorkGroupConfiguration ?? null,
        cutoffBytes: Configuration?.BytesScannedCutoffPerQuery ?? null,
        publishesMetrics: Configuration?.PublishCloudWatchMetricsEnabled ?? null,
        requesterPays: Configuration?.RequesterPaysEnabled ?? null,
        hasManagedResults: Configuration?.ManagedQueryResultsConfiguration?.Enabled ?? false,
      };
      const { tags, failure } = await tagsOf(name, ask, signal);
      return { ...settings, tags, failure };
    } catch (error) {
      signal?.throwIfAborted();
      return unasked(name, describe(error));
    }
  }

  async function tagsOf(
    name: string,
    ask: Ask,
    signal: AbortSignal | undefined,
  ): Promise<Pick<WorkGroupSettings, 'tags' | 'failure'>> {
    const arn = `arn:${partitionOf(region)}:athena:${region}:${accountId}:workgroup/${name}`;
    try {
      const pairs = await allPages((token) => ask('athena:ListTagsForResource', () => calls.tags(arn, token, signal)));
      return { tags: Object.fromEntries([...pairs].sort(([a], [b]) => (a < b ? -1 : 1))), failure: null };
    } catch (error) {
      signal?.throwIfAborted();
      return { tags: null, failure: `tags: ${describe(error)}` };
    }
  }

  async function readReservations(ask: Ask, signal: AbortSignal | undefined): Promise<ReservationSettings[]> {
    const all = await allPages((token) =>
      ask('athena:ListCapacityReservations', () => calls.reservations(token, signal)),
    );
    const reservations: ReservationSettings[] = [];
    for (const one of all) {
      if (one.Name === undefined) continue;
      const name = one.Name;
      const settings = {
        name,
        status: one.Status ?? 'UNKNOWN',
        targetDpus: one.TargetDpus ?? 0,
        allocatedDpus: one.AllocatedDpus ?? 0,
        createdAt: (one.CreationTime ?? new Date(0)).toISOString(),
        allocatedAt: one.LastSuccessfulAllocationTime?.toISOString() ?? null,
      };
      try {
        const assign = () => calls.assigned(name, signal);
        const workGroups = await ask('athena:GetCapacityAssignmentConfiguration', assign);
        reservations.push({ ...settings, workGroups, failure: null });
      } catch (error) {
        signal?.throwIfAborted();
        reservations.push({ ...settings, workGroups: null, failure: describe(error) });
      }
    }
    return reservations.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

type Ask = <T>(action: string, call: () => Promise<T>) => Promise<T>;

async function allPages<T>(fetch: (token: string | null) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let token: string | null = null;
  do {
    const page: Page<T> = await fetch(token);
    items.push(...page.items);
    if (page.nextToken !== null && page.nextToken === token) throw new Error('AWS repeats the same page token');
    token = page.nextToken;
  } while (token !== null);
  return items;
}

function unasked(workGroup: string, failure: string): WorkGroupSettings {
  const nothing = { state: null, engine: null, isEnforced: null, cutoffBytes: null, publishesMetrics: null };
  return { workGroup, ...nothing, requesterPays: null, hasManagedResults: null, tags: null, failure };
}

function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
