import { describe, expect, it } from 'vitest';
import { LIST_PRICES } from '../athena/prices.js';
import { reportDay } from '../calendar/report-day.js';
import { EMPTY_DIRECTORY } from '../identity/directory.js';
import { decodeManifest } from '../record/encode-manifest.js';
import { executionOf } from '../record/evidence.fixture.js';
import { manifestKey } from '../record/report-path.js';
import { decodeReport, encodeReport } from '../storage/report-codec.js';
import { closeDay } from './close-day.js';
import { openLenses } from './collect-range.js';
import { createMemoryStore } from './memory-store.fixture.js';
import type { ExecutionSource } from './ports.js';

const DAY = reportDay('2026-11-02', 'America/New_York');
const HOUR_MS = 3_600_000;

/** Closes a day without starts, of which Athena lists executions submitted at these instants. */
async function close(submittedAt: readonly number[]) {
  const store = createMemoryStore();
  const asked: string[] = [];
  const counting = {
    ...store,
    tagOf(key: string) {
      asked.push(key);
      return store.tagOf(key);
    },
  };
  const ids = submittedAt.map((_, index) => `q-${index}`);
  const executions: ExecutionSource = {
    fetch: async (wanted) =>
      wanted.map((queryExecutionId) => {
        const instant = submittedAt[ids.indexOf(queryExecutionId)] ?? null;
        const execution = executionOf({ queryExecutionId, submittedAt: instant });
        return { queryExecutionId, origin: 'athena', outcome: 'found', execution } as const;
      }),
    account: () => ({ kind: 'athena-api', accountId: null, region: null, counts: {} }),
  };
  const lister = {
    async *list() {
      yield { workGroup: 'primary', ids, failure: null };
    },
  };
  const closing = await closeDay({
    day: DAY,
    store: counting,
    executions: () => executions,
    listers: [{ accountId: '111122223333', region: 'us-east-1', lister }],
    lenses: await openLenses({ store, reportDate: DAY.reportDate, directory: EMPTY_DIRECTORY, prices: LIST_PRICES }),
    format: 'csv',
    encode: encodeReport,
    decode: decodeReport,
    clock: { now: () => DAY.window.end + HOUR_MS, sleep: async () => {} },
    generator: 'test',
  });
  return { store, closing, asked };
}

describe('closing a day', () => {
  it('writes the hours of executions that CloudTrail never showed, whether anybody listens or not', async () => {
    const { store, closing } = await close([DAY.window.start + 5.5 * HOUR_MS]);
    expect(closing.unattributed).toEqual(['q-0']);
    const stored = await store.read(manifestKey({ reportDate: '2026-11-02', hour: 5 }));
    expect(decodeManifest(Buffer.from(stored?.bytes ?? []).toString())).toMatchObject({
      ledger: { unattributed: 1, rows: 1 },
    });
  });

  it('asks once an hour whether strangers of earlier days belong to a collected one', async () => {
    const earlier = Array.from({ length: 300 }, (_, index) => DAY.window.start - (index % 3) * HOUR_MS - 1);
    const { asked } = await close(earlier);
    expect(asked.filter((key) => key.includes('/day=01/'))).toHaveLength(3);
  });
});
