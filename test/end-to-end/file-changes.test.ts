import { describe, expect, it } from 'vitest';
import { endedPart, reportDay } from '../../src/calendar/report-day.js';
import { fileLines } from '../../src/cli/verify/verify-files.js';
import { collectorOf, startsFrom } from '../../src/collect/collector.fixture.js';
import { collectRange } from '../../src/collect/days/collect-range.js';
import type { TrailBucket } from '../../src/sources/trail/list-trail.js';
import { createTrailFiles } from '../../src/sources/trail/trail-files.js';
import { REPORT_CODEC } from '../../src/storage/report-codec.js';
import { readFileChanges } from '../../src/tree/files/file-changes.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';
import { examine } from '../../src/verify/examine.js';
import { createMemoryScratch } from '../../src/verify/memory-scratch.fixture.js';
import { NOW, StoryTrail, StoryTree } from './trail-story.js';

/** Six hours of a day: what is listed for their sake is the same. */
const DAYS = [endedPart(reportDay('2026-11-04', 'UTC'), Date.parse('2026-11-04T06:00:00Z'))].flatMap(
  (day) => day ?? [],
);
const REGIONS = ['eu-west-1', 'us-east-1'] as const;
const file = (day: number, minute: number, region: 'eu-west-1' | 'us-east-1' = 'eu-west-1') => ({
  ...{ region, day, minute, isDated: true },
  events: [{ kind: 'start' as const, minute: day * 1440 + minute - 10, id: 0 }],
});

/** The trail of two Regions on a few days, a tree, and what the runs said. */
function createWorld() {
  const trail = new StoryTrail();
  for (const day of [1, 2, 3])
    for (let hour = 6; hour < 12; hour++) for (const region of REGIONS) trail.add(file(day, hour * 60, region));
  const store = createMemoryStore();
  const told: string[] = [];
  const progress = (event: { kind: string; message?: string }) => void told.push(event.message ?? '');
  const collect = async (bucket: TrailBucket = trail.bucket(true), prefix = '') => {
    told.length = 0;
    const sources = startsFrom(createTrailFiles({ bucket, prefix }));
    const task = { days: DAYS, format: 'json', scanId: 'x' } as const;
    for await (const _ of collectRange(collectorOf(store, NOW, { progress }), sources, task));
    return told.filter((message) => message.includes('log files'));
  };
  const verify = async (accept: string | null = null) => {
    const acceptance = accept === null ? null : { reason: accept, acceptedAt: new Date(NOW).toISOString() };
    const examined = await examine({
      ...{ store, from: null, to: null, codec: REPORT_CODEC, scratch: createMemoryScratch() },
      accept: acceptance,
    });
    const own = examined.findings.filter(({ kind }) => kind.startsWith('log-file') || kind === 'file-gone');
    return {
      faults: [...examined.treeFaults.map(({ text }) => text), ...examined.hours.flatMap(({ faults }) => faults)],
      open: own.filter(({ accepted }) => accepted === null).map(({ kind, text }) => `${kind}: ${text}`),
      findings: own.length,
      trees: examined.trees,
      files: examined.trees.flatMap(({ files }) => files),
    };
  };
  const keys = () => [...trail.files.keys()].sort();
  const remove = (isGone: (key: string) => boolean) => {
    for (const key of keys().filter(isGone)) trail.files.delete(key);
  };
  return { trail, store, collect, verify, keys, remove };
}

