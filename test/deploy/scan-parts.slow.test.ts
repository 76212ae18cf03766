import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeManifest } from '../../src/record/encode-manifest.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { buildDeployment } from './built.js';
import { BUCKET, type DeployedDay, startDeployedDay } from './deployed-day.js';

const DAY = '2026-06-10';
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
  readonly onCall?: (name: string, payload: unknown) => void;
}): Promise<DeployedDay> {
  const stack = await startDeployedDay({
    ...{ folder: built.folder, startsAt: '2026-06-08T04:00:00Z', now: '2026-06-11T05:00:00Z' },
    // One hour after the other: what one learns of a prepared statement, the next may use.
    ...{
      queriesPerDay: 200,
      scans: 3,
      concurrency: 1,
      trail: { bucket: TRAIL, layout: 'account', duplicateShare: 0.02 },
    },
    env: { EVENT_SOURCE: 'trail', TRAIL_URI: `s3://${TRAIL}`, DIVIDE_SCAN_FROM: String(options.divideFrom) },
    ...(options.onCall ? { onCall: options.onCall } : {}),
  });
  const { store, clock } = stack.simulator;
  const files = [...store.list(TRAIL, { prefix: '', after: '', now: clock.now() })];
  const ofDay = files.filter(({ key }) => key.includes('/2026/06/10/') && key.endsWith('.json.gz'));
  const put = (key: string, bytes: Buffer) =>
    store.put(
      TRAIL,
      { key, bytes, lastModified: clock.now(), contentType: 'application/json', metadata: {} },
      { ifMatch: undefined, ifNoneMatch: undefined },
    );
  const [first, second] = [ofDay[ofDay.length >> 1], ofDay[(ofDay.length >> 1) + 40]];
  if (!first || !second) throw new Error('the trail of the day has too few files');
  put(first.key, first.bytes.subarray(0, first.bytes.length >> 1));
  put(second.key, Buffer.from('no log at all, but it names StartQueryExecution'));
  return stack;
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
