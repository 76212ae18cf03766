// Builds dist/: the command line and library with the TypeScript compiler (the command line bundled then), the dashboard with Vite.
// Skips what is already newer than every source, so that `npm start` after `npm install` is quick the second time. With
// --without-deployment it leaves out templates and functions, which the demo does not need.
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundleCli } from './bundle-cli.mjs';

const force = process.argv.includes('--force');
const hasDeployment = !process.argv.includes('--without-deployment');
const stamps = { whole: 'dist/.built', part: 'dist/.built-without-deployment' };
const inputs = ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'vite.config.ts', 'scripts'];

const isFresh = (stamp) => existsSync(stamp) && newest(inputs) <= statSync(stamp).mtimeMs;
if (!force && (isFresh(stamps.whole) || (!hasDeployment && isFresh(stamps.part)))) process.exit(0);

rmSync('dist', { recursive: true, force: true });
const bin = (name, script) => join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), script);
const page = existsSync('vite.config.ts') ? [bin('vite', 'bin/vite.js'), ['build', '--logLevel', 'warn']] : null;
// Neither reads what the other writes.
await Promise.all([run(bin('typescript', 'bin/tsc'), ['-p', 'tsconfig.build.json']), page && run(...page)]);
for (const file of walk('src')) {
  // Data files beside the code travel with it.
  if (/\.(json|sql|css)$/.test(file) && !file.startsWith('src/dashboard/web'))
    cpSync(file, file.replace(/^src/, 'dist'));
}
await bundleCli();
await run('scripts/keep-code.mjs', []);
if (hasDeployment) await run('scripts/synth.mjs', ['--quiet']);
chmodSync('dist/cli.js', 0o755);
writeFileSync(hasDeployment ? stamps.whole : stamps.part, '');

function run(script, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${script} ended with ${code}`))));
  });
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
