import { expect, it } from 'vitest';
import { reportDay } from '../../calendar/report-day.js';
import { linkOfLine } from '../../cloudtrail/link-line.js';
import { textOfDayLine } from '../../tree/evidence/evidence-lines.js';
import { appendPart } from '../../tree/evidence/evidence-log.js';
import { dayEvidence } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { openScanLog } from '../scan/scan-log.js';
import { storeDay } from './store-day.js';

const DATE = '2026-11-02';
const STORE_ARN = 'arn:aws:identitystore::111122223333:identitystore/d-1';

/** The line of a link that somebody asked for on behalf of a user, or for nobody but itself. */
function linkLine(eventId: string, user: string | null): string {
  const caller =
    user === null
      ? { type: 'AWSService' }
      : { type: 'AssumedRole', onBehalfOfUserId: user, onBehalfOfStoreArn: STORE_ARN };
  const kept = { eventId, eventTime: Date.parse(`${DATE}T05:00:00Z`), eventName: 'AssumeRole', caller };
  return textOfDayLine({ link: linkOfLine({ link: kept }) });
}

it('asks for the names of users on whose behalf credentials of the days around were asked for', async () => {
  const store = createMemoryStore();
  const services = Array.from({ length: 50 }, (_, n) => linkLine(`s-${n}`, null));
  await appendPart(store, dayEvidence(DATE), { lines: [...services, linkLine('a', 'u-1')] });
  await appendPart(store, dayEvidence('2026-11-01'), { lines: [linkLine('b', 'u-2'), ...services] });
  await appendPart(store, dayEvidence('2026-10-29'), { lines: [linkLine('c', 'u-3')] });
  const asked: string[] = [];
  const userNames = {
    async *find(users: readonly string[]) {
      asked.push(...users);
      yield* users.map((user) => ({ user, name: null }));
    },
    account: () => ({ kind: 'test', accountId: null, region: null, counts: {} }),
  };
  const log = await openScanLog(store, 'test');
  const clock = { now: () => Date.parse('2026-11-04T00:00:00Z'), sleep: async () => {} };
  await storeDay({ store, clock }, { linkSource: null, userNames }, { day: reportDay(DATE, 'UTC'), log });
  expect(asked).toEqual([`${STORE_ARN}#u-1`, `${STORE_ARN}#u-2`]);
});
