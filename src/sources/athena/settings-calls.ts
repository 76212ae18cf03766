import {
  type AthenaClient,
  type CapacityReservation,
  GetCapacityAssignmentConfigurationCommand,
  GetWorkGroupCommand,
  ListCapacityReservationsCommand,
  ListTagsForResourceCommand,
  type WorkGroup,
} from '@aws-sdk/client-athena';
import { UnusableAnswer } from '../aws/aws-failure.js';

/** The calls that tell how Athena is set up; each is one attempt, without pacing or retries. */
export interface SettingsCalls {
  workGroup(name: string, signal?: AbortSignal): Promise<WorkGroup>;
  tags(arn: string, token: string | null, signal?: AbortSignal): Promise<Page<readonly [string, string]>>;
  reservations(token: string | null, signal?: AbortSignal): Promise<Page<CapacityReservation>>;
  /** Workgroups that are assigned to a reservation. */
  assigned(reservation: string, signal?: AbortSignal): Promise<readonly string[]>;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | null;
}

/** Makes the calls of an Athena client; create the client with `PACED_CLIENT`. */
export function createSettingsCalls(client: Pick<AthenaClient, 'send'>): SettingsCalls {
  const within = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});
  const after = (token: string | null) => (token === null ? {} : { NextToken: token });
  return {
    async workGroup(name, signal) {
      const { WorkGroup } = await client.send(new GetWorkGroupCommand({ WorkGroup: name }), within(signal));
      if (!WorkGroup) throw new UnusableAnswer('GetWorkGroup', 'WorkGroup');
      return WorkGroup;
    },
    async tags(arn, token, signal) {
      const asked = new ListTagsForResourceCommand({ ResourceARN: arn, ...after(token) });
      const { Tags = [], NextToken = null } = await client.send(asked, within(signal));
      const items = Tags.flatMap(({ Key, Value = '' }) => (Key === undefined ? [] : [[Key, Value] as const]));
      return { items, nextToken: NextToken };
    },
    async reservations(token, signal) {
      const asked = new ListCapacityReservationsCommand({ MaxResults: 50, ...after(token) });
      const answer = await client.send(asked, within(signal));
      if (!answer.CapacityReservations) throw new UnusableAnswer('ListCapacityReservations', 'CapacityReservations');
      return { items: answer.CapacityReservations, nextToken: answer.NextToken ?? null };
    },
    async assigned(reservation, signal) {
      const asked = new GetCapacityAssignmentConfigurationCommand({ CapacityReservationName: reservation });
      const { CapacityAssignmentConfiguration: configuration } = await client.send(asked, within(signal));
      const names = configuration?.CapacityAssignments?.flatMap(({ WorkGroupNames = [] }) => WorkGroupNames) ?? [];
      return [...new Set(names)].sort();
    },
  };
}
