import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runDemo } from '../../src/cli/demo/demo.js';
import { runCli } from '../../src/cli/main.js';
import { quietIo } from '../end-to-end/quiet-io.js';

/** The demo, collected once; each test breaks a copy of it. */
let demo = '';
const clock = { now: () => Date.now(), sleep: async () => {} };
const fresh = () => mkdtempSync(join(tmpdir(), 'aqt-break-'));

beforeAll(async () => {
  demo = fresh();
  expect(await runDemo({ output: demo, days: 3, seed: 7, format: 'csv' }, quietIo({ clock }))).toBe(0);
});

/** A command line, as a user types it. */
async function aqt(...args: readonly string[]): Promise<{ code: number; said: string }> {
  const io = quietIo({ clock });
  const code = await runCli(args, io);
  return { code, said: `${io.written.stderr}\n${io.written.stdout}` };
}

const hour = (root: string, day: number, label: number) =>
  join(root, 'year=2026/month=11', `day=0${day}`, `hour=${String(label).padStart(2, '0')}`);
const reportOf = (folder: string) => join(folder, readdirSync(folder).find((name) => name.startsWith('report')) ?? '');
const reportsOf = (root: string) =>
  readdirSync(join(root, 'year=2026'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith('report'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [path.slice(root.length), readFileSync(path, 'utf8')]);

const largestPart = (root: string, folder: string) => {
  const parts = readdirSync(join(root, '_work/evidence', folder)).map((name) =>
    join(root, '_work/evidence', folder, name),
  );
  return parts.reduce((largest, part) => (statSync(part).size > statSync(largest).size ? part : largest));
};

interface Break {
  readonly what: string;
  readonly harm: (root: string) => void;
  /** What `verify` says of it. */
  readonly names: RegExp;
}

/** What `settle --mend` mends from the evidence kept. */
const MENDED: readonly Break[] = [
  {
    what: 'a report that was deleted',
    harm: (root) => rmSync(reportOf(hour(root, 2, 9))),
    names: /2026-11-02 09h: the report is missing/,
  },
  {
    what: 'a byte that was changed',
    harm: (root) => {
      const path = reportOf(hour(root, 2, 9));
      const bytes = readFileSync(path);
      bytes[bytes.length - 20] = 0x5a;
      writeFileSync(path, bytes);
    },
    names: /2026-11-02 09h: the report's sha256 is/,
  },
  {
    what: 'a report that was cut short',
    harm: (root) => truncateSync(reportOf(hour(root, 2, 9)), 300),
    names: /2026-11-02 09h: the report has 300 bytes/,
  },
  {
    what: 'a manifest that was changed',
    harm: (root) => {
      const path = join(hour(root, 2, 9), '_manifest.json');
      writeFileSync(path, readFileSync(path, 'utf8').replace(/"version": 1/, '"version": 2'));
    },
    names: /2026-11-02 09h: the manifest is not the one that was sealed/,
  },
  {
    what: 'a manifest that is no JSON any more',
    harm: (root) => writeFileSync(join(hour(root, 2, 9), '_manifest.json'), '{'),
    names: /2026-11-02 09h: the manifest is damaged/,
  },
  {
    what: 'a manifest that was deleted',
    harm: (root) => rmSync(join(hour(root, 2, 9), '_manifest.json')),
    names: /2026-11-02 09h: there is a report but no manifest/,
  },
  {
    what: 'two hours that were swapped',
    harm: (root) => {
      renameSync(hour(root, 2, 9), join(root, 'aside'));
      renameSync(hour(root, 2, 10), hour(root, 2, 9));
      renameSync(join(root, 'aside'), hour(root, 2, 10));
      for (const label of [9, 10]) {
        const path = reportOf(hour(root, 2, label));
        renameSync(path, path.replace(/h\d\d\.csv$/, `h${String(label).padStart(2, '0')}.csv`));
      }
    },
    names: /2026-11-02 09h: the manifest is that of 2026-11-02 hour 10/,
  },
  {
    what: 'reports alone that were swapped',
    harm: (root) => {
      const [one, other] = [reportOf(hour(root, 2, 9)), reportOf(hour(root, 2, 10))];
      const bytes = readFileSync(one);
      writeFileSync(one, readFileSync(other));
      writeFileSync(other, bytes);
    },
    names: /2026-11-02 09h: row 1 .* lies outside the hour/,
  },
  {
    what: 'an hour that was deleted',
    harm: (root) => rmSync(hour(root, 2, 9), { recursive: true }),
    names: /2026-11-02 09h: the hour was sealed and is gone/,
  },
  {
    what: 'a day that was deleted',
    harm: (root) => rmSync(join(hour(root, 3, 0), '..'), { recursive: true }),
    names: /2026-11-03 00h to 23h: the hour was sealed and is gone/,
  },
  {
    what: 'a last seal that was deleted',
    harm: (root) => rmSync(join(root, '_work/seals/00000003.json')),
    names: /2026-11-03 00h to 23h: the manifest was never sealed/,
  },
  {
    what: 'all seals deleted',
    harm: (root) => rmSync(join(root, '_work/seals'), { recursive: true }),
    names: /_work\/seals\/ is gone/,
  },
];

describe('a tree that somebody broke', () => {
  it.each(MENDED)('with $what: verify names it, settle --mend mends it, verify is clean', async ({ harm, names }) => {
    const root = fresh();
    cpSync(demo, root, { recursive: true });
    harm(root);
    const found = await aqt('verify', root);
    expect(found.said).toMatch(names);
    expect(found.said).toContain(`aqt settle ${root} --mend`);
    expect(found.code).toBe(3);
    const mended = await aqt('settle', root, '--mend');
    expect(mended.code).toBe(0);
    const after = await aqt('verify', root);
    expect(after.said).toContain('Nothing is unexplained.');
    expect(after.code).toBe(0);
    expect(reportsOf(root)).toEqual(reportsOf(demo));
  });

  it('with a stray file: verify names it and leaves it to its owner', async () => {
    const root = fresh();
    cpSync(demo, root, { recursive: true });
    const strays = [join(hour(root, 2, 9), 'notes.txt'), join(root, 'year=2026/notes.csv')];
    for (const path of strays) writeFileSync(path, 'mine');
    const found = await aqt('verify', root);
    expect(found.said).toMatch(/2026-11-02 09h: there is a file that does not belong: notes\.txt/);
    expect(found.said).toMatch(/year=2026\/notes\.csv: there is a file that does not belong/);
    expect(found.said).toMatch(/yours to look at and remove/);
    expect(found.code).toBe(3);
    expect((await aqt('settle', root, '--mend')).code).toBe(0);
    expect((await aqt('verify', root)).code).toBe(3);
    for (const path of strays) rmSync(path);
    expect((await aqt('verify', root)).code).toBe(0);
  });

  it('with a seal missing in the middle: nothing can mend it, it can be accepted, and what comes is sealed', async () => {
    const root = fresh();
    cpSync(demo, root, { recursive: true });
    rmSync(join(root, '_work/seals/00000002.json'));
    const found = await aqt('verify', root);
    expect(found.said).toMatch(/seal 3 comes after seal 1: a seal is missing/);
    expect(found.said).toMatch(/Nothing can mend a chain of seals/);
    expect(found.code).toBe(3);
    expect((await aqt('settle', root, '--mend')).code).toBe(0);
    expect(readdirSync(join(root, '_work/seals'))).toContain('00000004.json');
    const still = await aqt('verify', root);
    expect(still.said).not.toMatch(/never sealed/);
    expect(still.code).toBe(3);
    const accepted = await aqt('verify', root, '--accept', 'lost in a move, ticket 12');
    expect(accepted.said).toMatch(/findings? accepted on .*: lost in a move, ticket 12/);
    expect(accepted.code).toBe(0);
    expect((await aqt('verify', root)).code).toBe(0);
    // What was accepted was this break, and no other.
    rmSync(join(root, '_work/seals/00000001.json'));
    expect((await aqt('verify', root)).code).toBe(3);
  });

  it('without evidence: the reports stay as they are, and collecting again brings it back', async () => {
    const root = fresh();
    cpSync(demo, root, { recursive: true });
    rmSync(join(root, '_work/evidence/2026-11-02'), { recursive: true });
    const found = await aqt('verify', root);
    expect(found.said).toMatch(/2026-11-02 .*: \d+ parts of its evidence under _work\/evidence\/ are gone/);
    expect(found.said).toContain(`aqt collect --from 2026-11-01 --to 2026-11-03 --output ${root}`);
    expect(found.code).toBe(3);
    const settled = await aqt('settle', root, '--mend');
    expect(settled.said).toMatch(/not settled: 2026-11-02 09h: its evidence under _work\/evidence\/ is gone/);
    expect(settled.code).toBe(3);
    expect(reportsOf(root)).toEqual(reportsOf(demo));
    // The demo's account is still there: its seed is all it needs.
    expect(await runDemo({ output: root, days: 3, seed: 7, format: 'csv' }, quietIo({ clock }))).toBe(0);
    expect((await aqt('verify', root)).code).toBe(0);
    expect(reportsOf(root)).toEqual(reportsOf(demo));
  });

  it('with damaged evidence: only the hours it is about are not settled', async () => {
    const root = fresh();
    cpSync(demo, root, { recursive: true });
    truncateSync(largestPart(root, '2026-11-02/h10'), 60);
    const found = await aqt('verify', root);
    expect(found.said).toMatch(/_work\/evidence\/2026-11-02\/h10\/\w+\.jsonl\.gz was changed or is damaged/);
    expect(found.code).toBe(3);
    const settled = await aqt('settle', root, '--mend');
    expect(settled.said).toMatch(/not settled: .*_work\/evidence\/2026-11-02\/h10\/\w+\.jsonl\.gz is damaged/);
    expect(settled.code).toBe(3);
    expect(reportsOf(root)).toEqual(reportsOf(demo));
  });

  it('without what is known of credentials: nobody is forgotten', async () => {
    const root = fresh();
    cpSync(demo, root, { recursive: true });
    for (const date of readdirSync(join(root, '_work/evidence')))
      rmSync(join(root, '_work/evidence', date, 'day'), { recursive: true, force: true });
    const found = await aqt('verify', root);
    expect(found.said).toMatch(/2026-11-02 .*: \d+ parts of its evidence under _work\/evidence\/ are gone/);
    expect(found.code).toBe(3);
    const settled = await aqt('settle', root);
    expect(settled.said).toMatch(/not settled: .*_work\/evidence\/\S+\/day\/.* gone; its report stays as it is/);
    expect(await runDemo({ output: root, days: 3, seed: 7, format: 'csv' }, quietIo({ clock }))).toBe(0);
    expect((await aqt('verify', root)).code).toBe(0);
    expect(reportsOf(root)).toEqual(reportsOf(demo));
  });

  it.each(['closings', 'inputs'])('without _work/%s: verify says so', async (name) => {
    const root = fresh();
    cpSync(demo, root, { recursive: true });
    rmSync(join(root, '_work', name), { recursive: true });
    const found = await aqt('verify', root);
    expect(found.said).toMatch(
      name === 'closings' ? /2026-11-01 was never closed/ : /_work\/inputs\/directory-\w+\.yaml was sealed and is gone/,
    );
    expect(found.code).toBe(3);
    expect(await runDemo({ output: root, days: 3, seed: 7, format: 'csv' }, quietIo({ clock }))).toBe(0);
    expect((await aqt('verify', root)).code).toBe(0);
  });

  it('of which only the reports were copied: they agree with their manifests, and that is all that is said', async () => {
    const root = fresh();
    cpSync(join(demo, 'year=2026'), join(root, 'year=2026'), { recursive: true });
    const found = await aqt('verify', root);
    expect(found.said).toMatch(/there are no seals and no evidence under _work\//);
    expect(found.code).toBe(3);
    expect((await aqt('verify', root, '--accept', 'a copy for the auditor')).code).toBe(0);
    appendFileSync(reportOf(hour(root, 2, 9)), 'x');
    expect((await aqt('verify', root)).code).toBe(3);
  });
});
