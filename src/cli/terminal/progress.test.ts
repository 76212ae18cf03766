import { describe, expect, it } from 'vitest';
import { quietIo } from '../../../test/end-to-end/quiet-io.js';
import type { ProgressEvent } from '../../ports/progress.js';
import { createProgress } from './progress.js';

const SCAN: Extract<ProgressEvent, { kind: 'scan' }> = {
  kind: 'scan',
  source: 'trail-files',
  read: 12,
  coveredMs: 0,
  totalMs: 86_400_000,
  calls: 300,
  throttled: 0,
};
const REACH = { files: 300, bytes: 30_000_000, allFiles: 1200, allBytes: 120_000_000 };

/** What is shown last of what a run tells at those seconds. */
function shown(...told: readonly (readonly [seconds: number, event: ProgressEvent])[]): string {
  let now = 0;
  const io = { ...quietIo({ clock: { now: () => now, sleep: async () => {} } }), stopwatch: () => now };
  const written: string[] = [];
  const { progress } = createProgress({ ...io, stderr: (text) => void written.push(text) }, { isQuiet: false });
  for (const [seconds, event] of told) {
    now = seconds * 1000;
    progress(event);
  }
  return (written.at(-1) ?? '').trim();
}

describe('createProgress', () => {
  it('tells a scan of files by its bytes, and what is left of it', () => {
    const begun: ProgressEvent = { ...SCAN, reach: { ...REACH, files: 0, bytes: 0 } };
    expect(shown([0, begun], [10, { ...SCAN, reach: REACH }])).toBe(
      'scanning █████░░░░░░░░░░░░░░░  25 % 300 of 1200 files · 30.0 MB of 120 MB · 12 starts · about 30 s left',
    );
    expect(shown([0, begun], [10, { ...SCAN, reach: { ...REACH, allFiles: null, allBytes: null } }])).toBe(
      'scanning 300 files · 30.0 MB · still listing · 12 starts',
    );
  });

  it('tells the reading of an export by its files and bytes', () => {
    const at = (bytes: number): ProgressEvent => ({
      ...{ kind: 'read', what: 'executions', read: 7 },
      reach: { ...REACH, bytes },
    });
    expect(shown([0, at(0)], [10, at(60_000_000)])).toBe(
      'reading  ██████████░░░░░░░░░░  50 % 300 of 1200 files · 60.0 MB of 120 MB · 7 executions · about 10 s left',
    );
  });

  it('tells a scan of time by the time that it covers', () => {
    const at = (coveredMs: number): ProgressEvent => ({ ...SCAN, source: 'lookup-events', coveredMs });
    expect(shown([0, at(0)], [10, at(43_200_000)])).toBe(
      'scanning ██████████░░░░░░░░░░  50 % lookup-events · 300 calls · 12 starts · about 10 s left',
    );
  });

  it('tells Athena’s lists by their workgroups', () => {
    const place = { reportDate: '2026-11-01', accountId: '111122223333', region: 'eu-west-1' };
    const at = (done: number): ProgressEvent => ({
      ...{ kind: 'list', ...place, ids: 50 * done },
      workGroups: { done, all: 500 },
    });
    expect(shown([0, at(0)], [20, at(100)])).toBe(
      'listing  ████░░░░░░░░░░░░░░░░  20 % 100 of 500 workgroups · 111122223333 eu-west-1 for 2026-11-01 · 5000 executions · about 1 min 20 s left',
    );
    expect(shown([0, { kind: 'list', ...place, ids: 3 }])).toBe(
      'listing  111122223333 eu-west-1 for 2026-11-01 · 3 executions',
    );
  });

  it('judges each piece of work by its own pace: one that goes on begins in the middle, and a scan says nothing of the writing', () => {
    const scan = (coveredMs: number): ProgressEvent => ({ ...SCAN, source: 'lookup-events', coveredMs });
    expect(shown([0, scan(43_200_000)], [10, scan(64_800_000)])).toMatch(/75 %.* · about 10 s left$/);
    const hour = (done: number): ProgressEvent => ({
      ...{ kind: 'hour', reportDate: '2026-11-01', hour: done, rows: 3 },
      ...{ done, total: 24 },
    });
    expect(shown([0, scan(0)], [600, hour(1)], [611, hour(12)])).toMatch(/12\/24 hours.* · about 12 s left$/);
  });

  it('names what was not read, with the way out', () => {
    const event = { kind: 'not-read', name: 's3://logs/x.xz', reason: 'packed with xz', wayOut: 'unpack it' } as const;
    expect(shown([1, event])).toBe('aqt: not read: s3://logs/x.xz: packed with xz; unpack it');
  });
});
