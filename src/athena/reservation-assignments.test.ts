import { expect, it } from 'vitest';
import type { PlaceSettings, ReservationChange, ReservationSettings } from './place-settings.js';
import { assignmentsOf } from './reservation-assignments.js';

const DAY = 86_400_000;
const SINCE = Date.UTC(2026, 10, 2);
const ASKED = SINCE + 1.5 * DAY;

function reservation(more: Partial<ReservationSettings> = {}): ReservationSettings {
  return {
    ...{ name: 'nightly', status: 'ACTIVE', targetDpus: 8, allocatedDpus: 8, failure: null, workGroups: ['etl', 'bi'] },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', allocatedAt: null, ...more },
  };
}

function change(hours: number, more: Partial<ReservationChange> = {}): ReservationChange {
  const at = new Date(SINCE + hours * 3_600_000).toISOString();
  const event = 'PutCapacityAssignmentConfiguration';
  return { eventId: at, at, event, name: 'nightly', targetDpus: null, workGroups: null, principalArn: null, ...more };
}

function said(place: Partial<PlaceSettings>, known: readonly string[] = []) {
  const settings = {
    accountId: '1',
    region: 'r',
    workGroups: [],
    reservations: [],
    reservationChanges: [],
    failures: [],
  };
  return assignmentsOf({ ...settings, ...place }, { since: SINCE, askedAt: ASKED, known });
}

it('takes what AWS tells for the whole day when nothing changed since', () => {
  const reservationChanges = [
    change(3, { event: 'UpdateCapacityReservation', targetDpus: 12 }),
    change(4, { name: 'x', workGroups: [] }),
  ];
  expect(said({ reservations: [reservation()], reservationChanges })).toContainEqual({
    ...{ reservation: 'nightly', workGroups: ['bi', 'etl'], from: SINCE },
  });
});

it('says nothing of the time before a reservation was made, nor before CloudTrail shows changes', () => {
  const createdAt = new Date(SINCE + 5000).toISOString();
  expect(said({ reservations: [reservation({ createdAt })] })).toMatchObject([{ from: SINCE + 5000 }]);
  const place = { accountId: '1', region: 'r', workGroups: [], reservationChanges: [], failures: [] };
  const old = assignmentsOf({ ...place, reservations: [reservation()] }, { since: 0, askedAt: ASKED, known: [] });
  expect(old).toMatchObject([{ from: ASKED - 90 * DAY }]);
});

it('believes a change from its instant on, and a cancellation', () => {
  const reservationChanges = [
    change(2, { workGroups: ['bi', 'etl'] }),
    change(9, { event: 'CancelCapacityReservation' }),
  ];
  expect(said({ reservations: [reservation({ status: 'CANCELLED' })], reservationChanges })).toEqual([
    { reservation: 'nightly', workGroups: ['bi', 'etl'], from: SINCE + 2 * 3_600_000 },
    { reservation: 'nightly', workGroups: [], from: SINCE + 9 * 3_600_000 },
  ]);
});

it('believes AWS where the event of a change is not there yet', () => {
  const place = { reservations: [reservation()], reservationChanges: [change(2, { workGroups: ['bi'] })] };
  expect(said(place).at(-1)).toEqual({ reservation: 'nightly', workGroups: ['bi', 'etl'], from: ASKED });
});

it('says that a reservation has ended which AWS lists no more, but not where it could not be asked', () => {
  expect(said({}, ['nightly'])).toEqual([{ reservation: 'nightly', workGroups: [], from: SINCE }]);
  expect(said({ failures: ['reservations: AccessDenied'] }, ['nightly'])).toEqual([]);
  expect(said({ reservations: [reservation({ workGroups: null, failure: 'AccessDenied' })] }, ['nightly'])).toEqual([]);
});
