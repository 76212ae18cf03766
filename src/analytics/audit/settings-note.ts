import type {
  PlaceSettings,
  ReservationChange,
  ReservationSettings,
  WorkGroupSettings,
} from '../../athena/place-settings.js';

type Fields = Readonly<Record<string, unknown>>;

/** Reads the settings of a closing; entries that are not what they should be are left out. */
export function parseSettings(value: unknown): readonly PlaceSettings[] {
  return listOf(value, (place) => {
    const { accountId, region } = place;
    if (typeof accountId !== 'string' || typeof region !== 'string') return null;
    return {
      accountId,
      region,
      workGroups: listOf(place.workGroups, workGroupIn),
      reservations: listOf(place.reservations, reservationIn),
      reservationChanges: listOf(place.reservationChanges, changeIn),
      failures: Array.isArray(place.failures) ? place.failures.map(String) : [],
    };
  });
}

function workGroupIn(one: Fields): WorkGroupSettings | null {
  if (typeof one.workGroup !== 'string') return null;
  return {
    workGroup: one.workGroup,
    state: text(one.state),
    engine: text(one.engine),
    isEnforced: flag(one.isEnforced),
    cutoffBytes: whole(one.cutoffBytes),
    publishesMetrics: flag(one.publishesMetrics),
    requesterPays: flag(one.requesterPays),
    hasManagedResults: flag(one.hasManagedResults),
    tags: isFields(one.tags)
      ? Object.fromEntries(Object.entries(one.tags).map(([key, tag]) => [key, String(tag)]))
      : null,
    failure: text(one.failure),
  };
}

function reservationIn(one: Fields): ReservationSettings | null {
  const createdAt = instant(one.createdAt);
  if (typeof one.name !== 'string' || createdAt === null) return null;
  return {
    name: one.name,
    status: text(one.status) ?? 'UNKNOWN',
    targetDpus: whole(one.targetDpus) ?? 0,
    allocatedDpus: whole(one.allocatedDpus) ?? 0,
    createdAt,
    allocatedAt: instant(one.allocatedAt),
    workGroups: names(one.workGroups),
    failure: text(one.failure),
  };
}

function changeIn(one: Fields): ReservationChange | null {
  const at = instant(one.at);
  if (typeof one.eventId !== 'string' || typeof one.name !== 'string' || at === null) return null;
  return {
    eventId: one.eventId,
    at,
    event: text(one.event) ?? '',
    name: one.name,
    targetDpus: whole(one.targetDpus),
    workGroups: names(one.workGroups),
    principalArn: text(one.principalArn),
  };
}

function listOf<T>(value: unknown, read: (one: Fields) => T | null): T[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => (isFields(one) ? (read(one) ?? []) : []));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function flag(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

function whole(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

function instant(value: unknown): string | null {
  return typeof value === 'string' && Number.isFinite(Date.parse(value)) ? value : null;
}

function names(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.map(String) : null;
}
