import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeManifest } from '../../src/record/encode-manifest.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { buildDeployment } from './built.js';
import { BUCKET, type DeployedDay, startDeployedDay } from './deployed-day.js';

const DAY = '2026-06-10';
const DAY_MS = 86_400_000;
const TRAIL = 'trail-of-the-company';

let built: Awaited<ReturnType<typeof buildDeployment>>;
beforeAll(async () => {
  built = await buildDeployment();
});
afterAll(() => built.remove());

function objectsOf({ store, clock }: Simulator, prefix: string): Map<string, Buffer> {
  return new Map(
    [...store.list(BUCKET, { prefix, after: '', now: clock.now() })].map(({ key, bytes }) => [key, bytes]),
  );
}

/** A company with a trail, in which one file is damaged and one is no log at all. */
async function startCompany(options: {
  readonly divideFrom: number;
  readonly days?: number;
  readonly queriesPerDay?: number;
  readonly now?: string;
  readonly onStack?: (stack: DeployedDay) => void;
  readonly onCall?: (name: string, payload: unknown) => void;
}): Promise<DeployedDay> {
  const stack = await startDeployedDay({
    ...{ folder: built.folder, startsAt: '2026-06-08T04:00:00Z', now: options.now ?? '2026-06-11T05:00:00Z' },
    // One hour after the other: what one learns of a prepared statement, the next may use.
    ...{
      days: options.days ?? 4,
      queriesPerDay: options.queriesPerDay ?? 200,
      scans: 3,
      concurrency: 1,
      trail: { bucket: TRAIL, layout: 'account', duplicateShare: 0.02 },
    },
    env: { EVENT_SOURCE: 'trail', TRAIL_URI: `s3://${TRAIL}`, DIVIDE_SCAN_FROM: String(options.divideFrom) },
    ...(options.onCall ? { onCall: options.onCall } : {}),
  });
  options.onStack?.(stack);
  const { store, clock } = stack.simulator;
  const files = [...store.list(TRAIL, { prefix: '', after: '', now: clock.now() + 30 * DAY_MS })];
  const ofDay = files.filter(({ key }) => key.includes('/2026/06/10/') && key.endsWith('.json.gz'));
  const [first, second] = [ofDay[ofDay.length >> 1], ofDay[(ofDay.length >> 1) + 40]];
  if (!first || !second) throw new Error('the trail of the day has too few files');
  putFile(stack, first.key, first.bytes.subarray(0, first.bytes.length >> 1));
  putFile(stack, second.key, Buffer.from('no log at all, but it names StartQueryExecution'));
  return stack;
}

function putFile({ simulator }: DeployedDay, key: string, bytes: Buffer): void {
  const { store, clock } = simulator;
  const file = { key, bytes, lastModified: clock.now(), contentType: 'application/json', metadata: {} };
  store.put(TRAIL, file, { ifMatch: undefined, ifNoneMatch: undefined });
}

/** What a tree says: reports byte for byte, and of the manifests all that does not tell when, and in how many pieces, it was read. */
function toldBy({ simulator }: DeployedDay) {
  const objects = [...objectsOf(simulator, 'year=')];
  const reports = objects.filter(([key]) => !key.endsWith('_manifest.json'));
  const manifests = objects.flatMap(([key, bytes]) => {
    const manifest = key.endsWith('_manifest.json') ? decodeManifest(bytes.toString('utf8')) : null;
    if (manifest === null || typeof manifest === 'string') return [];
    const { ledger, report, status, pending, notRead } = manifest;
    // A copy of an event that another part met is written twice, which is once; nobody counts it.
    const { startsRead, duplicates, ...books } = ledger;
    return [{ books, report, status, pending, notRead, starts: startsRead - duplicates }];
  });
  return { reports: reports.map(([key, bytes]) => [key, createHash('sha256').update(bytes).digest('hex')]), manifests };
}

