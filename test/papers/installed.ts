import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from '../source-tree.js';

/** Ways in which somebody has the program. */
export const INSTALLS = ['a fresh clone', 'the packed package'] as const;

/** Puts the program into a folder as somebody has it, `aqt` on the path; returns the path. Dependencies are those of this checkout. */
export function install(kind: (typeof INSTALLS)[number], folder: string): string {
  const program = kind === 'a fresh clone' ? clone(join(folder, 'clone')) : unpack(join(folder, 'packed'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'aqt'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(join(bin, 'aqt'), 0o755);
  return `${bin}${delimiter}${process.env.PATH ?? ''}`;
}

function clone(folder: string): string {
  execFileSync('git', ['clone', '--quiet', ROOT, folder]);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: folder, stdio: 'ignore' });
  return join(folder, 'dist/cli.js');
}

function unpack(folder: string): string {
  mkdirSync(folder);
  const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
  });
  const file = packed.toString().trim().split('\n').at(-1) ?? '';
  execFileSync('tar', ['xzf', file], { cwd: folder });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'package/node_modules'), 'dir');
  return join(folder, 'package/dist/cli.js');
}
