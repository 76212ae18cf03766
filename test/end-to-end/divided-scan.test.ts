import { describe, expect, it } from 'vitest';
import { type ReportDay, reportDay } from '../../src/calendar/report-day.js';
import { collectorOf, startsFrom } from '../../src/collect/collector.fixture.js';
import { divisionFrom, type PlannedPart } from '../../src/collect/days/part-plan.js';
import { type ScanOutcome, scanPart, scanRound } from '../../src/collect/days/scan-round.js';
import { assumeRoleRecord, logFile, startRecord } from '../../src/sources/record.fixture.js';
import type { TrailBucket } from '../../src/sources/trail/list-trail.js';
import { createTrailFiles } from '../../src/sources/trail/trail-files.js';
import { liveEvidence } from '../../src/tree/evidence/evidence-view.js';
import { readHour } from '../../src/tree/evidence/hour-evidence.js';
import { readFileChanges } from '../../src/tree/files/file-changes.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';

const DAY = reportDay('2026-11-01', 'UTC');
const NOW = Date.parse('2026-11-05T00:00:00Z');
const FOLDER = 'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01';
const FILES = 60;
const pad = (value: number, width = 2) => String(value).padStart(width, '0');
const keyOf = (index: number) =>
  `${FOLDER}/111122223333_CloudTrail_eu-west-1_20261101T${pad(Math.floor(index / 3))}${pad((index % 3) * 20)}Z_abcdefghij${pad(index, 6)}.json.gz`;

/** Files over the day, each with two starts and a link; one is damaged, one holds a record without a time. */
function filesOfTrail(): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let index = 0; index < FILES; index++) {
    const eventTime = `2026-11-01T${pad(Math.floor(index / 3))}:${pad((index % 3) * 20)}:00Z`;
    const start = (name: string) =>
      startRecord({
        ...{ eventID: `${name}-${index}`, eventTime: index === 40 && name === 'b' ? 'never' : eventTime },
        responseElements: { queryExecutionId: `${name}0000000-0000-4000-8000-0000000000${pad(index)}` },
      });
    files.set(keyOf(index), logFile([start('a'), assumeRoleRecord({ eventID: `l-${index}`, eventTime }), start('b')]));
  }
  files.set(keyOf(20), Buffer.from('no log at all, but it names StartQueryExecution'));
  return files;
}

function bucketOf(
  files: ReadonlyMap<string, Buffer>,
  { isDenied = false, tag = null }: { readonly isDenied?: boolean; readonly tag?: string | null },
): TrailBucket {
  return {
    location: 's3://logs',
    async *list(prefix, after) {
      for (const key of [...files.keys()].sort())
        if (key.startsWith(prefix) && (after === null || key > after))
          yield { key, size: files.get(key)?.length ?? 0, tag };
    },
    async *get(key) {
      if (isDenied) throw Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });
      yield files.get(key) ?? Buffer.alloc(0);
    },
  };
}

/** A tree and the functions that read for it: each call opens its source anew, as an invocation does. */
function createWorld(options: { files?: Map<string, Buffer>; isDenied?: boolean; tag?: string } = {}) {
  const hooks: { beforeWrite?: (key: string) => void } = {};
  const store = createMemoryStore({ beforeWrite: (key) => hooks.beforeWrite?.(key) });
  const sleep = (_: number, signal?: AbortSignal) =>
    new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  const place = {
    ...{ ...collectorOf(store, NOW), clock: { now: () => NOW, sleep } },
    ...{ random: () => 0.5, newStop: () => new AbortController() },
  };
  const sources = () => startsFrom(createTrailFiles({ bucket: bucketOf(options.files ?? filesOfTrail(), options) }));
  const time = { restsAt: NOW + 60_000, endsAt: NOW + 900_000 };
  return {
    hooks,
    store,
    round: (divideFrom: number, day: ReportDay = DAY): Promise<ScanOutcome> => {
      const division = divisionFrom(divideFrom);
      return scanRound(place, sources(), {
        ...{ ...time, day, division, round: 0, holder: 'x', sharesQuota: false },
      });
    },
    read: (part: PlannedPart, restsAt = time.restsAt) =>
      scanPart(place, sources(), { ...time, restsAt, part, timezone: 'UTC' }),
    plan: (outcome: ScanOutcome): PlannedPart[] =>
      outcome.state === 'parts' ? JSON.parse(Buffer.from(store.files.get(outcome.key) ?? []).toString('utf8')) : [],
    scans: () => [...store.files.keys()].filter((key) => key.startsWith('_work/scan/')),
    /** What the hours hold, whatever parts it lies in. */
    told: async () => {
      const view = liveEvidence(store);
      const hours = await Promise.all(DAY.hours.map((hour) => readHour(view, hour)));
      return hours.map(({ starts, malformed, reading }) => ({ starts, malformed, sources: reading?.sources }));
    },
    rejects: () => [...store.files.keys()].filter((key) => key.startsWith('_work/rejects/')).sort(),
  };
}