/** Lines of evidence of the starts, each once. */
function startsIn({ simulator }: DeployedDay): string[] {
  const lines = [...objectsOf(simulator, '_work/evidence/')]
    .filter(([key]) => /\/h\d\d\//.test(key))
    .flatMap(([, bytes]) => gunzipSync(bytes).toString('utf8').split('\n'));
  return [...new Set(lines.filter((line) => line.startsWith('{"start":')))].sort();
}

describe('a divided scan, by the bundled functions', () => {
  it('tells what the loop tells, with a child that is killed and a part that two read at once', async () => {
    const loop = await startCompany({ divideFrom: 0 });
    let kills = 0;
    let calls = 0;
    let secondReaders = 0;
    const readAgain = async (payload: unknown) => {
      secondReaders += 1;
      await map.functions.Scan.invoke(payload);
      secondReaders -= 1;
    };
    const again: Promise<void>[] = [];
    const evidence = () => objectsOf(map.simulator, '_work/evidence/').size;
    /** Kills a child of the machine as it writes; one that has just answered dies unseen, and another is killed. */
    const killOne = () => {
      let before = evidence();
      let restsUntil = 0;
      const watch = setInterval(() => {
        if (map.retries.length > 0 || kills === 3) return clearInterval(watch);
        const now = performance.now();
        if (secondReaders > 0 || now < restsUntil || evidence() === before) return;
        if (!map.functions.Scan.kill()) return;
        kills += 1;
        restsUntil = now + 1000;
        before = evidence();
      }, 2);
    };
    const map = await startCompany({
      divideFrom: 200,
      onCall: (name, payload) => {
        if (name !== 'Scan' || (payload as { phase?: string }).phase !== 'part') return;
        calls += 1;
        if (calls === 2 || calls === 4) again.push(readAgain(payload));
        if (calls === 6) killOne();
      },
    });
    try {
      expect(await loop.runDay(DAY)).toMatchObject({ status: 'SUCCEEDED', output: { missing_hours: [] } });
      expect(await map.runDay(DAY)).toMatchObject({ status: 'SUCCEEDED', output: { missing_hours: [] } });
      await Promise.all(again);
      expect(again).toHaveLength(2);
      expect(loop.states).not.toContain('Parts');
      expect(map.states.filter((state) => state === 'Parts')).toHaveLength(1);
      const plan = map.answers.find(({ answer }) => answer.state === 'parts')?.answer;
      expect(plan).toMatchObject({ bucket: BUCKET, key: `_work/scan/day-${DAY}-parts.json` });
      expect(Number(plan?.parts)).toBeGreaterThan(10);
      expect(kills).toBeGreaterThan(0);
      expect(map.retries.length).toBeGreaterThan(0);
      expect(startsIn(map)).toEqual(startsIn(loop));
      expect(toldBy(map)).toEqual(toldBy(loop));
      expect(toldBy(map).reports).toHaveLength(24);
      // Nothing of the work is left.
      expect([...objectsOf(map.simulator, '_work/scan/').keys()]).toEqual([]);
    } finally {
      await loop.close();
      await map.close();
    }
  });
});

/** A day that is collected, and one whose run looks back at it; that run's own scan does not reach back so far. */
const [FIRST, LAST] = ['2026-06-09', '2026-06-13'];

/** Collects a day, and another four days later: the first one gained files by then, and lost all of a folder. */
async function lookBackOf(options: Parameters<typeof startCompany>[0]) {
  const stack = await startCompany({ ...options, days: 6, queriesPerDay: 60, now: '2026-06-10T05:00:00Z' });
  const { store, clock } = stack.simulator;
  const files = [...store.list(TRAIL, { prefix: '', after: '', now: clock.now() + 30 * DAY_MS })];
  const folders = new Map<string, typeof files>();
  for (const file of files.filter(({ key }) => key.includes('/CloudTrail/') && key.includes('/2026/06/09/'))) {
    const folder = file.key.slice(0, file.key.lastIndexOf('/'));
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const [gone = []] = [...folders.values()].sort((a, b) => a.length - b.length);
  const ofDay = files.filter((file) => file.key.includes('/2026/06/09/') && !gone.includes(file));
  const late = ofDay.filter((_, index) => index % 9 === 7);
  for (const { key } of late) store.remove(TRAIL, key);
  const run = async (day: string) => {
    expect(await stack.runDay(day)).toMatchObject({ status: 'SUCCEEDED', output: { missing_hours: [] } });
  };
  await run(FIRST);
  for (const { key, bytes } of late) putFile(stack, key, bytes);
  for (const { key } of gone) store.remove(TRAIL, key);
  stack.advance(4 * DAY_MS);
  const before = startsIn(stack).length;
  await run(LAST);
  const changes = [...objectsOf(stack.simulator, '_work/file-changes/').values()]
    .flatMap((bytes) => gunzipSync(bytes).toString('utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as { name: string; now: unknown });
  return {
    stack,
    gone,
    before,
    missed: changes
      .filter(({ now }) => now === null)
      .map(({ name }) => name)
      .sort(),
  };
}

describe('a divided look-back, by the bundled functions', () => {
  it('tells what the undivided one tells, with a child that is killed and a part that two read at once', async () => {
    const again: Promise<unknown>[] = [];
    let [calls, kills, secondReaders] = [0, 0, 0];
    const seen: { stack?: DeployedDay } = {};
    const loop = await lookBackOf({ divideFrom: 0 });
    const map = await lookBackOf({
      divideFrom: 40,
      onStack: (stack) => {
        seen.stack = stack;
      },
      onCall: (name, payload) => {
        const { phase, part } = payload as { phase?: string; part?: { scan: string } };
        const { stack } = seen;
        if (name !== 'Scan' || phase !== 'part' || !part?.scan.startsWith('back-') || !stack) return;
        calls += 1;
        if (calls === 2) {
          secondReaders += 1;
          const second = stack.functions.Scan.invoke(payload).finally(() => {
            secondReaders -= 1;
          });
          again.push(second);
        }
        const before = stack.retries.length;
        const watch = setInterval(() => {
          if (calls < 4 || kills > 0 || secondReaders > 0 || stack.retries.length > before) return;
          if (stack.functions.Scan.kill()) kills += 1;
        }, 5);
        setTimeout(() => clearInterval(watch), 2000);
      },
    });
    try {
      await Promise.all(again);
      expect([again.length, kills]).toEqual([1, 1]);
      const plans = ({ answers }: DeployedDay) =>
        answers.filter(({ answer }) => String(answer.key).includes('_work/scan/back-')).map(({ answer }) => answer);
      expect(plans(loop.stack)).toEqual([]);
      expect(Number(plans(map.stack)[0]?.parts)).toBeGreaterThan(3);
      expect(map.stack.retries.length).toBeGreaterThan(0);
      expect(startsIn(map.stack)).toEqual(startsIn(loop.stack));
      expect(startsIn(loop.stack).length).toBeGreaterThan(loop.before);
      expect(toldBy(map.stack)).toEqual(toldBy(loop.stack));
      expect(toldBy(map.stack).reports).toHaveLength(2 * 24);
      expect(loop.missed).toEqual(loop.gone.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)).sort());
      expect(map.missed).toEqual(loop.missed);
      expect([...objectsOf(map.stack.simulator, '_work/scan/').keys()]).toEqual([]);
    } finally {
      await loop.stack.close();
      await map.stack.close();
    }
  });
});
