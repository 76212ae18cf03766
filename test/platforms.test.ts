import { describe, expect, it } from 'vitest';
import { hourEvidence, manifestKey, reportKey, workKey } from '../src/tree/layout.js';
import { readSourceTree } from './source-tree.js';

/** What Windows lacks, or forbids: a symbolic link without rights of an administrator (hard links are there), a user's number, a POSIX shell, a folder of that name. */
const MISSING: readonly (readonly [string, RegExp])[] = [
  ['symbolic links', /\b(?:symlink|lutimes|lchown)(?:Sync)?\s*\(/],
  ['user numbers', /process\.(?:getuid|geteuid|getgid|setuid)/],
  ['a POSIX shell', /(?:spawn|exec|execFile)(?:Sync)?\(\s*['"](?:sh|bash|\/bin\/)/],
  ['folders of Unix', /['"`]\/(?:tmp|var|usr|proc|dev)\//],
  ['signals that do not exist', /SIG(?:USR1|USR2|HUP)/],
];

describe('what Windows lacks', () => {
  const files = readSourceTree().filter(({ path }) => !path.startsWith('infra/') && !path.startsWith('simulator/'));

  it.each(MISSING)('is not relied on: %s', (_, pattern) => {
    const found = files.filter(({ text }) => pattern.test(text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '')));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it('lets nobody rename over an open file: who replaces one waits for it', () => {
    // A generation of the cache gets a name that nobody has open.
    const waiting = ['storage/held-files.ts', 'analytics/cache/sync-cache.ts'];
    const found = files.filter(
      ({ text }) => /(?:^|[^.\w])rename\(|fs\.rename|\.renameSync/.test(text) && /node:fs/.test(text),
    );
    expect(found.map(({ path }) => path).filter((path) => !waiting.includes(path))).toEqual([]);
  });

  it('may not stand in a name of a file: every key is made of names that it takes', () => {
    const label = { reportDate: '2026-11-01', hour: 7 };
    const sha256 = 'a'.repeat(64);
    const keys = [
      ...[reportKey(label, 'csv'), manifestKey(label), workKey.closing('2026-11-01'), workKey.seal(3)],
      ...[workKey.diff(label, 2), workKey.rows(label, 1), workKey.listing('2026-11-01'), workKey.budgets],
      ...[workKey.part(hourEvidence(label), { sha256, isMerged: true, shard: 2 }), workKey.input('prices', sha256)],
      ...[workKey.settings, workKey.accepted, workKey.lookupLease, workKey.definitions('2026-11-01')],
    ];
    for (const name of keys.flatMap((key) => key.split('/'))) {
      expect(name).toMatch(/^[^<>:"|?*\\]{1,100}$/);
      expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|[. ]$/i);
    }
  });
});
