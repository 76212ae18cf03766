import { describe, expect, it } from 'vitest';
import type { PlaceSettings, ReservationChange } from '../../athena/place-settings.js';
import { reportDays } from '../../calendar/report-day.js';
import type { ExecutionLister } from '../../ports/execution-source.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { recomputeHour } from '../hour/recompute-hour.js';
import { collectRange } from './collect-range.js';
import { settle } from './settle.js';
import { DAY, HOUR, MIDNIGHT, rowsOf, type Told, worldOf } from './told-queries.fixture.js';

const SCANNED = { dataScannedBytes: 2 ** 40 };
const TOLD: Told = {
  first: ['SELECT 1 FROM orders', 3, SCANNED],
  same: ['SELECT 1 FROM orders', 7, SCANNED],
  etl: ['SELECT 1 FROM orders', 8, { ...SCANNED, workGroup: 'etl' }],
  shared: ['SELECT 1 FROM orders', 9, { ...SCANNED, dpuCount: 4, executionMs: HOUR }],
  next: ['SELECT 1 FROM orders', 30, SCANNED],
  over: ['SELECT 1 FROM orders', 40, SCANNED],
};

/** An account whose reservation `nightly` was assigned to workgroups at these hours after midnight, shown by CloudTrail or not. */
function listerOf(
  assigned: readonly (readonly [hours: number, workGroups: readonly string[]])[],
  { isShown = true } = {},
) {
  const changes = assigned.map(([hours, workGroups]): ReservationChange => {
    const at = new Date(MIDNIGHT + hours * HOUR).toISOString();
    const event = 'PutCapacityAssignmentConfiguration';
    return { eventId: at, at, event, name: 'nightly', targetDpus: null, workGroups, principalArn: null };
  });
  const lister: ExecutionLister = {
    async *list() {},
    describe: async (_, { window }): Promise<PlaceSettings> => ({
      ...{ accountId: '111122223333', region: 'us-east-1', workGroups: [], failures: [] },
      reservations: [
        {
          ...{ name: 'nightly', status: 'ACTIVE', targetDpus: 24, allocatedDpus: 24, failure: null, allocatedAt: null },
          ...{ createdAt: '2026-01-01T00:00:00.000Z', workGroups: assigned.at(-1)?.[1] ?? [] },
        },
      ],
      reservationChanges: isShown
        ? changes.filter(({ at }) => Date.parse(at) >= window.start && Date.parse(at) < window.end)
        : [],
    }),
  };
  return [{ accountId: '111122223333', region: 'us-east-1', lister }];
}

async function collected(
  listers: ReturnType<typeof listerOf>,
  dates = ['2026-11-02', '2026-11-03'],
  { ageDays = 3 } = {},
) {
  const store = createMemoryStore();
  const { source, executions } = worldOf(TOLD);
  const collector = collectorOf(store, MIDNIGHT + ageDays * DAY, { executions: () => executions });
  for (const date of dates) {
    const days = reportDays({ from: date, to: date, timezone: 'UTC' });
    const task = { days, format: 'json' as const, scanId: date };
    for await (const _ of collectRange(collector, startsFrom(source, { listers }), task));
  }
  for await (const _ of settle(collector));
  const basis = Object.fromEntries([...rowsOf(store.files)].map(([id, row]) => [id, row.cost_basis]));
  return { store, collector, basis };
}

const UNSHARED = 'unknown-reservation-dpus:us-east-1';
const SCAN = 'scan:us-east-1:5';

describe('a query of a workgroup that is assigned to a capacity reservation', () => {
  it('has no scan price where Athena told no DPUs of it, from its assignment on and until it ends', async () => {
    const { basis } = await collected(
      listerOf([
        [5, ['bi']],
        [35, ['etl']],
      ]),
    );
    expect(basis).toEqual({
      ...{ first: SCAN, same: UNSHARED, etl: SCAN, shared: 'reservation:us-east-1:0.3', next: UNSHARED, over: SCAN },
    });
  });

  it('is one all day when nothing says that this changed', async () => {
    const { basis } = await collected(listerOf([[-999, ['bi']]], { isShown: false }));
    expect(basis).toMatchObject({ first: UNSHARED, same: UNSHARED, etl: SCAN, next: UNSHARED, over: UNSHARED });
  });

  it.each([3, 60])('reads the same in any order of arrival, %s days later', async (ageDays) => {
    const listers = listerOf([
      [5, ['bi']],
      [35, ['etl']],
    ]);
    const reports = async (dates: string[]) =>
      [...(await collected(listers, dates, { ageDays })).store.files]
        .filter(([key]) => key.includes('/report_'))
        .sort(([a], [b]) => (a < b ? -1 : 1));
    expect(await reports(['2026-11-03', '2026-11-02'])).toEqual(await reports(['2026-11-02', '2026-11-03']));
  });

  it('is counted, and its report is made again from the evidence alone', async () => {
    const { store, collector } = await collected(
      listerOf([
        [5, ['bi']],
        [35, ['etl']],
      ]),
    );
    const manifests = [...store.files].flatMap(([key, bytes]) =>
      key.endsWith('/_manifest.json') ? [decodeManifest(Buffer.from(bytes).toString())] : [],
    );
    let unpriced = 0;
    for (const manifest of manifests) {
      if (typeof manifest === 'string') throw new Error(manifest);
      unpriced += manifest.ledger.unpricedByReason['reservation-dpus'] ?? 0;
      expect((await recomputeHour(collector, manifest)).sha256).toBe(manifest.report.sha256);
    }
    expect(unpriced).toBe(2);
  });
});
