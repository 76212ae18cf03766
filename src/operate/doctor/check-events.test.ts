import { expect, it } from 'vitest';
import type { Closing } from '../../record/closing.js';
import { workKey } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { checkEvents } from './check-events.js';

const clock = { now: () => Date.parse('2026-11-20T06:00:00Z'), sleep: async () => {} };
const PLACE = { accountId: '111122223333', region: 'us-east-1' };

async function said(closing: Partial<Closing> | null, events = 'on') {
  const store = createMemoryStore();
  if (closing) {
    const group = { ...PLACE, workGroup: 'primary', listed: 9, failure: null };
    const whole: Closing = {
      ...{ schema: 1, reportDate: '2026-11-19', closedAt: '2026-11-20T06:00:00.000Z', workGroups: [group] },
      ...{ unattributed: [], missingHours: [], ...closing },
    };
    await store.write(workKey.closing('2026-11-19'), Buffer.from(JSON.stringify(whole)), 'any');
  }
  return checkEvents({ store, clock }, { outputs: {}, parameters: { StateChangeEvents: events } });
}

it('Athena’s events are told by the last closed day: how many, how many were missed, and which lists were read in part', async () => {
  const group = { ...PLACE, workGroup: 'primary', listed: 9, failure: null };
  expect(
    await said({ events: [{ ...PLACE, seen: 7, absent: 0 }], workGroups: [{ ...group, isRecent: true }] }),
  ).toMatchObject({
    status: 'pass',
    message:
      'of 2026-11-19 events told of 7 executions, all that CloudTrail shows: 1 of 1 lists were read only as far as the day',
  });
  expect(await said({ events: [{ ...PLACE, seen: 7, absent: 0 }] })).toMatchObject({
    status: 'pass',
    message: expect.stringContaining('lists were read to their end'),
  });
  expect(await said({ events: [{ ...PLACE, seen: 5, absent: 2 }] })).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('and not of 2 that CloudTrail shows'),
  });
});

it('are no matter where nobody listens, nothing was closed, or nobody ran a query', async () => {
  expect(await said({}, 'off')).toMatchObject({ status: 'skip', message: expect.stringContaining('are not heard') });
  expect(await said(null)).toMatchObject({ status: 'skip' });
  expect(await said({})).toMatchObject({ status: 'skip', message: 'nobody ran a query on 2026-11-19' });
});