/** Without how many files were opened. */
function uncounted(told: readonly object[]): unknown {
  return JSON.parse(JSON.stringify(told, (name, value: unknown) => (name === 'counts' ? undefined : value)));
}

const LOOP = (async () => {
  const loop = createWorld();
  expect(await loop.round(0)).toMatchObject({ state: 'done' });
  return { told: await loop.told(), rejects: loop.rejects() };
})();

describe('a scan of a trail', () => {
  it('stays one where it is small, or is not to be divided', async () => {
    for (const from of [0, FILES + 1]) {
      const { round, scans } = createWorld();
      expect(await round(from)).toMatchObject({ state: 'done' });
      expect(scans()).toEqual([]);
    }
  });

  it.each([
    ['', {}],
    [', with a ledger of the files that were read', { tag: '"x"' }],
  ])('tells the same divided, in whatever order, number and state its parts are read%s', async (_, options) => {
    const { hooks, round, read, plan, told, rejects, scans, store } = createWorld(options);
    const parts = plan(await round(50));
    expect(parts).toHaveLength(FILES / 5);
    expect(parts.reduce((sum, { files }) => sum + files, 0)).toBe(FILES);
    // All but the first two, in the wrong order, two at a time, each of them twice.
    for (const part of parts.slice(2).reverse()) {
      expect(await Promise.all([read(part), read(part)])).toEqual(['done', 'done']);
      expect(await read(part)).toBe('done');
    }
    // One that is not read is asked for again.
    expect(await round(50)).toMatchObject({ state: 'parts', parts: parts.length });
    // One that dies before it notes how far it came, and one whose time is over at once.
    const [first, second] = parts;
    if (!first || !second) throw new Error('too few parts');
    hooks.beforeWrite = (key) => {
      if (key.startsWith('_work/scan/')) throw new Error('killed');
    };
    await expect(read(first)).rejects.toThrow('killed');
    delete hooks.beforeWrite;
    expect(await read(first)).toBe('done');
    for (let rounds = 0; (await read(second, 0)) === 'more'; rounds++) expect(rounds).toBeLessThan(10);
    expect(await round(50)).toMatchObject({ state: 'done' });
    const loop = await LOOP;
    if ('tag' in options) {
      expect([...store.files.keys()].filter((key) => key.startsWith('_work/files/'))).toHaveLength(1);
      expect(uncounted(await told())).toEqual(uncounted(loop.told));
    } else expect(await told()).toEqual(loop.told);
    expect(rejects()).toEqual(loop.rejects);
    expect(loop.rejects.length).toBeGreaterThan(0);
    expect(loop.told.some(({ starts }) => starts.length > 0)).toBe(true);
    expect(scans()).toEqual([]);
  });

  it('is the same when two days run at once: the second finds all of it known', async () => {
    const { round, read, plan, told, scans, store } = createWorld();
    const [ours, theirs] = [plan(await round(50)), plan(await round(50))];
    expect(theirs).toEqual(ours);
    for (const part of ours) await Promise.all([read(part), read(part)]);
    expect(await round(50)).toMatchObject({ state: 'done' });
    const evidence = () => [...store.files.keys()].filter((key) => key.startsWith('_work/evidence/')).sort();
    const before = evidence();
    // The other's children still run, and its next round finds neither a plan nor what was read of it.
    for (const part of theirs) await read(part);
    for (const part of plan(await round(50))) await read(part);
    expect(await round(50)).toMatchObject({ state: 'done' });
    expect(evidence()).toEqual(before);
    expect(await told()).toEqual((await LOOP).told);
    expect(scans()).toEqual([]);
  });

  it('reads what is delivered after it was divided', async () => {
    const files = filesOfTrail();
    const { round, read, plan, told } = createWorld({ files });
    const parts = plan(await round(50));
    const eventTime = '2026-11-01T23:50:00Z';
    files.set(`${FOLDER}/zz.json.gz`, logFile([startRecord({ eventID: 'late', eventTime })]));
    for (const part of parts) await read(part);
    expect(await round(50)).toMatchObject({ state: 'done' });
    expect((await told()).at(-1)?.starts.map(({ eventId }) => eventId)).toContain('late');
  });

  it('tells of files that changed or are gone, in whichever part they lay', async () => {
    const files = filesOfTrail();
    const { round, read, plan, store } = createWorld({ files, tag: '"x"' });
    expect(await round(0)).toMatchObject({ state: 'done' });
    for (const index of [0, 4, 5, 31, FILES - 1]) files.delete(keyOf(index));
    for (const index of [6, 44]) files.set(keyOf(index), logFile([startRecord({ eventID: `other-${index}` })]));
    const parts = plan(await round(50));
    expect(parts.length).toBeGreaterThan(5);
    for (const part of parts.reverse()) expect(await read(part)).toBe('done');
    expect(await round(50)).toMatchObject({ state: 'done' });
    const { changes } = await readFileChanges(store);
    const indexes = (isGone: boolean) =>
      changes.filter(({ now }) => (now === null) === isGone).map(({ name }) => Number(/(\d{6})\.json/.exec(name)?.[1]));
    expect(indexes(true)).toEqual([0, 4, 5, 31, FILES - 1]);
    expect(indexes(false)).toEqual([6, 44]);
  });

  it('is divided anew for other days, and goes on undivided where it was begun so', async () => {
    const { round, plan, store, scans } = createWorld();
    const parts = plan(await round(50));
    const [key = ''] = scans();
    store.files.set(key, Buffer.from(JSON.stringify(parts.map((part) => ({ ...part, from: '2026-10-31' })))));
    expect(plan(await round(50))).toEqual(parts);
    store.files.clear();
    const checkpoint = { schema: 1, cursor: { after: keyOf(58), days: [0] }, covered: [], done: [], writtenAt: NOW };
    store.files.set('_work/scan/day-2026-11-01.json', Buffer.from(JSON.stringify(checkpoint)));
    expect(await round(50)).toMatchObject({ state: 'done' });
  });

  it('is divided anew where its plan is damaged', async () => {
    const { round, store, plan } = createWorld();
    const first = await round(10);
    if (first.state !== 'parts') throw new Error('it was not divided');
    const parts = plan(first);
    for (const damaged of [[null], [{}], [{ ...parts[0], to: 7 }], {}]) {
      await store.write(first.key, Buffer.from(JSON.stringify(damaged)), 'any');
      expect(plan(await round(10))).toEqual(parts);
    }
  });

  it('tells of days that no part saw anything of, once', async () => {
    const others = new Map(
      [...filesOfTrail()].map(([key, bytes]) => [key.replaceAll('2026/11/01', '2026/11/02'), bytes]),
    );
    const files = new Map(
      [...others].map(([key]) => [
        key.replace('20261101T', '20261102T'),
        logFile([startRecord({ eventTime: '2026-11-02T10:00:00Z' })]),
      ]),
    );
    const [loop, divided] = [createWorld({ files }), createWorld({ files })];
    expect(await loop.round(0)).toMatchObject({ state: 'done' });
    for (const part of divided.plan(await divided.round(50))) await divided.read(part);
    expect(await divided.round(50)).toMatchObject({ state: 'done' });
    const notRead = async (world: typeof loop) =>
      (await world.told()).map(({ sources }) => sources?.map(({ notRead = [] }) => notRead));
    expect(await notRead(divided)).toEqual(await notRead(loop));
    expect(JSON.stringify(await notRead(divided))).toContain('not one log file was delivered');
  });

  it('fails as the loop does where no file may be read, and begins anew when one may', async () => {
    await expect(createWorld({ isDenied: true }).round(0)).rejects.toThrow('s3:GetObject');
    const { round, read, plan, scans } = createWorld({ isDenied: true });
    for (const part of plan(await round(50))) expect(await read(part)).toBe('done');
    await expect(round(50)).rejects.toThrow('s3:GetObject');
    expect(scans()).toEqual([]);
  });
});
