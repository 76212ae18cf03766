import { AthenaClient } from '@aws-sdk/client-athena';
import { afterAll, describe, expect, it } from 'vitest';
import { createPacer } from '../../ports/pacer.js';
import { startTestSimulator } from '../../simulator/clients.fixture.js';
import { buildWorld } from '../../simulator/company/workload.js';
import type { LookupEventsPage, LookupPage } from '../lookup/lookup-page.js';
import { createAthenaSettings } from './athena-settings.js';
import { createSettingsCalls, type SettingsCalls } from './settings-calls.js';

const server = startTestSimulator({ world: buildWorld({ seed: 7, days: 1, queriesPerDay: 5 }) });
afterAll(async () => (await server).close());

const WINDOW = { start: Date.UTC(2026, 10, 2), end: Date.UTC(2026, 10, 3) };
const NO_EVENTS: LookupEventsPage = async () => ({ events: [], nextToken: null });

async function settings(options: { page?: LookupEventsPage; calls?: Partial<SettingsCalls> } = {}) {
  const { clock, config } = await server;
  const random = () => 0.5;
  const pacer = createPacer({ ratePerSecond: 1000, clock, random });
  const calls = { ...createSettingsCalls(new AthenaClient(config())), ...options.calls };
  const place = { accountId: '111122223333', region: 'us-east-1' };
  const { page = NO_EVENTS } = options;
  return createAthenaSettings({ calls, page, pacers: { athena: pacer, lookup: pacer }, ...place, clock, random });
}

const whole = { window: WINDOW, until: Number.POSITIVE_INFINITY };
const denied = async () => {
  throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
};

describe('how Athena is set up', () => {
  it('is told for each workgroup, with its limit and tags, and for each reservation, with its workgroups', async () => {
    const described = await (await settings())(['ml', 'primary'], whole);
    expect(described.workGroups).toMatchObject([
      { workGroup: 'ml', state: 'ENABLED', cutoffBytes: 200e9, isEnforced: true, hasManagedResults: true },
      { workGroup: 'primary', cutoffBytes: null, isEnforced: false, tags: {}, failure: null },
    ]);
    expect(described.workGroups[0]?.tags).toEqual({ 'cost-center': 'CC-1030' });
    expect(described.reservations).toMatchObject([
      { name: 'dashboards', status: 'ACTIVE', targetDpus: 24, allocatedDpus: 24, workGroups: ['bi'], failure: null },
    ]);
    expect(described.failures).toEqual([]);
  });

  it('tells what may not be asked in its place, and the rest all the same', async () => {
    const describe = await settings({ calls: { tags: denied, reservations: denied } });
    const { workGroups, reservations, failures } = await describe(['ml', 'gone'], whole);
    expect(workGroups[0]).toMatchObject({ cutoffBytes: 200e9, tags: null, failure: expect.stringMatching(/^tags: /) });
    expect(workGroups[1]).toMatchObject({ state: null, failure: expect.stringMatching(/WorkGroup gone is not found/) });
    expect(reservations).toEqual([]);
    expect(failures).toEqual([expect.stringMatching(/^reservations: .*ListCapacityReservations/)]);
  });

  it('asks nothing of a workgroup when the time is over', async () => {
    const { workGroups } = await (await settings())(['ml'], { window: WINDOW, until: 0 });
    expect(workGroups).toMatchObject([{ state: null, failure: 'there was no time left to ask' }]);
  });

  it('shows changes of reservations once each, in the order of time, and no refused ones', async () => {
    const event = (id: string, minute: number, name: string, more: object) => {
      const eventTime = new Date(WINDOW.start + minute * 60_000).toISOString();
      const record = { eventID: id, eventTime, eventName: name, userIdentity: { arn: 'arn:of:ana' }, ...more };
      return { eventId: id, eventTime: null, cloudTrailEvent: JSON.stringify(record) };
    };
    const pages: Readonly<Record<string, LookupPage>> = {
      UpdateCapacityReservation: {
        events: [
          event('later', 30, 'UpdateCapacityReservation', { requestParameters: { name: 'night', targetDpus: 48 } }),
          event('refused', 5, 'UpdateCapacityReservation', {
            requestParameters: { name: 'night', targetDpus: 400 },
            errorCode: 'AccessDenied',
          }),
        ],
        nextToken: 'more',
      },
      PutCapacityAssignmentConfiguration: {
        events: [
          event('assigned', 10, 'PutCapacityAssignmentConfiguration', {
            requestParameters: {
              capacityReservationName: 'night',
              capacityAssignments: [{ workGroupNames: ['etl', 'bi'] }],
            },
          }),
          { eventId: null, eventTime: null, cloudTrailEvent: 'no JSON' },
        ],
        nextToken: null,
      },
    };
    const page: LookupEventsPage = async ({ value, nextToken }) => {
      const found = pages[value] ?? { events: [], nextToken: null };
      return nextToken === null ? found : { events: found.events.slice(0, 1), nextToken: null };
    };
    const { reservationChanges } = await (await settings({ page }))([], whole);
    expect(reservationChanges).toMatchObject([
      {
        eventId: 'assigned',
        at: '2026-11-02T00:10:00.000Z',
        name: 'night',
        workGroups: ['bi', 'etl'],
        targetDpus: null,
      },
      { eventId: 'later', name: 'night', targetDpus: 48, workGroups: null, principalArn: 'arn:of:ana' },
    ]);
  });

  it('says that changes of reservations are not known where their list does not end', async () => {
    let asked = 0;
    const endless: LookupEventsPage = async () => ({ events: [], nextToken: `page ${asked++}` });
    const { reservationChanges, failures } = await (await settings({ page: endless }))([], whole);
    expect(reservationChanges).toEqual([]);
    expect(failures).toEqual([expect.stringContaining('the list of events goes on after 20 pages')]);
  });
});
