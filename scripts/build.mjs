// Builds dist/: the command line and library with the TypeScript compiler, the dashboard with Vite.
// Skips what is already newer than every source, so that `npm start` after `npm install` is quick the second time.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const force = process.argv.includes('--force');
const stamp = 'dist/.built';
const inputs = ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'vite.config.ts', 'scripts'];

if (!force && existsSync(stamp) && newest(inputs) <= statSync(stamp).mtimeMs) process.exit(0);

rmSync('dist', { recursive: true, force: true });
const bin = (name, script) => join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), script);
run(bin('typescript', 'bin/tsc'), ['-p', 'tsconfig.build.json']);
for (const file of walk('src')) {
  // Data files beside the code travel with it.
  if (/\.(json|sql|css)$/.test(file) && !file.startsWith('src/dashboard/web'))
    cpSync(file, file.replace(/^src/, 'dist'));
}
if (existsSync('vite.config.ts')) run(bin('vite', 'bin/vite.js'), ['build', '--logLevel', 'warn']);
run('scripts/synth.mjs', ['--quiet']);
chmodSync('dist/cli.js', 0o755);
writeFileSync(stamp, '');

function run(script, args) {
  execFileSync(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function newest(paths) {
  return Math.max(
    ...paths
      .filter(existsSync)
      .flatMap((path) => (statSync(path).isDirectory() ? walk(path) : [path]))
      .map((path) => statSync(path).mtimeMs),
  );
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}
