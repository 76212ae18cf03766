import type { ReservationChange } from '../../athena/place-settings.js';
import type { Window } from '../../calendar/window.js';
import type { LookupEventsPage, LookupPage } from '../lookup/lookup-page.js';

/** Events that change a reservation, or which workgroups run on it. */
const EVENTS = [
  'CancelCapacityReservation',
  'CreateCapacityReservation',
  'DeleteCapacityReservation',
  'PutCapacityAssignmentConfiguration',
  'UpdateCapacityReservation',
] as const;

/** Times that one event name is asked on: a day has few. */
const MAX_PAGES = 20;

/**
 * Reads the changes of reservations out of CloudTrail's event history, in the order of time; refused ones changed nothing. `call`
 * paces and retries.
 * @throws Error where one event name has more pages than are asked for
 */
export async function readReservationChanges(request: {
  readonly page: LookupEventsPage;
  readonly window: Window;
  readonly call: <T>(call: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal | undefined;
}): Promise<ReservationChange[]> {
  const { page, window, call, signal } = request;
  const changes = new Map<string, ReservationChange>();
  for (const event of EVENTS) {
    const asked = { attribute: 'EventName', value: event, startTime: window.start, endTime: window.end } as const;
    let nextToken: string | null = null;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const token: string | null = nextToken;
      const answer: LookupPage = await call(() => page({ ...asked, nextToken: token }, signal));
      for (const { cloudTrailEvent } of answer.events) {
        const change = changeOf(cloudTrailEvent);
        if (change) changes.set(change.eventId, change);
      }
      if (answer.nextToken === nextToken) break;
      nextToken = answer.nextToken;
      if (nextToken === null) break;
    }
    if (nextToken !== null)
      throw new Error(`${event}: the list of events goes on after ${MAX_PAGES} pages, the rest was not read`);
  }
  return [...changes.values()].sort((a, b) => (`${a.at} ${a.eventId}` < `${b.at} ${b.eventId}` ? -1 : 1));
}

function changeOf(text: string | null): ReservationChange | null {
  try {
    const event = objectOf(JSON.parse(text ?? ''));
    const { eventID, eventTime, eventName, errorCode } = event;
    const parameters = objectOf(event.requestParameters);
    const name = parameters.name ?? parameters.capacityReservationName;
    if (typeof eventID !== 'string' || typeof eventName !== 'string' || errorCode !== undefined) return null;
    const time = Date.parse(String(eventTime));
    if (typeof name !== 'string' || Number.isNaN(time)) return null;
    const { arn } = objectOf(event.userIdentity);
    const { targetDpus } = parameters;
    return {
      eventId: eventID,
      at: new Date(time).toISOString(),
      event: eventName,
      name,
      targetDpus: typeof targetDpus === 'number' ? targetDpus : null,
      workGroups: workGroupsIn(parameters.capacityAssignments),
      principalArn: typeof arn === 'string' ? arn : null,
    };
  } catch {
    return null;
  }
}

function workGroupsIn(assignments: unknown): readonly string[] | null {
  if (!Array.isArray(assignments)) return null;
  const names = assignments.flatMap((one: unknown) => {
    const { workGroupNames } = objectOf(one);
    return Array.isArray(workGroupNames) ? workGroupNames.map(String) : [];
  });
  return [...new Set(names)].sort();
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
