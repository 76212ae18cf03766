import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportDays } from '../../calendar/report-day.js';
import { contains } from '../../calendar/window.js';
import type { Start } from '../../cloudtrail/start.js';
import type { ExecutionSource } from '../../ports/execution-source.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Evidence, StartSource } from '../../ports/start-source.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import { executionOf, startOf } from '../../record/evidence.fixture.js';
import type { Manifest } from '../../record/manifest.js';
import { decodeReport, REPORT_CODEC } from '../../storage/report-codec.js';
import { manifestKey, reportKey } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { verify } from '../../verify/verify.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import type { Collector, DaySources } from '../collector.js';
import { collectRange, type RangeTask } from './collect-range.js';

const DAY = Date.UTC(2026, 10, 2, 5); // midnight of 2 November 2026 in New York
const SECOND = 1000;
const days = reportDays({ from: '2026-11-02', to: '2026-11-03', timezone: 'America/New_York' });

/** Starts over two days: repeated starts, one of them across an hour, copies of events, refusals. */
function evidence(): Start[] {
  const at = (second: number) => DAY + second * SECOND;
  return [
    startOf({ eventId: 'e1', queryExecutionId: 'q1', eventTime: at(10) }),
    startOf({ eventId: 'e2', queryExecutionId: 'q2', eventTime: at(3599) }),
    startOf({ eventId: 'e3', queryExecutionId: 'q2', eventTime: at(3601) }),
    startOf({ eventId: 'e4', queryExecutionId: 'q3', eventTime: at(3600) }),
    startOf({ eventId: 'e5', queryExecutionId: null, errorCode: 'AccessDenied', eventTime: at(4000) }),
    startOf({ eventId: 'e6', queryExecutionId: 'q4', eventTime: at(86_399) }),
    startOf({ eventId: 'e7', queryExecutionId: 'q5', eventTime: at(86_400) }),
    startOf({ eventId: 'e8', queryExecutionId: 'q4', eventTime: at(86_401) }),
    startOf({ eventId: 'e1', queryExecutionId: 'q1', eventTime: at(10) }),
    startOf({ eventId: 'e9', queryExecutionId: 'q6', eventTime: at(2 * 86_400 - 1), queryString: 'SELECT 6' }),
  ];
}

const executions: ExecutionSource = {
  async fetch(ids) {
    return ids.map((queryExecutionId) => {
      const start = evidence().find((one) => one.queryExecutionId === queryExecutionId);
      if (!start || queryExecutionId === 'q6')
        return { queryExecutionId, origin: 'athena', outcome: 'not_found', reason: 'gone' } as const;
      const execution = executionOf({ queryExecutionId, submittedAt: start.eventTime - 400 });
      return { queryExecutionId, origin: 'athena', outcome: 'found', execution } as const;
    });
  },
  account: () => ({ kind: 'athena-api', accountId: null, region: null, counts: {} }),
};

/** Yields batches newest part first, as LookupEvents does, and can go on from a cursor. */
function sourceOf(items: readonly Evidence[], batchSize = 3): StartSource {
  return {
    async *scan(window, { cursor, signal }) {
      const mine = items.filter((item) => item.kind !== 'start' || contains(window, item.eventTime));
      for (let at = typeof cursor === 'number' ? cursor : 0; at < mine.length; at += batchSize) {
        signal?.throwIfAborted();
        yield { items: mine.slice(at, at + batchSize), covered: [], cursor: at + batchSize };
      }
    },
    account: () => ({ kind: 'lookup-events', accountId: null, region: 'us-east-1', counts: {} }),
  };
}

type Request = Collector & DaySources & RangeTask;

function requestOf(store: ReportStore, source: StartSource, now = DAY + 3 * 86_400_000): Request {
  const collector = collectorOf(store, now, { executions: () => executions });
  return { ...collector, ...startsFrom(source), days, format: 'csv', scanId: 'test' };
}

async function run(request: Request): Promise<Manifest[]> {
  const manifests = [];
  for await (const manifest of collectRange(request, request, request)) manifests.push(manifest);
  return manifests;
}

function tree(store: { files: Map<string, Uint8Array> }): Map<string, string> {
  return new Map(
    [...store.files]
      .filter(([key]) => key.startsWith('year='))
      // How lines were cut into parts depends on the run.
      .map(([key, bytes]) => [
        key,
        Buffer.from(bytes)
          .toString('utf8')
          .replace(/"evidence": \[[^\]]*\]/, ''),
      ]),
  );
}

async function undisturbed(): Promise<Map<string, string>> {
  const store = createMemoryStore();
  await run(requestOf(store, sourceOf(evidence())));
  return tree(store);
}

