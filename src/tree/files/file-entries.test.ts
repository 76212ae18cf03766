import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogFileEntry } from '../../cloudtrail/log-file-entry.js';
import { decodeFileEntries, encodeFileEntries, type FileEntries } from './file-entries.js';

const entry = (name: string): LogFileEntry => ({
  ...{ name, size: 10, tag: '"x" 1', version: 'x' },
  hours: { '2026-11-01/h05': { at: 1, lines: 'AAAA' } },
  days: ['2026-11-01/day'],
  left: { starts: { from: 1, to: 2 }, links: null },
  tellers: [{ credential: 'ASIA u', at: 1, isTaken: true }],
});
const other = (name: string) => ({ ...{ name, size: 1, tag: 't', version: 'v' }, state: 'unread' as const });
const of = (...names: string[]): FileEntries => ({
  folder: 's3://logs/AWSLogs/1/CloudTrail/eu-west-1/',
  reader: 'test',
  parts: { '2026-11-01/h05': ['2026-11-01/h05/aa'] },
  entries: new Map(names.map((name) => [name, entry(name)])),
  others: new Map(names.map((name) => [`${name}-other`, other(`${name}-other`)])),
  isCut: false,
});

const textOf = (known: FileEntries | null) => known && gunzipSync(encodeFileEntries(known)).toString('utf8');

describe('what was read of the log files of a day', () => {
  it('comes back as it was kept, by name', () => {
    expect(decodeFileEntries(encodeFileEntries(of('b', 'a')))).toEqual(of('a', 'b'));
    expect(decodeFileEntries(encodeFileEntries(of()))).toEqual(of());
  });

  it('says nothing else where any character of it was changed', () => {
    const text = gunzipSync(encodeFileEntries(of('a', 'b'))).toString('utf8');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: text.length - 1 }),
        fc.string({ minLength: 0, maxLength: 2 }),
        (at, put) => {
          const changed = text.slice(0, at) + put + text.slice(at + 1);
          // White space between the members of the first line says nothing.
          expect([null, text]).toContain(textOf(decodeFileEntries(gzipSync(changed))));
        },
      ),
    );
  });

  it('is none where it is no such file', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('x'), gzipSync(''), gzipSync('null'), gzipSync('{"schema":1}')])
      expect(decodeFileEntries(bytes)).toBeNull();
    const bytes = encodeFileEntries(of('a'));
    for (let keep = 0; keep < bytes.length; keep += 7) expect(decodeFileEntries(bytes.subarray(0, keep))).toBeNull();
  });
});
