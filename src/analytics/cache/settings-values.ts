import type { ClosingNote } from '../audit/closing.js';
import { literal } from './sql-text.js';

type Values = readonly (string | number)[];

/** Rows of `workgroup_log`, of `reservation_log` and of `reservation_change_log`, behind their file, tree and date. */
export function workGroupValues({ settings }: ClosingNote): Values[] {
  return settings.flatMap(({ accountId, region, workGroups }) =>
    workGroups.map((one) => [
      ...[literal(accountId), literal(region), literal(one.workGroup), text(one.state), text(one.engine)],
      ...[plain(one.isEnforced), plain(one.cutoffBytes), plain(one.publishesMetrics), plain(one.requesterPays)],
      ...[plain(one.hasManagedResults), list(tagsOf(one.tags)), text(one.failure)],
    ]),
  );
}

export function reservationValues({ settings, closedAt }: ClosingNote): Values[] {
  return settings.flatMap(({ accountId, region, reservations }) =>
    reservations.map((one) => [
      ...[literal(accountId), literal(region), literal(one.name), literal(one.status)],
      ...[one.targetDpus, one.allocatedDpus, time(one.createdAt), time(one.allocatedAt), list(one.workGroups)],
      ...[text(one.failure), time(closedAt)],
    ]),
  );
}

export function changeValues({ settings }: ClosingNote): Values[] {
  return settings.flatMap(({ accountId, region, reservationChanges }) =>
    reservationChanges.map((one) => [
      ...[literal(accountId), literal(region), literal(one.eventId), time(one.at), literal(one.event)],
      ...[literal(one.name), plain(one.targetDpus), list(one.workGroups), text(one.principalArn)],
    ]),
  );
}

function text(value: string | null): string {
  return value === null ? 'NULL' : literal(value);
}

function plain(value: number | boolean | null): string {
  return value === null ? 'NULL' : String(value);
}

function time(value: string | null): string {
  return value === null ? 'NULL' : `(TIMESTAMPTZ ${literal(value)} AT TIME ZONE 'UTC')`;
}

function list(values: readonly string[] | null): string {
  return values === null ? 'NULL' : `[${values.map(literal).join(', ')}]::VARCHAR[]`;
}

function tagsOf(tags: Readonly<Record<string, string>> | null): readonly string[] | null {
  return tags === null ? null : Object.entries(tags).map(([key, value]) => `${key}=${value}`);
}