describe('collecting a range', () => {
  it('fails when an earlier report cannot be read for comparison, and keeps the diff when it can', async () => {
    const store = createMemoryStore();
    const all = evidence();
    await run(requestOf(store, sourceOf(all.slice(1, 8))));
    let failures = 1;
    const flaky: ReportStore = {
      ...store,
      async stream(key) {
        const whole = await store.stream(key);
        if (!whole || !key.endsWith('.csv') || failures === 0) return whole;
        failures--;
        return (async function* () {
          yield* [];
          throw new Error('the connection broke');
        })();
      },
    };
    const again = { scanId: 'again' };
    await expect(run({ ...requestOf(flaky, sourceOf(all)), ...again })).rejects.toThrow('the connection broke');
    await run({ ...requestOf(flaky, sourceOf(all)), ...again });
    const diffs = [...store.files].filter(([key]) => key.startsWith('_work/diffs/'));
    const added = diffs.flatMap(
      ([, bytes]) => (JSON.parse(Buffer.from(bytes).toString()) as { added: string[] }).added,
    );
    expect(added.sort()).toEqual(['q1', 'q6']);
  });

  it('writes a report and a manifest for every hour, empty ones too, and leaves no working file', async () => {
    const store = createMemoryStore();
    const manifests = await run(requestOf(store, sourceOf(evidence())));
    expect(manifests).toHaveLength(48);
    expect([...store.files.keys()].filter((key) => key.startsWith('year='))).toHaveLength(96);
    expect([...store.files.keys()].filter((key) => key.startsWith('_work/scan/'))).toEqual([]);
  });

  it('keeps a row in the hour of its earliest start, also across hours and days', async () => {
    const store = createMemoryStore();
    await run(requestOf(store, sourceOf(evidence())));
    const ledgerOf = async (reportDate: string, hour: number) => {
      const manifest = decodeManifest(
        Buffer.from(store.files.get(manifestKey({ reportDate, hour })) ?? []).toString('utf8'),
      );
      if (typeof manifest === 'string') throw new Error(manifest);
      return manifest.ledger;
    };
    expect(await ledgerOf('2026-11-02', 0)).toMatchObject({
      startsRead: 3,
      duplicates: 1,
      executions: 2,
      repeatedStarts: 0,
      rows: 2,
    });
    expect(await ledgerOf('2026-11-02', 1)).toMatchObject({
      startsRead: 3,
      executions: 1,
      repeatedStarts: 1,
      refused: 1,
      rows: 2,
    });
    expect(await ledgerOf('2026-11-03', 0)).toMatchObject({ startsRead: 2, executions: 1, repeatedStarts: 1, rows: 1 });
  });

  it('counts a start of the next hour in the row it repeats, and says when somebody else made it', async () => {
    const store = createMemoryStore();
    const stranger = { ...startOf().principal, arn: 'arn:aws:iam::111122223333:user/mallory' };
    const late = startOf({ eventId: 'e10', queryExecutionId: 'q6', eventTime: DAY + 2 * 86_400_000 + SECOND });
    await run(requestOf(store, sourceOf([...evidence(), { ...late, principal: stranger }])));
    const rowsOf = async (reportDate: string, hour: number) => {
      const rows = [];
      const bytes = await store.stream(reportKey({ reportDate, hour }, 'csv'));
      if (bytes) for await (const row of decodeReport('csv', bytes)) rows.push(row);
      return rows.map((row) => `${row.query_execution_id} ${row.event_count} ${row.attribution}`);
    };
    expect(await rowsOf('2026-11-02', 0)).toEqual(['q1 1 attributed', 'q2 2 attributed']);
    expect(await rowsOf('2026-11-02', 23)).toEqual(['q4 2 attributed']);
    // What lies outside the days that were read is not counted.
    expect(await rowsOf('2026-11-03', 23)).toEqual(['q6 1 attributed']);
    const again = createMemoryStore();
    const byUnattributed = evidence().map((start) =>
      start.eventId === 'e3' ? { ...start, principal: stranger } : start,
    );
    await run(requestOf(again, sourceOf(byUnattributed)));
    const bytes = await again.stream(reportKey({ reportDate: '2026-11-02', hour: 0 }, 'csv'));
    const rows = [];
    if (bytes) for await (const row of decodeReport('csv', bytes)) rows.push(row);
    expect(rows[1]).toMatchObject({
      query_execution_id: 'q2',
      event_count: 2,
      attribution: 'conflict',
      event_id: 'e2',
    });
  });

  it('keeps one row of a repeated start without an answer of Athena', async () => {
    const store = createMemoryStore();
    const start = { queryExecutionId: 'q9', eventTime: DAY + 3_000_000 };
    const starts = [
      startOf({ ...start, eventId: 'e20' }),
      startOf({ ...start, eventId: 'e21', eventTime: DAY + 4_500_000 }),
    ];
    await run({ ...requestOf(store, sourceOf(starts)), executions: () => null });
    const reports = [...tree(store)].filter(([key, text]) => key.endsWith('.csv') && text.includes('q9'));
    expect(reports.map(([key]) => key)).toEqual([reportKey({ reportDate: '2026-11-02', hour: 0 }, 'csv')]);
  });

  it('says of a text that Athena has lost where it came from', async () => {
    const store = createMemoryStore();
    await run(requestOf(store, sourceOf(evidence())));
    const bytes = await store.stream(reportKey({ reportDate: '2026-11-03', hour: 23 }, 'csv'));
    const rows = [];
    if (bytes) for await (const row of decodeReport('csv', bytes)) rows.push(row);
    expect(rows).toMatchObject([
      {
        query_execution_id: 'q6',
        query: 'SELECT 6',
        query_status: 'available',
        query_source: 'cloudtrail',
        state: 'UNKNOWN',
      },
    ]);
  });

  it('changes nothing when it is done again', async () => {
    const store = createMemoryStore();
    await run(requestOf(store, sourceOf(evidence())));
    const before = tree(store);
    await run(requestOf(store, sourceOf(evidence()), DAY + 3 * 86_400_000 + 5000));
    expect(tree(store)).toEqual(before);
  });

  it('never forgets what an earlier run knew', async () => {
    const store = createMemoryStore();
    await run(requestOf(store, sourceOf(evidence())));
    const before = tree(store);
    await run(requestOf(store, sourceOf([])));
    const reports = (files: Map<string, string>) => [...files].filter(([key]) => key.endsWith('.csv'));
    expect(reports(tree(store))).toEqual(reports(before));
  });

  it('keeps, counts and names a malformed record', async () => {
    const store = createMemoryStore();
    const named: string[] = [];
    const reject = {
      kind: 'reject',
      reason: 'eventID is missing',
      eventTime: DAY + 7_200_000,
      raw: '{"eventName":"StartQueryExecution"}',
      origin: 'file.json #3',
    } as const;
    const request = requestOf(store, sourceOf([...evidence(), reject]));
    await run({ ...request, progress: (event) => void (event.kind === 'reject' && named.push(event.origin)) });
    const manifest = decodeManifest(
      Buffer.from(store.files.get(manifestKey({ reportDate: '2026-11-02', hour: 2 })) ?? []).toString('utf8'),
    );
    expect(manifest).toMatchObject({ ledger: { startsRead: 1, malformed: 1, starts: 0, rows: 0 } });
    expect(named).toEqual(['file.json #3']);
    const kept = [...store.files]
      .filter(([key]) => key.startsWith('_work/rejects/'))
      .map(([, bytes]) => JSON.parse(Buffer.from(bytes).toString('utf8')));
    expect(kept).toEqual([{ origin: 'file.json #3', reason: 'eventID is missing', record: reject.raw }]);
  });
});

