import { describe, expect, it } from 'vitest';
import type { Evidence, StartSource } from '../../ports/start-source.js';
import { logFile, otherRecord, startRecord } from '../record.fixture.js';
import { createTrailFiles } from '../trail/trail-files.js';

const DAY = { start: Date.parse('2026-11-03T00:00:00Z'), end: Date.parse('2026-11-04T00:00:00Z') };
const change = (eventName: string, time: string, requestParameters: object = { name: 'main' }) => ({
  ...otherRecord(),
  ...{ eventSource: 'cloudtrail.amazonaws.com', eventName, eventTime: `2026-11-03T${time}Z`, requestParameters },
  ...{ awsRegion: 'eu-west-1', recipientAccountId: '111122223333', errorCode: undefined },
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/mallory', accountId: '111122223333' },
});
const start = (time: string) => startRecord({ eventTime: `2026-11-03T${time}Z` });
/** A log file of eu-west-1, delivered at a time of the day. */
const file = (time: string, records: readonly unknown[]) =>
  [
    `AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/03/111122223333_CloudTrail_eu-west-1_20261103T${time}Z_abcdefghijklmnop.json.gz`,
    logFile(records),
  ] as const;

function trail(...files: (readonly [string, Uint8Array])[]): StartSource {
  const held = new Map(files);
  return createTrailFiles({
    bucket: {
      location: 's3://logs',
      async *list(prefix, after) {
        for (const [key, bytes] of [...held].sort(([a], [b]) => (a < b ? -1 : 1)))
          if (key.startsWith(prefix) && (after === null || key > after)) yield { key, size: bytes.length };
      },
      async *get(key) {
        yield Buffer.from(held.get(key) ?? '');
      },
    },
  });
}

async function notes(source: StartSource): Promise<Extract<Evidence, { kind: 'not-read' }>[]> {
  const found = [];
  for await (const { items } of source.scan(DAY, {})) found.push(...items.filter((item) => item.kind === 'not-read'));
  return found;
}

const before = file('0900', [start('08:50:00')]);

describe('a trail that was told to log no more', () => {
  it('leaves hours of which its log files say nothing, to the end', async () => {
    expect(await notes(trail(before, file('1005', [change('StopLogging', '10:00:05')])))).toEqual([
      {
        kind: 'not-read',
        name: 'trail main of 111122223333 eu-west-1',
        reason:
          'StopLogging by arn:aws:iam::111122223333:user/mallory at 2026-11-03T10:00:05Z: it may log nothing from then on, and nothing shows that it began again',
        wayOut: expect.stringContaining('--source lookup'),
        mayHold: { from: Date.parse('2026-11-03T10:00:05Z'), to: DAY.end },
      },
    ]);
  });

  it('and began again: between', async () => {
    const again = file('1805', [change('StartLogging', '18:00:00', { name: 'arn:aws:cloudtrail:::trail/main' })]);
    const [note] = await notes(trail(before, file('1005', [change('StopLogging', '10:00:05')]), again));
    expect(note?.reason).toContain('until StartLogging at 2026-11-03T18:00:00Z');
    expect(note?.mayHold?.to).toBe(Date.parse('2026-11-03T18:00:00Z'));
  });

  it('was another one where log files of the place went on', async () => {
    const stop = file('1005', [change('StopLogging', '10:00:05')]);
    expect(await notes(trail(before, stop, file('1200', [otherRecord()])))).toEqual([]);
    // What comes just behind may have been logged before.
    expect(await notes(trail(before, stop, file('1015', [otherRecord()])))).toHaveLength(1);
  });

  it('was another one where its starts were met', async () => {
    const narrow = { trailName: 'main', eventSelectors: [{ readWriteType: 'ReadOnly' }] };
    const stop = file('1005', [change('PutEventSelectors', '10:00:05', narrow)]);
    const [note] = await notes(trail(before, stop, file('1200', [otherRecord()])));
    expect(note?.reason).toContain('it logs no starts of Athena from then on');
    expect(await notes(trail(before, stop, file('1200', [start('11:50:00')])))).toEqual([]);
  });

  it('is told by those who read parts of it, together', async () => {
    const stop = file('1005', [change('StopLogging', '10:00:05')]);
    const later = file('1200', [otherRecord()]);
    const told = async (source: StartSource, keys: readonly (string | null)[]) => {
      const parts = [];
      for (const [at, after] of keys.slice(0, -1).entries()) {
        let cursor: unknown = null;
        for await (const batch of source.scan(DAY, { part: { after, to: keys[at + 1] ?? null, files: 1, bytes: 1 } }))
          cursor = batch.cursor;
        parts.push({ cursor, account: source.account(), notRead: [] });
      }
      return source.divided?.join(parts, [DAY]).notRead.map(({ name }) => name);
    };
    expect(await told(trail(before, stop), [null, before[0], null])).toEqual(['trail main of 111122223333 eu-west-1']);
    expect(await told(trail(before, stop, later), [null, stop[0], null])).toEqual([]);
  });
});
