/**
 * What does `aqt verify` cost, beside what cannot be spared: reading the same files, unpacking the evidence, sha256 of both, and the
 * lines of the reports as text?
 *
 *   npm run build && npx tsx bench/verify.ts [rows = 124000] [days = 31] [folder] [dist/cli.js of other checkouts ...]
 *
 * Each command line collects a tree of its own from the same simulated trail and export of executions. Then they verify theirs in
 * turn, five times; the least CPU seconds (user and system, the start of Node included) and the highest peak of resident memory.
 * A folder keeps trees for the next run.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWorld } from '../src/simulator/company/workload.js';
import { exportedExecutions } from '../src/simulator/history/exported-executions.js';
import { trailFiles } from '../src/simulator/services/trail-files.js';

const rows = Number(process.argv[2] ?? 124_000);
const days = Number(process.argv[3] ?? 31);
const ROUNDS = 5;
const DAY_MS = 86_400_000;
/** Midnight of Thursday, 1 October 2026, in New York. */
const START = Date.UTC(2026, 9, 1, 4);
const LAST_DAY = new Date(START + (days - 1) * DAY_MS).toISOString().slice(0, 10);
const OWN = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const clis = [OWN, ...process.argv.slice(5).map((path) => resolve(path))];

/** The least that a proof of the bytes takes: nothing is looked at. */
const FLOOR = `
  import { createHash } from 'node:crypto';
  import { readdirSync, readFileSync } from 'node:fs';
  import { gunzipSync } from 'node:zlib';
  const root = process.argv.at(-1);
  let lines = 0;
  for (const name of readdirSync(root, { recursive: true })) {
    if (!/\\.(csv|json|gz)$/.test(name)) continue;
    const bytes = readFileSync(root + '/' + name);
    createHash('sha256').update(bytes).digest('hex');
    if (name.endsWith('.gz')) createHash('sha256').update(gunzipSync(bytes)).digest('hex');
    else if (name.endsWith('.csv')) lines += bytes.toString('utf8').split('\\n').length;
    else JSON.parse(bytes.toString('utf8'));
  }
`;

const folder = process.argv[4] ?? mkdtempSync(join(tmpdir(), 'aqt-bench-verify-'));
try {
  if (!existsSync(join(folder, 'executions.jsonl'))) await writeCorpus();
  const trees = clis.map((cli, index) => ({ cli, tree: join(folder, `tree-${index}`), runs: [] as Usage[] }));
  for (const { cli, tree } of trees) {
    if (existsSync(tree)) continue;
    const inputs = ['--trail', join(folder, 'trail'), '--executions', join(folder, 'executions.jsonl')];
    run(cli, ['collect', '--from', '2026-10-01', '--to', LAST_DAY, ...inputs, '--output', tree]);
  }
  const floors: Usage[] = [];
  let counted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const { cli, tree, runs } of trees) {
      const { usage, stdout } = run(cli, ['verify', tree, '--json']);
      runs.push(usage);
      if (cli === OWN) counted = rowsOf(stdout);
    }
    floors.push(measured(FLOOR, [join(folder, 'tree-0')]).usage);
  }
  console.log(
    `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}: ${counted} rows of ${days} days`,
  );
  const floor = least(floors);
  console.log(`${shown(floor)}  the same files read, unpacked, hashed, their lines cut`);
  for (const { cli, runs } of trees)
    console.log(
      `${shown(least(runs))}  verify, ${(least(runs).cpu / floor.cpu).toFixed(2)} times that  ${cli === OWN ? '' : cli}`,
    );
} finally {
  if (process.argv[4] === undefined) rmSync(folder, { recursive: true, force: true });
}

interface Usage {
  readonly cpu: number;
  readonly mib: number;
}

async function writeCorpus(): Promise<void> {
  const world = buildWorld({
    seed: 1,
    startsAt: START,
    days,
    queriesPerDay: Math.round(rows / days),
    noisePerDay: 2000,
  });
  for (const file of trailFiles(world, { layout: 'account', until: START + (days + 2) * DAY_MS })) {
    const path = join(folder, 'trail', file.key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.bytes);
  }
  const executions = createWriteStream(join(folder, 'executions.jsonl'));
  for (const batch of exportedExecutions(world, { asOf: START + (days + 1) * DAY_MS })) {
    if (!executions.write(`${JSON.stringify(batch)}\n`)) await once(executions, 'drain');
  }
  executions.end();
  await once(executions, 'finish');
}

function run(cli: string, args: readonly string[]): { readonly usage: Usage; readonly stdout: string } {
  return measured(`process.argv.splice(1, 1, ${JSON.stringify(cli)}); await import(${JSON.stringify(cli)});`, [
    'x',
    ...args,
  ]);
}

/** Runs a program in a process of its own, which tells when it ends what it took. */
function measured(program: string, args: readonly string[]): { readonly usage: Usage; readonly stdout: string } {
  const last = `process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    process.stderr.write('\\nTOOK ' + JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, mib: maxRSS / 1024 }));
  });`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', `${last}${program}`, '--', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, AWS_ACCESS_KEY_ID: '', AWS_PROFILE: '' },
  });
  const took = /\nTOOK (.*)$/.exec(child.stderr)?.[1];
  // Simulated days are not quite quiet: findings are 3.
  if (took === undefined || (child.status !== 0 && child.status !== 3))
    throw new Error(`${args.join(' ')} failed: ${child.stderr.slice(-2000)}`);
  return { usage: JSON.parse(took) as Usage, stdout: child.stdout };
}

function rowsOf(json: string): number {
  const { days: accounts } = JSON.parse(json) as { readonly days: readonly { readonly rows: number }[] };
  return accounts.reduce((sum, { rows: count }) => sum + count, 0);
}

/** CPU time is never less than what it takes, memory never more. */
function least(runs: readonly Usage[]): Usage {
  return { cpu: Math.min(...runs.map(({ cpu }) => cpu)), mib: Math.max(...runs.map(({ mib }) => mib)) };
}

function shown({ cpu, mib }: Usage): string {
  return `${cpu.toFixed(2).padStart(8)} CPU s ${mib.toFixed(0).padStart(5)} MiB`;
}