describe('the same evidence', () => {
  it('gives the same bytes in any order and any split', async () => {
    const expected = await undisturbed();
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(evidence(), { minLength: evidence().length }),
        fc.integer({ min: 1, max: 10 }),
        async (items, batchSize) => {
          const store = createMemoryStore();
          await run(requestOf(store, sourceOf(items, batchSize)));
          expect(tree(store)).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('gives the same bytes when the run dies at any write or removal and is started again', async () => {
    const expected = await undisturbed();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 160 }), { maxLength: 4 }), async (deaths) => {
        let steps = 0;
        const pending = [...deaths];
        const step = () => {
          if (pending.length > 0 && steps++ === pending[0]) {
            pending.shift();
            steps = 0;
            throw new Error('killed');
          }
        };
        const store = createMemoryStore({ beforeWrite: step, beforeRemove: step });
        for (let tries = 0; ; tries++) {
          try {
            await run(requestOf(store, sourceOf(evidence(), 2)));
            break;
          } catch (error) {
            if (!(error instanceof Error) || error.message !== 'killed' || tries > 8) throw error;
          }
        }
        expect(tree(store)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
});

describe('verify', () => {
  async function faults(store: ReportStore): Promise<string[]> {
    const found = [];
    for await (const checked of verify({ store, from: null, to: null, codec: REPORT_CODEC })) {
      for (const fault of checked.faults) found.push(`${checked.reportDate} ${checked.hour}: ${fault}`);
    }
    return found;
  }

  it('finds nothing in what collect wrote', async () => {
    const store = createMemoryStore();
    await run(requestOf(store, sourceOf(evidence())));
    expect(await faults(store)).toEqual([]);
  });

  it('finds any byte that was changed in a report, and any report, manifest or hour that is gone', async () => {
    const store = createMemoryStore();
    await run(requestOf(store, sourceOf(evidence())));
    const pristine = new Map(store.files);
    const victims = [...pristine.keys()].filter((key) => key.startsWith('year='));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...victims),
        fc.nat(),
        fc.constantFrom('change', 'remove', 'hour'),
        async (key, at, damage) => {
          store.files.clear();
          for (const [name, bytes] of pristine) store.files.set(name, bytes);
          const bytes = Uint8Array.from(pristine.get(key) ?? []);
          if (damage === 'change') {
            if (key.endsWith('_manifest.json')) return;
            bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 1;
            store.files.set(key, bytes);
          } else if (damage === 'remove') store.files.delete(key);
          else {
            const folder = key.slice(0, key.lastIndexOf('/') + 1);
            // The first and the last hour may be where collecting began and ended.
            if (folder === 'year=2026/month=11/day=02/hour=00/' || folder === 'year=2026/month=11/day=03/hour=23/')
              return;
            for (const name of victims) if (name.startsWith(folder)) store.files.delete(name);
          }
          expect(await faults(store)).not.toEqual([]);
        },
      ),
      { numRuns: 35 },
    );
  });
});
