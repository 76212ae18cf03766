import type { Closing } from './closing.js';
import {
  hasMembers,
  isAbsentOr,
  isCount,
  isDate,
  isFlag,
  isInstant,
  isListOf,
  isMapOf,
  isNullOr,
  isNumber,
  isText,
} from './text/shape.js';

/** The closing that a file's JSON tells; null where any of it is not what a closing says, as if the day had not been closed. */
export function decodeClosing(value: unknown): Closing | null {
  return isClosing(value) ? (value as Closing) : null;
}

const place = { accountId: isText, region: isText };

const isWorkGroup = hasMembers({
  workGroup: isText,
  state: isNullOr(isText),
  engine: isNullOr(isText),
  isEnforced: isNullOr(isFlag),
  cutoffBytes: isNullOr(isNumber),
  publishesMetrics: isNullOr(isFlag),
  requesterPays: isNullOr(isFlag),
  hasManagedResults: isNullOr(isFlag),
  tags: isNullOr(isMapOf(isText)),
  failure: isNullOr(isText),
});

const isReservation = hasMembers({
  name: isText,
  status: isText,
  targetDpus: isNumber,
  allocatedDpus: isNumber,
  createdAt: isInstant,
  allocatedAt: isNullOr(isInstant),
  workGroups: isNullOr(isListOf(isText)),
  failure: isNullOr(isText),
});

const isReservationChange = hasMembers({
  eventId: isText,
  at: isInstant,
  event: isText,
  name: isText,
  targetDpus: isNullOr(isNumber),
  workGroups: isNullOr(isListOf(isText)),
  principalArn: isNullOr(isText),
});

export const isSystemTableFinding = hasMembers({
  ...place,
  ...{ seen: isCount, absent: isCount, disagreements: isCount, disagreeing: isListOf(isText) },
  failure: isNullOr(isText),
});

export const isEventFinding = hasMembers({ ...place, seen: isCount, absent: isCount });

const isClosing = hasMembers({
  schema: (value) => value === 1,
  reportDate: isDate,
  closedAt: isInstant,
  workGroups: isListOf(
    hasMembers({
      ...place,
      workGroup: isText,
      listed: isCount,
      failure: isNullOr(isText),
      isRecent: isAbsentOr((value) => value === true),
    }),
  ),
  unattributed: isListOf(isText),
  systemTables: isAbsentOr(isListOf(isSystemTableFinding)),
  events: isAbsentOr(isListOf(isEventFinding)),
  settings: isAbsentOr(
    isListOf(
      hasMembers({
        ...place,
        workGroups: isListOf(isWorkGroup),
        reservations: isListOf(isReservation),
        reservationChanges: isListOf(isReservationChange),
        failures: isListOf(isText),
      }),
    ),
  ),
  missingHours: isListOf(isCount),
});
