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

/** What a run of so many seconds shows. */
function shown(seconds: number, event: ProgressEvent): string {
  let now = 0;
  const io = { ...quietIo({ clock: { now: () => now, sleep: async () => {} } }), stopwatch: () => now };
  const written: string[] = [];
  const { progress } = createProgress({ ...io, stderr: (text) => void written.push(text) }, { isQuiet: false });
  now = seconds * 1000;
  progress(event);
  return written.join('').trim();
}

describe('createProgress', () => {
  it('tells a scan of files by its bytes, and what is left of it', () => {
    expect(shown(10, { ...SCAN, reach: REACH })).toBe(
      'scanning █████░░░░░░░░░░░░░░░  25 % 300 of 1200 files · 30.0 MB of 120 MB · 12 starts · about 30 s left',
    );
    expect(shown(10, { ...SCAN, reach: { ...REACH, allFiles: null, allBytes: null } })).toBe(
      'scanning 300 files · 30.0 MB · 12 starts · still listing',
    );
  });

  it('tells a scan of time by the time that it covers', () => {
    expect(shown(10, { ...SCAN, source: 'lookup-events', coveredMs: 43_200_000 })).toBe(
      'scanning ██████████░░░░░░░░░░  50 % lookup-events · 300 calls · 12 starts · about 10 s left',
    );
  });

  it('names what was not read, with the way out', () => {
    const event = { kind: 'not-read', name: 's3://logs/x.xz', reason: 'packed with xz', wayOut: 'unpack it' } as const;
    expect(shown(1, event)).toBe('aqt: not read: s3://logs/x.xz: packed with xz; unpack it');
  });
});
