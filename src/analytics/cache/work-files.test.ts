import { describe, expect, it } from 'vitest';
import { copiesIn, listedWorkFiles, planWorkFiles } from './work-files.js';

const files = (...keys: string[]) => keys.map((key) => ({ key, bytes: key.length }));

describe('the working files', () => {
  it('are the closings and the acceptances of each tree, and nothing else', () => {
    const listed = listedWorkFiles(
      files(
        '_work/accepted.json',
        '_work/closings/2026-11-02.json',
        '_work/closings/notes.txt',
        '_work/evidence/2026-11-02/h01.jsonl.gz',
        'account=1/region=r/_work/closings/2026-11-03.json',
        '_work/tmp/_work/accepted.json',
        'year=2026/month=11/day=02/hour=01/_manifest.json',
      ),
    );
    expect(listed.map(({ tree, kind, key }) => `${kind} of "${tree}": ${key}`)).toEqual([
      'accepted of "": _work/accepted.json',
      'closing of "": _work/closings/2026-11-02.json',
      'closing of "account=1/region=r/": account=1/region=r/_work/closings/2026-11-03.json',
    ]);
  });

  it('are read when they are new or of another size, checked when not, removed when gone', () => {
    const listed = listedWorkFiles([
      { key: '_work/accepted.json', bytes: 9 },
      { key: '_work/closings/2026-11-02.json', bytes: 5 },
      { key: '_work/closings/2026-11-03.json', bytes: 5 },
    ]);
    const known = [
      { key: '_work/accepted.json', tag: 'a', bytes: 8 },
      { key: '_work/closings/2026-11-01.json', tag: 'b', bytes: 5 },
      { key: '_work/closings/2026-11-02.json', tag: 'c', bytes: 5 },
    ];
    const names = (list: readonly { key: string }[]) => list.map(({ key }) => key);
    const plan = planWorkFiles(listed, known);
    expect(names(plan.read)).toEqual(['_work/accepted.json', '_work/closings/2026-11-03.json']);
    expect(names(plan.check)).toEqual(['_work/closings/2026-11-02.json']);
    expect(plan.remove).toEqual(['_work/closings/2026-11-01.json']);
    expect(planWorkFiles([], known, (key) => key.startsWith('_work/closings/')).remove).toEqual([
      '_work/closings/2026-11-01.json',
      '_work/closings/2026-11-02.json',
    ]);
  });
});

describe('a copy of the reports alone', () => {
  it('is a tree without seals and without evidence', () => {
    const listing = files(
      'a/_work/closings/2026-11-02.json',
      'b/_work/seals/00000001.json',
      `c/_work/evidence/2026-11-02/h01/${'0'.repeat(64)}.jsonl.gz`,
    );
    expect(copiesIn(listing, ['a/', 'b/', 'c/', 'd/', 'd/'])).toEqual(['a/', 'd/']);
    expect(copiesIn(files('_work/seals/00000001.json'), [''])).toEqual([]);
  });
});
