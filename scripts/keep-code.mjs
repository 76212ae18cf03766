// Keeps beside each script of the command line's bundle the code that V8 made of it while a command ran (`run-script.mjs`), so that
// nobody parses and compiles its text again. Without arguments it runs the commands that are worth it, one after the other: each
// keeps what those before it kept.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { codeOf, scripts } from '../dist/bundle/run-script.js';

const command = process.argv.slice(2);
if (command.length > 0) await keepCode();
else runCommands();

async function keepCode() {
  // The rest of the command line, as the command sees it.
  process.argv.splice(1, 1, 'aqt');
  const { ended } = await import('../dist/bundle/cli.js');
  await ended;
  if (process.exitCode) throw new Error(`aqt ${command.join(' ')} ended with ${process.exitCode}`);
  for (const [name, script] of scripts)
    writeFileSync(new URL(`../dist/bundle/${codeOf(name)}`, import.meta.url), script.createCachedData());
}

function runCommands() {
  const folder = mkdtempSync(join(tmpdir(), 'aqt-build-'));
  try {
    const trail = join(folder, 'trail');
    const day = join(trail, 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01');
    mkdirSync(day, { recursive: true });
    const file = '111122223333_CloudTrail_us-east-1_20261101T1505Z_AAAAAAAAAAAAAAAA.json.gz';
    const event = { eventTime: '2026-11-01T15:00:00Z', eventSource: 's3.amazonaws.com', eventName: 'ListBuckets' };
    writeFileSync(join(day, file), gzipSync(JSON.stringify({ Records: [event] })));
    const collect = [
      'collect',
      '--from',
      '2026-11-01',
      '--trail',
      trail,
      '--output',
      join(folder, 'reports'),
      '--json',
    ];
    for (const one of [['--help'], collect, collect]) keepCodeOf(one);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function keepCodeOf(command) {
  // Nobody asks AWS because somebody builds.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^AWS_/i.test(name)));
  const args = [fileURLToPath(import.meta.url), ...command];
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
}
