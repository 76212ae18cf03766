import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportDays } from '../../src/calendar/report-day.js';
import { collectorOf, startsFrom } from '../../src/collect/collector.fixture.js';
import { collectRange } from '../../src/collect/days/collect-range.js';
import { openTrailFolder } from '../../src/sources/trail/folder-trail-bucket.js';
import type { TrailBucket } from '../../src/sources/trail/list-trail.js';
import { createTrailFiles } from '../../src/sources/trail/trail-files.js';
import { REPORT_CODEC } from '../../src/storage/report-codec.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';
import { verify } from '../../src/verify/verify.js';
import { aStory, NOW, type Step, StoryTrail, StoryTree } from './trail-story.js';

describe('the ledger of log files', () => {
  it.each([
    ['', false],
    [', read by several hands', true],
  ])(
    'leaves every byte of the tree as without one, whatever is scanned, changes or is lost%s',
    async (_, hasHands) => {
      const sums = { opened: 0, without: 0 };
      await fc.assert(
        fc.asyncProperty(aStory, async ({ files, steps }) => {
          const trail = new StoryTrail();
          for (const file of files) trail.add(file);
          const [tree, plain] = [new StoryTree(trail, true, { hasHands }), new StoryTree(trail, false)];
          for (const step of steps) await take(step, trail, [tree, plain]);
          sums.opened += tree.opened.length;
          sums.without += plain.opened.length;
        }),
        { numRuns: Number(process.env.AQT_RUNS ?? 10) },
      );
      expect(sums.opened).toBeLessThan(sums.without * 0.9);
    },
    120_000,
  );
});

describe('a run that dies at any write', () => {
  it('leaves no file in the ledger whose lines are not in the evidence', async () => {
    await fc.assert(
      fc.asyncProperty(
        aStory,
        fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
        async ({ files, steps }, deaths) => {
          const trail = new StoryTrail();
          for (const file of files) trail.add(file);
          const [tree, plain] = [
            new StoryTree(trail, true, { stepMs: 20_000 }),
            new StoryTree(trail, false, { stepMs: 20_000 }),
          ];
          for (const step of steps) {
            // What is lost and damaged the other property tries: here parts lie otherwise in each tree.
            if (step.step === 'lose' || step.step === 'damage') continue;
            if (step.step !== 'scan') {
              await take(step, trail, [tree, plain]);
              continue;
            }
            tree.failsAfter = deaths.pop() ?? null;
            await tree.scan(step);
            tree.failsAfter = null;
            expect([await tree.scan(step), await plain.scan(step)]).toEqual(['done', 'done']);
            expect(await tree.evidence()).toEqual(await plain.evidence());
          }
        },
      ),
      { numRuns: Number(process.env.AQT_RUNS ?? 6) },
    );
  }, 120_000);
});

