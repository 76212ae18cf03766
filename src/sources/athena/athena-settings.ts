import { partitionOf } from '../../athena/partition.js';
import type { PlaceSettings, WorkGroupSettings } from '../../athena/place-settings.js';
import type { Window } from '../../calendar/window.js';
import type { Clock } from '../../ports/clock.js';
import type { Pacer } from '../../ports/pacer.js';
import { describe } from '../aws/aws-failure.js';
import { callAws } from '../aws/call-aws.js';
import { createCounts } from '../aws/counts.js';
import type { LookupEventsPage } from '../lookup/lookup-page.js';
import { describeReservations } from './describe-reservations.js';
import { describeWorkGroup, unasked } from './describe-workgroup.js';
import { readReservationChanges } from './reservation-changes.js';
import type { SettingsCalls } from './settings-calls.js';

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
  const arns = `arn:${partitionOf(region)}:athena:${region}:${accountId}:workgroup`;
  const caller = (signal: AbortSignal | undefined) => {
    const common = { clock, random, counts, signal, tries: 3 };
    return <T>(action: string, call: () => Promise<T>) =>
      callAws(call, { action, pacer: action.startsWith('cloudtrail:') ? pacers.lookup : pacers.athena, ...common });
  };

  return async (workGroups, { window, until, signal }) => {
    const ask = caller(signal);
    const question = { calls, ask, signal };
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
          : await describeWorkGroup(name, { ...question, arn: `${arns}/${name}` });
      if (settings.failure === null) known.set(name, { settings, at: clock.now() });
      described.push(settings);
    }
    const reservations = await attempt('reservations', [], () => describeReservations(question));
    const reservationChanges = await attempt('changes of reservations', [], () =>
      readReservationChanges({ page, window, call: (call) => ask('cloudtrail:LookupEvents', call), signal }),
    );
    return { accountId, region, workGroups: described, reservations, reservationChanges, failures };
  };
}
