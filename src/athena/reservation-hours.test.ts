import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReservationChange } from './place-settings.js';
import { type ReservationEvidence, reservationHours } from './reservation-hours.js';

const NIGHT = Date.UTC(2026, 10, 2);
const MINUTE = 60_000;

function at(time: string): string {
  return `2026-11-02T${time}:00.000Z`;
}

function seen(time: string, dpus: number, more: Partial<ReservationEvidence['sightings'][number]> = {}) {
  return {
    ...{ name: 'nightly', status: dpus === 0 ? 'CANCELLED' : 'ACTIVE', targetDpus: dpus, allocatedDpus: dpus },
    ...{ createdAt: '2026-10-01T00:00:00Z', allocatedAt: '2026-10-01T00:05:00Z', workGroups: ['bi'], failure: null },
    seenAt: Date.parse(at(time)),
    ...more,
  };
}

function changed(time: string, event: string, targetDpus: number | null, workGroups: string[] | null = null) {
  const change: ReservationChange = {
    ...{ eventId: `${event} ${time}`, at: at(time), event: `${event}CapacityReservation`, name: 'nightly' },
    ...{ targetDpus, workGroups, principalArn: null },
  };
  return event === 'Put' ? { ...change, event: 'PutCapacityAssignmentConfiguration' } : change;
}

/** DPU-hours by the hour of the day. */
function hoursOf(evidence: Partial<ReservationEvidence>, since = NIGHT): Record<number, number | null> {
  const hours = reservationHours({ sightings: [], changes: [], ...evidence }, since);
  return Object.fromEntries(
    hours.map(({ hour, dpuHours }) => [
      (hour - NIGHT) / 3_600_000,
      dpuHours === null ? null : Number(dpuHours.toFixed(6)),
    ]),
  );
}

describe('the hours of a reservation', () => {
  it('cost what was held, from the allocation to the last word', () => {
    expect(hoursOf({ sightings: [seen('02:30', 8)] })).toEqual({ 0: 8, 1: 8, 2: 4 });
    const young = { createdAt: at('00:10'), allocatedAt: at('00:20') };
    expect(hoursOf({ sightings: [seen('02:00', 6, young)] })).toEqual({ 0: 4, 1: 6 });
  });

  it('follow changes, which say when', () => {
    const changes = [changed('01:30', 'Update', 16), changed('02:15', 'Cancel', null)];
    const sightings = [seen('00:30', 8), seen('04:00', 0)];
    expect(hoursOf({ sightings, changes })).toEqual({ 0: 8, 1: 12, 2: 4 });
  });

  it('cost nothing while the capacity is not there yet', () => {
    const changes = [changed('00:10', 'Create', 12)];
    const sightings = [seen('02:00', 12, { createdAt: at('00:10'), allocatedAt: at('00:30') })];
    expect(hoursOf({ sightings, changes })).toEqual({ 0: 6, 1: 12 });
    expect(hoursOf({ sightings: [seen('02:00', 0, { status: 'PENDING' })] })).toEqual({});
  });

  it('are unknown where two words differ and nothing says since when', () => {
    expect(hoursOf({ sightings: [seen('00:30', 8), seen('02:30', 24), seen('04:00', 24)] })).toEqual({
      ...{ 0: null, 1: null, 2: null, 3: 24 },
    });
    // The time of the last allocation tells.
    const later = seen('02:30', 24, { allocatedAt: at('01:30') });
    expect(hoursOf({ sightings: [seen('00:30', 8), later] })).toEqual({ 0: 8, 1: 16, 2: 12 });
  });

  it('are unknown before a later allocation than the first', () => {
    const grown = { createdAt: at('00:00'), allocatedAt: at('02:00') };
    expect(hoursOf({ sightings: [seen('03:00', 8, grown)] })).toEqual({ 0: null, 1: null, 2: 8 });
  });

  it('name the workgroups that ran on it', () => {
    const changes = [changed('01:30', 'Put', null, ['bi', 'ml']), changed('02:30', 'Put', null, ['ml'])];
    const hours = reservationHours({ sightings: [seen('00:30', 8), seen('03:59', 8)], changes }, NIGHT);
    expect(hours.map(({ workGroups }) => workGroups?.join(' '))).toEqual(['bi', 'bi ml', 'bi ml', 'bi ml']);
    const [last] = reservationHours({ sightings: [seen('01:00', 8, { workGroups: null })], changes: [] }, NIGHT);
    expect(last?.workGroups).toBeNull();
  });

  it.each([
    ['a minute and 4 DPU since February 2026', '2026-02-10', 1 / 60, 4],
    ['an hour and 24 DPU before', '2026-02-09', 1, 24],
    ['eight hours until October 2023', '2023-10-30', 8, 24],
  ])('cost at least %s', (_, day, hours, dpus) => {
    const made = Date.parse(`${day}T00:00:10Z`);
    const change = { ...changed('00:00', 'Create', 4), at: new Date(made).toISOString() };
    const end = { ...changed('00:00', 'Cancel', null), at: new Date(made + 20_000).toISOString() };
    const billed = reservationHours({ sightings: [], changes: [change, end] }, made);
    expect(billed.reduce((sum, { dpuHours }) => sum + (dpuHours ?? 0), 0)).toBeCloseTo(hours * dpus, 9);
  });

  it('keep the minimum of DPUs that were added and given back, and of no others', () => {
    const on = (time: string) => `2025-06-01T${time}:00Z`;
    const of = (time: string, event: string, dpus: number | null) => ({
      ...changed('00:00', event, dpus),
      at: on(time),
      eventId: time,
    });
    const changes = [of('00:00', 'Create', 24), of('10:00', 'Update', 48), of('10:10', 'Update', 24)];
    const billed = reservationHours({ sightings: [], changes: [...changes, of('11:30', 'Cancel', null)] }, 0);
    expect(billed.slice(9).map(({ dpuHours }) => dpuHours)).toEqual([24, 48, 12]);
  });

  it('do not depend on the order of the evidence, and never cost more than the most that was seen', () => {
    const word = fc.record({
      minute: fc.integer({ min: 0, max: 600 }),
      dpus: fc.constantFrom(0, 4, 8, 24),
      kind: fc.constantFrom('seen', 'Create', 'Update', 'Cancel'),
    });
    const evidenceOf = (words: readonly { minute: number; dpus: number; kind: string }[]): ReservationEvidence => {
      const timeOf = (minute: number) => new Date(NIGHT + minute * MINUTE).toISOString().slice(11, 16);
      return {
        sightings: words.filter(({ kind }) => kind === 'seen').map(({ minute, dpus }) => seen(timeOf(minute), dpus)),
        changes: words
          .filter(({ kind }) => kind !== 'seen')
          .map(({ minute, dpus, kind }) => changed(timeOf(minute), kind, kind === 'Cancel' ? null : dpus)),
      };
    };
    fc.assert(
      fc.property(fc.uniqueArray(word, { selector: ({ minute }) => minute, maxLength: 8 }), (words) => {
        const hours = reservationHours(evidenceOf(words), NIGHT);
        expect(reservationHours(evidenceOf([...words].reverse()), NIGHT)).toEqual(hours);
        for (const { dpuHours } of hours) expect(dpuHours ?? 0).toBeLessThanOrEqual(24 + 1e-9);
      }),
      { numRuns: 200 },
    );
  });
});