describe('a trail that was read', () => {
  const file = (day: number, minute: number, id = 0) => ({
    ...({ region: 'eu-west-1', day, minute, isDated: true } as const),
    events: (['start', 'start', 'link', 'teller', 'other'] as const).map((kind, index) => ({
      ...{ kind, minute: day * 1440 + minute - 10 - index, id },
    })),
  });
  const scan = (from: number, days: number) =>
    ({ step: 'scan', from, days, keeps: [true, true, true, true, true] }) as const;

  it('is not opened again: a second scan opens no file, a later one what came late or changed', async () => {
    const trail = new StoryTrail();
    for (let day = 0; day < 5; day++) for (let hour = 6; hour < 20; hour++) trail.add(file(day, hour * 60));
    const tree = new StoryTree(trail, true);
    const opened = async (step: Parameters<StoryTree['scan']>[0]) => {
      tree.opened.length = 0;
      expect(await tree.scan(step)).toBe('done');
      return tree.opened.length;
    };
    expect(await opened(scan(0, 5))).toBe(70);
    expect(await opened(scan(0, 5))).toBe(0);
    // Of a credential the earliest event is taken: alone a day may have another one, and then no more.
    for (let day = 0; day < 5; day++) expect(await opened(scan(day, 1))).toBeLessThanOrEqual(1);
    for (let day = 0; day < 5; day++) expect(await opened(scan(day, 1))).toBe(0);
    trail.add(file(1, 700, 3));
    expect(await opened(scan(0, 5))).toBe(1);
    trail.change(3, 'touch');
    expect(await opened(scan(0, 5))).toBe(1);
    tree.lose(0, '_work/files/');
    expect(await opened(scan(0, 5))).toBeGreaterThan(0);
    expect(await opened(scan(0, 5))).toBe(0);
  });

  it('is opened once by runs of every day, twice where its file reaches into the next; looking back opens nothing', async () => {
    const trail = new StoryTrail();
    const tree = new StoryTree(trail, true);
    const hours: [number, number][] = [];
    for (let day = 0; day < 5; day++) for (let hour = 0; hour < 24; hour++) hours.push([day, hour]);
    for (let day = 0; day < 5; day++) {
      // The report day ends at five; the run comes two hours later.
      while (hours[0] && hours[0][0] * 24 + hours[0][1] < (day + 1) * 24 + 7) {
        const [delivered, hour] = hours.shift() ?? [0, 0];
        trail.add(file(delivered, hour * 60 + 12));
      }
      expect(await tree.scan(scan(Math.max(0, day - 2), Math.min(day + 1, 3)))).toBe('done');
    }
    const opens = new Map<string, number>();
    for (const key of tree.opened) opens.set(key, (opens.get(key) ?? 0) + 1);
    expect(opens.size).toBe(120);
    const twice = [...opens].filter(([, count]) => count > 1);
    expect(Math.max(...opens.values())).toBe(2);
    // Two hours of each day were delivered before its run and belong to the next, and one file lies across the border.
    expect(twice.length).toBeLessThanOrEqual(4 * 3);
    tree.opened.length = 0;
    expect(await tree.scan(scan(0, 5))).toBe('done');
    expect(tree.opened.length).toBeLessThanOrEqual(4);
    tree.opened.length = 0;
    expect(await tree.scan(scan(0, 5))).toBe('done');
    expect(tree.opened).toEqual([]);
  });

  it('has its copies counted as if it were read', async () => {
    const trail = new StoryTrail();
    const [tree, plain] = [new StoryTree(trail, true), new StoryTree(trail, false)];
    for (const hour of [8, 9, 10]) trail.add({ ...file(2, hour * 60), events: file(2, 480).events });
    for (const copies of [2, 2, 3, 3]) {
      if (copies === 3 && trail.files.size === 3) trail.add({ ...file(3, 480), events: file(2, 480).events });
      expect([await tree.scan(scan(2, 1)), await plain.scan(scan(2, 1))]).toEqual(['done', 'done']);
      expect(tree.told()).toEqual(plain.told());
      const evidence = await tree.evidence();
      expect(evidence.get('reading of 2026-11-04/h02')?.[0]).toContain(`"duplicates":${copies * 2},`);
    }
    expect(tree.opened).toHaveLength(4);
  });

  it('shows of a day what a late file holds of it, whether it is opened or not', async () => {
    const trail = new StoryTrail();
    trail.add({ ...file(3, 480), events: file(2, 480).events });
    const tree = new StoryTree(trail, true);
    expect(await tree.scan(scan(2, 1))).toBe('done');
    const before = tree.told();
    expect(JSON.stringify([...(await tree.evidence()).values()])).not.toContain('not one log file');
    expect(await tree.scan(scan(2, 1))).toBe('done');
    expect(tree.told()).toEqual(before);
    expect(tree.opened).toHaveLength(1);
  });

  it('is read again where the evidence of it is gone, and where another version had read it', async () => {
    const trail = new StoryTrail();
    for (let hour = 6; hour < 20; hour++) trail.add(file(2, hour * 60));
    const tree = new StoryTree(trail, true);
    await tree.scan(scan(2, 1));
    const before = await tree.evidence();
    tree.opened.length = 0;
    for (let parts = 2; parts > 0; parts--) expect(tree.lose(0, '_work/evidence/2026-11-04/h03/')).not.toBeNull();
    expect(await tree.scan(scan(2, 1))).toBe('done');
    expect(tree.opened.length).toBeGreaterThan(0);
    expect(await tree.evidence()).toEqual(before);
    tree.opened.length = 0;
    expect(await tree.scan(scan(2, 1), 'test/2')).toBe('done');
    expect(tree.opened.length).toBe(14);
  });

  it.each(['a bucket', 'a folder'])('makes the same reports, in %s, that verify finds whole', async (where) => {
    const trail = new StoryTrail();
    for (let hour = 6; hour < 20; hour++) trail.add(file(2, hour * 60));
    const gets: string[] = [];
    const bucket =
      where === 'a folder' ? counted(await openTrailFolder(folderOf(trail)), gets) : trail.bucket(true, gets);
    const store = createMemoryStore();
    const days = reportDays({ from: '2026-11-04', to: '2026-11-04', timezone: 'UTC' });
    const told: string[] = [];
    const progress = (event: { kind: string; message?: string }) => void told.push(event.message ?? '');
    const collect = async () => {
      let rows = 0;
      const sources = startsFrom(createTrailFiles({ bucket }));
      for await (const { report } of collectRange(collectorOf(store, NOW, { progress }), sources, {
        days,
        format: 'json',
        scanId: 'x',
      }))
        rows += report.rows;
      return rows;
    };
    expect(await collect()).toBe(28);
    expect(gets).toHaveLength(14);
    const before = new Map([...store.files].map(([key, bytes]) => [key, text(bytes)]));
    expect(await collect()).toBe(28);
    expect(gets).toHaveLength(14);
    const changed = [...store.files].filter(([key, bytes]) => before.get(key) !== text(bytes)).map(([key]) => key);
    expect(changed).toEqual([]);
    for await (const { faults } of verify({ store, from: null, to: null, codec: REPORT_CODEC }))
      expect(faults).toEqual([]);
    if (where === 'a folder') return;
    trail.change(0, 'touch');
    expect(await collect()).toBe(28);
    expect(gets).toHaveLength(15);
    expect(told.filter((message) => message.includes('not those that were read before'))).toHaveLength(1);
  });
});

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** Who asks where a file of a folder lies opens it there. */
function counted(bucket: TrailBucket, gets: string[]): TrailBucket {
  return {
    ...bucket,
    pathOf(key) {
      gets.push(key);
      return bucket.pathOf?.(key) ?? '';
    },
    get(key, signal) {
      gets.push(key);
      return bucket.get(key, signal);
    },
  };
}

function folderOf(trail: StoryTrail): string {
  const folder = mkdtempSync(join(tmpdir(), 'aqt-once-'));
  for (const [key, { bytes }] of trail.files) {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), bytes);
  }
  return folder;
}

async function take(step: Step, trail: StoryTrail, [tree, plain]: readonly [StoryTree, StoryTree]): Promise<void> {
  switch (step.step) {
    case 'add':
      return trail.add(step.file);
    case 'change':
      return trail.change(step.at, step.events);
    case 'touch':
    case 'drop':
      return trail.change(step.at, step.step);
    case 'lose': {
      const lost = tree.lose(step.at, '_work/evidence/');
      expect(plain.lose(step.at, '_work/evidence/')).toBe(lost);
      return;
    }
    case 'damage': {
      const [key, bytes] = [...tree.store.files].filter(([name]) => name.startsWith('_work/files/'))[0] ?? [];
      if (key && bytes) tree.store.files.set(key, damaged(bytes, step.at));
      return;
    }
    case 'scan': {
      const [a, b] = [await tree.scan(step), await plain.scan(step)];
      expect(a).toBe(b);
      expect(tree.told()).toEqual(plain.told());
      return;
    }
  }
}

function damaged(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 + (at % 255));
  return copy;
}
