import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dailyKey, hourFolder, manifestKey, parseHourKey, parseKey, reportKey, WORK_FILES, workKey } from './layout.js';

const label = { reportDate: '2025-08-28', hour: 1 };

describe('the keys of a tree', () => {
  it('are spelled as the contract says', () => {
    expect(hourFolder(label)).toBe('year=2025/month=08/day=28/hour=01/');
    expect(reportKey(label, 'csv')).toBe('year=2025/month=08/day=28/hour=01/report_2025_08_28_h01.csv');
    expect(manifestKey(label)).toBe('year=2025/month=08/day=28/hour=01/_manifest.json');
  });

  it('are read as what they were built as, in a tree and in a forest', () => {
    for (const tree of ['', 'account=1/region=us-east-1/', 'a/b/']) {
      expect(parseHourKey(tree + manifestKey(label))).toEqual({ tree, label, name: '_manifest.json' });
      expect(parseKey(tree + workKey.closing('2025-08-28'))).toEqual({
        kind: 'work',
        tree,
        what: 'closings',
        parts: ['2025-08-28'],
      });
    }
  });

  it('of the file of a day and its note are read as such', () => {
    for (const tree of ['', 'account=1/region=us-east-1/']) {
      const day = { kind: 'daily', tree, reportDate: '2025-08-28' };
      expect(parseKey(tree + dailyKey.rows('2025-08-28'))).toEqual({ ...day, what: 'rows' });
      expect(parseKey(tree + dailyKey.note('2025-08-28'))).toEqual({ ...day, what: 'note' });
      expect(parseKey(tree + dailyKey.sums('2025-08-28'))).toEqual({ ...day, what: 'sums' });
      expect(parseKey(`${tree}rollups/date=2025-08-28/queries.parquet`)).toEqual({ kind: 'stray', tree });
      expect(parseKey(`${tree}rollups/date=2025-08-28/_manifest.json`)).toEqual({ kind: 'stray', tree });
      expect(parseKey(`${tree}rollups/report.txt`)).toEqual({ kind: 'foreign' });
      expect(parseKey(`${tree}daily/date=2025-08-28/other.parquet`)).toEqual({ kind: 'stray', tree });
      expect(parseKey(`${tree}daily/date=2025-99-28/queries.parquet`)).toEqual({ kind: 'stray', tree });
      expect(parseKey(`${tree}daily/report.txt`)).toEqual({ kind: 'foreign' });
    }
  });

  it('are each of a kind that is listed', () => {
    const built = [
      workKey.closing('2025-08-28'),
      workKey.seal(7),
      workKey.files('2025-08-28', 'a'.repeat(24)),
      workKey.diff(label, 2),
      `${workKey.reject('undated', 'a'.repeat(24))}.bin`,
      workKey.accepted,
      workKey.input('directory', 'a'.repeat(64)),
      workKey.inputs,
      workKey.settleState,
      workKey.listing('2025-08-28'),
      workKey.rows(label, 3),
      workKey.lookupLease,
      workKey.lookBackLease,
    ];
    expect(built.map((key) => parseKey(key).kind)).toEqual(built.map(() => 'work'));
  });

  it('are strays where nobody writes them, and foreign beside a tree', () => {
    expect(parseKey('year=2025/month=08/note.txt')).toEqual({ kind: 'stray', tree: '' });
    expect(parseKey('t/year=2025/month=08/day=28/hour=24/report.csv')).toEqual({ kind: 'stray', tree: 't/' });
    expect(parseKey('_work/closings/yesterday.json')).toEqual({ kind: 'stray', tree: '' });
    expect(parseKey('_work/year=2025/month=08/day=28/hour=01/x')).toEqual({ kind: 'stray', tree: '' });
    expect(parseKey('notes/year.txt')).toEqual({ kind: 'foreign' });
  });
});

it('ARCHITECTURE lists every kind of working file, and no other', () => {
  const text = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
  const [, list = ''] = /<!-- working files -->\n([\s\S]*?)\n<!-- end -->/.exec(text) ?? [];
  const listed = [...list.matchAll(/^\| `([^`/]+)\/?` \|/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(Object.keys(WORK_FILES).sort());
});
