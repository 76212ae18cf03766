import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runKeygen } from '../../src/cli/handover/keygen.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { HOSTILE, type PackedTestTree, packedAgain, packedTree, QUERIES, unpacked } from './packed-tree.js';

const io = () => quietIo({ clock: { now: () => 0, sleep: async () => {} } });

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** As somebody would who wants a changed pack to look whole: lists the hashes anew. */
function listedAnew(files: Map<string, Buffer>, key: ReturnType<typeof generateKeyPairSync> | null = null) {
  const proof = ['SHA256SUMS', 'SIGNED', 'SIGNED.sig', 'key.pem'];
  const own = [...files].filter(([path]) => !proof.includes(path));
  const list = own.map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`).join('');
  const signed = Buffer.from(`${sha256(list)}  SHA256SUMS\n`);
  files.set('SHA256SUMS', Buffer.from(list)).set('SIGNED', signed);
  if (key !== null) {
    files.set('SIGNED.sig', sign(null, signed, key.privateKey));
    files.set('key.pem', Buffer.from(String(key.publicKey.export({ type: 'spki', format: 'pem' }))));
  }
  return files;
}

let tree: PackedTestTree;
let whole: Buffer;
beforeAll(async () => {
  tree = await packedTree();
  whole = (await tree.pack()).bytes;
}, 60_000);
afterAll(() => tree.remove());

describe('a pack', () => {
  it('holds every row of the range, the same as the sealed reports, and a sample that comes out of its evidence', async () => {
    const { exit, faults, rows, hours_same_as_report, sample_same, told } = await tree.verifyBytes(whole);
    // Its evidence is a made-up trail that may still grow: that is told, and no fault.
    expect({ exit, faults, told }).toEqual({ exit: 0, faults: [], told: ['24 hours are open'] });
    expect({ rows, hours_same_as_report, sample_same }).toEqual({
      ...{ rows: QUERIES.length, hours_same_as_report: 24, sample_same: 5 },
    });
  });

  it('has the same bytes when it is made again', async () => {
    expect(sha256((await tree.pack()).bytes)).toBe(sha256(whole));
    expect(sha256((await tree.pack({ seed: 'another' })).bytes)).not.toBe(sha256(whole));
  });

  it('is checked with the commands that its index shows, without this program', () => {
    const folder = tree.path('by-hand');
    for (const [path, bytes] of unpacked(whole)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    const index = readFileSync(join(folder, 'index.html'), 'utf8');
    const shown = [...index.matchAll(/(?:^|<pre>)((?:openssl|sha256sum) [^<|\n]+)/gm)].map(([, command = '']) =>
      command.trim(),
    );
    expect(shown).toHaveLength(4);
    for (const command of shown) {
      const [program = '', ...args] = command.split(' ');
      execFileSync(program, args, { cwd: folder });
    }
    writeFileSync(join(folder, 'rows.csv'), 'another');
    expect(() => execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, stdio: 'pipe' })).toThrow();
    writeFileSync(join(folder, 'SIGNED'), 'another');
    const openssl = shown.find((command) => command.startsWith('openssl pkeyutl')) ?? '';
    expect(() => execFileSync('openssl', openssl.split(' ').slice(1), { cwd: folder, stdio: 'pipe' })).toThrow();
  });

  it('has an index that reaches for nothing and lets no text of others become markup', () => {
    const index = unpacked(whole).get('index.html')?.toString('utf8') ?? '';
    expect(index).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    );
    expect(index).not.toMatch(/<script|<img|<link|<iframe|https?:\/\//);
    for (const query of HOSTILE) if (query.includes('<')) expect(index).not.toContain(query);
  });

  it('draws the sample that anybody can draw from its rows', () => {
    const files = unpacked(whole);
    const { sample } = JSON.parse(files.get('pack.json')?.toString() ?? '') as {
      sample: { seed: string; rows: { id: string }[] };
    };
    const ids = QUERIES.map(({ id }) => id).sort((a, b) =>
      sha256(`${sample.seed} ${a}`) < sha256(`${sample.seed} ${b}`) ? -1 : 1,
    );
    expect(sample.rows.map(({ id }) => id).sort()).toEqual(ids.slice(0, 5).sort());
  });
});

describe('a pack that was changed', () => {
  it('is found when it is cut, or something follows it', async () => {
    expect((await tree.verifyBytes(whole.subarray(0, whole.length - 1))).exit).toBe(3);
    expect((await tree.verifyBytes(whole.subarray(0, 1000))).faults.join()).toContain(
      'the archive ends inside rows.csv',
    );
    expect((await tree.verifyBytes(Buffer.concat([whole, Buffer.from('x')]))).exit).toBe(3);
    expect((await tree.verifyBytes(Buffer.from('no archive'))).exit).toBe(3);
    expect((await tree.verifyBytes(Buffer.alloc(0))).exit).toBe(3);
  });

  it('is named by its file when one was changed, taken out, added or swapped', async () => {
    const changed = async (change: (files: Map<string, Buffer>) => void) => {
      const files = unpacked(whole);
      change(files);
      return (await tree.verifyBytes(await packedAgain(files))).faults.join('\n');
    };
    const [first = '', second = ''] = [...unpacked(whole).keys()].filter((path) => path.endsWith('_manifest.json'));
    expect(await changed((files) => files.delete('sample/001.jsonl'))).toContain(
      'sample/001.jsonl is in the list and not in the pack',
    );
    expect(await changed((files) => files.set('more.txt', Buffer.from('x')))).toContain(
      'more.txt is in the pack and not in the list',
    );
    const swapped = await changed((files) => {
      const [a, b] = [files.get(first), files.get(second)];
      if (a && b) files.set(first, b).set(second, a);
    });
    expect(swapped).toContain(`${first} was changed`);
    expect(swapped).toContain(`${second} was changed`);
    expect(await changed((files) => files.delete('SIGNED.sig'))).toContain('the signature was taken out');
  });

  it('is found when a row was dropped and everything listed and signed anew', async () => {
    const files = unpacked(whole);
    const rows = files.get('rows.csv')?.toString('utf8').trimEnd().split('\n') ?? [];
    files.set('rows.csv', Buffer.from(`${rows.slice(0, -1).join('\n')}\n`));
    const forged = await packedAgain(listedAnew(files, generateKeyPairSync('ed25519')));
    const { exit, faults } = await tree.verifyBytes(forged);
    expect(exit).toBe(3);
    expect(faults.join('\n')).toMatch(/key\.pem: the enclosed key .* is not the one given/);
    expect(faults.join('\n')).toMatch(/does not hold with the given key/);
    expect(faults.join('\n')).toMatch(/2026-11-02 08h: there are 5 rows, 6 belong here/);
    expect(faults.join('\n')).toContain('rows.csv has 16 rows, the population is said to have 17');
    // Without a key from elsewhere the forger's own holds, and the rows still tell.
    const alone = await tree.verify(tree.path('changed.zip'), null);
    expect(alone.exit).toBe(3);
    expect(alone.faults.join('\n')).toMatch(/its rows are not those of the report that its manifest names/);
  });

  it('is found when an hour is left out, or its evidence was edited, by whoever holds the key', async () => {
    const key = generateKeyPairSync('ed25519');
    const signed = async (change: (files: Map<string, Buffer>) => void) => {
      const files = unpacked(whole);
      change(files);
      writeFileSync(tree.path('changed.zip'), await packedAgain(listedAnew(files, key)));
      return (await tree.verify(tree.path('changed.zip'), null)).faults.join('\n');
    };
    const edited = (name: string, change: (text: string) => string) => (files: Map<string, Buffer>) =>
      void files.set(name, Buffer.from(change(files.get(name)?.toString('utf8') ?? '')));
    const withoutHour = edited('hours.json', (text) =>
      JSON.stringify((JSON.parse(text) as { hour: number }[]).filter(({ hour }) => hour !== 3)),
    );
    expect(await signed(withoutHour)).toContain('2026-11-02 03h: the hour is not in the pack');
    expect(await signed(edited('sample/002.jsonl', (text) => text.replaceAll('SUCCEEDED', 'FAILED')))).toMatch(
      /sample\/002\.jsonl .*: the evidence says something else in state/,
    );
    const [manifest = ''] = [...unpacked(whole).keys()].filter((path) => path.endsWith('_manifest.json'));
    expect(await signed(edited(manifest, (text) => text.replace('"version": 1', '"version": 2')))).toContain(
      'the manifest is not the one that was sealed',
    );
  });
});

describe('keys and what was asked', () => {
  it('says that nobody signed, and takes no private key to check with', async () => {
    await tree.pack({ key: undefined } as never);
    const { exit, signed, faults } = await tree.verify(tree.path('pack.zip'), null);
    expect({ exit, signed, faults }).toEqual({ exit: 3, signed: false, faults: [] });
    expect((await tree.verify()).faults.join()).toContain('SIGNED.sig is not there');
    await expect(tree.verify(tree.path('pack.zip'), tree.path('key.pem'))).rejects.toThrow(
      'it is a private one, which never belongs to whoever checks',
    );
  });

  it('never writes over a key, and names what is wrong with one', async () => {
    await expect(runKeygen({ file: tree.path('key.pem') }, io())).rejects.toThrow('is there already');
    await expect(tree.pack({ key: tree.path('key.pub.pem') })).rejects.toThrow('this is a public key');
    writeFileSync(tree.path('not.pem'), 'hello');
    await expect(tree.pack({ key: tree.path('not.pem') })).rejects.toThrow('this is no private key in PEM form');
    await expect(tree.pack({ from: '2026-12-01', to: '2026-12-02' })).rejects.toThrow(
      'there are no reports of these days',
    );
  });
});
