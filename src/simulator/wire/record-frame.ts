import { isoSeconds } from '../company/credential.js';
import type { EventRow, World } from '../history/world.js';
import { uuidOf } from './random.js';

export type Json = Record<string, unknown>;

export function eventIdOf(world: World, row: EventRow): string {
  return uuidOf(world.spaces.event, row.number);
}

/** What LookupEvents can filter by, without rendering the record. */
export interface EventHead {
  readonly eventName: string;
  readonly eventSource: string;
  readonly isReadOnly: boolean;
  readonly username: string | null;
  readonly accessKeyId: string | null;
  readonly resources: readonly { readonly type: string; readonly name: string }[];
}

/** The members with which every record begins. */
export function opening(userIdentity: Json, row: EventRow, eventSource: string, eventName: string): Json {
  return {
    eventVersion: row.number % 5 === 0 ? '1.08' : '1.11',
    userIdentity,
    eventTime: isoSeconds(row.time),
    eventSource,
    eventName,
    awsRegion: row.region,
  };
}

/** The members with which every record ends. */
export function closing(world: World, row: EventRow, readOnly: boolean): Json {
  const isLate = row.visibleAt - row.time > 20 * 60_000;
  return {
    requestID: uuidOf(world.spaces.request, row.number),
    eventID: eventIdOf(world, row),
    readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: row.accountId,
    eventCategory: 'Management',
    ...(isLate ? { addendum: { reason: 'DELIVERY_DELAY' } } : {}),
  };
}
