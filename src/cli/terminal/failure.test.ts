import { expect, it } from 'vitest';
import { quietIo } from '../../../test/end-to-end/quiet-io.js';
import { ScanStopped } from '../../collect/scan/scan-stopped.js';
import { PermissionDenied } from '../../sources/aws/aws-failure.js';
import { reportFailure } from './failure.js';
import { EXIT } from './io.js';

const place = { kind: 'lookup-events', accountId: '111122223333', region: 'us-east-1', counts: {} };
const told = (error: unknown) => {
  const io = quietIo({ clock: { now: () => 0, sleep: async () => {} } });
  return [reportFailure(error, io), io.written.stderr] as const;
};

it('a scan that can go on is partly done; one that lacks a permission needs that first', () => {
  const [partial, words] = told(new ScanStopped(place, new Error('ServiceUnavailable')));
  expect(partial).toBe(EXIT.partial);
  expect(words).toContain('goes on where it stopped');
  const denied = new PermissionDenied('cloudtrail:LookupEvents', new Error('no'));
  expect(told(new ScanStopped(place, denied))[0]).toBe(EXIT.permission);
});