describe('a log file that was read', () => {
  it('and changed is a finding until it is accepted, whatever later runs read', async () => {
    const { trail, collect, verify, keys } = createWorld();
    expect(await collect()).toEqual([]);
    expect(await verify()).toMatchObject({ faults: [], open: [], findings: 0 });
    trail.change(0, 'touch');
    expect(await collect()).toEqual([expect.stringContaining('1 log files are not those that were read before')]);
    expect(await collect()).toEqual([]);
    const { faults, open } = await verify();
    expect(faults).toEqual([]);
    expect(open).toHaveLength(1);
    expect(open[0]).toContain('log-file-changed: 1 log file delivered on 2026-11-03 is not what was read');
    expect(open[0]).toMatch(
      new RegExp(`s3://logs/${keys()[0]} \\(was \\d+ bytes, "1"; is \\d+ bytes, "37", seen 2026-`),
    );
    expect(await verify('we restored the bucket')).toMatchObject({ open: [], findings: 1 });
    trail.change(1, 'touch');
    await collect();
    // One more is new: all of the day are told again.
    expect((await verify()).open).toEqual([expect.stringContaining('2 log files delivered on 2026-11-03')]);
  });

  it('and is gone is a finding, for all its folder as for one, and stays one when it comes back or the ledger is lost', async () => {
    const { trail, store, collect, verify, keys, remove } = createWorld();
    await collect();
    const [first = '', , third = ''] = keys();
    const kept = trail.files.get(first);
    remove((key) => [first, third].includes(key) || key.includes('us-east-1/2026/11/05/'));
    expect(await collect()).toEqual([
      expect.stringContaining('8 log files that were read before are not there any more'),
    ]);
    const { faults, open } = await verify();
    expect(faults).toEqual([]);
    expect(open).toEqual([
      expect.stringContaining(
        'log-file-gone: 2 log files delivered on 2026-11-03 were read and are not there any more',
      ),
      expect.stringContaining('log-file-gone: 6 log files delivered on 2026-11-05'),
    ]);
    expect(open[0]).toContain('A lifecycle rule of the bucket may have removed them');
    if (kept) trail.files.set(first, kept);
    for (const key of [...store.files.keys()].filter((key) => key.startsWith('_work/files/'))) store.files.delete(key);
    expect(await collect()).toEqual([]);
    expect((await verify()).open).toEqual(open);
    const notes = [...store.files.keys()].filter((key) => key.startsWith('_work/file-changes/'));
    expect(notes).toHaveLength(2);
    // What was noticed is sealed with the day: who removes it is told of that, and who changes it, too.
    const [note = '', other = ''] = notes;
    store.files.delete(note);
    store.files.set(other, Buffer.from('x'));
    const after = await verify('no matter');
    expect(after.faults.join()).toContain(`${other} was changed or is damaged`);
    expect((await verify()).findings).toBe(1);
  });

  it('is not gone where a list failed, was not begun there, or shows another trail or prefix', async () => {
    const { trail, store, collect, verify, keys } = createWorld();
    await collect();
    const whole = trail.bucket(true);
    const failing: TrailBucket = {
      ...whole,
      async *list(prefix, after) {
        yield* [];
        for await (const one of whole.list(prefix, after)) {
          if (one.key.includes('us-east-1')) throw new Error('the list broke off');
          yield one;
        }
      },
    };
    await expect(collect(failing)).rejects.toThrow('the list broke off');
    store.files.delete('_work/scan/x.json');
    const account = 'AWSLogs/111122223333/CloudTrail/';
    expect(await collect(whole, `${account}eu-west-1`)).toEqual([]);
    expect(await collect({ ...new StoryTrail().bucket(true), location: 's3://other' })).toEqual([]);
    expect((await verify()).findings).toBe(0);
    // Of what lies below the prefix it is told all the same.
    trail.files.delete(keys()[0] ?? '');
    expect(await collect(whole, `${account}eu-west-1`)).toHaveLength(1);
    expect((await readFileChanges(store)).changes).toHaveLength(1);
  });

  it('is not another one where only the place that keeps it says so', async () => {
    const { trail, collect, verify } = createWorld();
    const copied = (tag: string): TrailBucket => ({
      ...trail.bucket(true),
      async *list(prefix, after) {
        for await (const one of trail.bucket(true).list(prefix, after)) yield { ...one, tag, version: 'written then' };
      },
    });
    await collect(copied('disk 1'));
    expect(await collect(copied('disk 2'))).toEqual([]);
    expect((await verify()).findings).toBe(0);
  });
});

describe('the log files of a day', () => {
  it('are counted as they are listed and read, by file while the ledger and the evidence know', async () => {
    const { trail, store, collect, verify, keys } = createWorld();
    const whole = trail.bucket(true);
    const denied = keys()[0] ?? '';
    const closed: TrailBucket = {
      ...whole,
      async *get(key) {
        if (key === denied) throw Object.assign(new Error('no'), { name: 'AccessDenied' });
        yield* whole.get(key);
      },
    };
    await collect(closed);
    const files = async () =>
      (await verify()).files.map(({ date, listed, read, proven }) => [date, listed, read, proven]);
    expect(await files()).toEqual([
      ['2026-11-03', 12, 11, 11],
      ['2026-11-04', 12, 12, 12],
      ['2026-11-05', 12, 12, 12],
    ]);
    const told = fileLines((await verify()).trees);
    expect(told).toContain('35 of 36 log files delivered from 2026-11-03 to 2026-11-05 were read; the ledger names 35');
    expect(told).toContain('2026-11-03: 11 of 12 at s3://logs were read, as listed 2026-');
    await collect(whole);
    expect((await files())[0]).toEqual(['2026-11-03', 12, 12, 12]);
    for (const key of [...store.files.keys()].filter((key) => key.startsWith('_work/evidence/2026-11-04/h05')))
      store.files.delete(key);
    expect((await files())[1]).toEqual(['2026-11-04', 12, 12, 10]);
    for (const key of [...store.files.keys()].filter((key) => key.startsWith('_work/files/2026-11-05')))
      store.files.delete(key);
    expect((await files())[2]).toEqual(['2026-11-05', 12, 12, 0]);
  });
});

describe('what is noticed of log files', () => {
  it('is the same wherever a run dies, and goes on', async () => {
    const ofFile = { step: 'scan', from: 2, days: 1, keeps: [false, false, true] } as const;
    for (let writes = 2, died = true; died; writes++) {
      const trail = new StoryTrail();
      for (const minute of [600, 601, 602]) for (const region of REGIONS) trail.add(file(2, minute, region));
      const tree = new StoryTree(trail, true, { stepMs: 20_000 });
      expect(await tree.scan(ofFile)).toBe('done');
      const [first = '', second = '', third = ''] = [...trail.files.keys()].sort();
      for (const key of trail.files.keys()) if (key !== first && key !== second) trail.files.delete(key);
      // What is left is read again, file by file, so that the run may die behind each.
      for (const at of [0, 1]) trail.change(at, 'touch');
      trail.add(file(3, 0, 'us-east-1'));
      tree.failsAfter = writes;
      died = (await tree.scan(ofFile)) !== 'done';
      tree.failsAfter = null;
      if (died) expect(await tree.scan(ofFile)).toBe('done');
      const { changes } = await readFileChanges(tree.store);
      expect(changes.map(({ now }) => now === null)).toEqual([false, false, true, true, true, true]);
      expect(third).toContain(changes[2]?.name);
    }
  });
});
