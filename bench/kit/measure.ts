import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a process and its children took: seconds of CPU (user and system), and of the clock. */
export interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

/** No credentials of whoever runs this: what is measured asks nobody. */
const ENV = { PATH: process.env.PATH ?? '', HOME: mkdtempSync(join(tmpdir(), 'aqt-bench-home-')), LC_ALL: 'C' };

/** Runs a line of bash and measures all processes that it starts. @throws when it fails */
export function costOf(line: string): Cost {
  const timed = `TIMEFORMAT='cost %U %S %R'; set -o pipefail; time { ${line} ; } 2>/dev/null`;
  const { status, stderr } = spawnSync('bash', ['-c', timed], { env: ENV, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const [, user, system, wall] = /cost ([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? [];
  if (status !== 0 || user === undefined) throw new Error(`${line} ended with ${status}: ${stderr.slice(-2000)}`);
  return { cpu: Number(user) + Number(system), wall: Number(wall) };
}

/** Runs our command line in a process of its own. `peakMb`: the most memory that it had, in millions of bytes. @throws when it fails */
export function peakOf(args: readonly string[]): {
  readonly peakMb: number;
  readonly cpu: number;
  readonly stdout: string;
} {
  const script = `
    process.argv.splice(1, 0, 'aqt');
    await import(${JSON.stringify(pathToFileURL('dist/cli.js').href)});
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    process.stderr.write(JSON.stringify({ maxRSS, cpu: (userCPUTime + systemCPUTime) / 1e6 }) + '\\n');
  `;
  const options = { env: ENV, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, '--', ...args], options);
  const usage = /\{"maxRSS".*\}/.exec(child.stderr)?.[0];
  if (child.status !== 0 || usage === undefined)
    throw new Error(`aqt ended with ${child.status}: ${child.stderr.slice(-2000)}`);
  const { maxRSS, cpu } = JSON.parse(usage) as { maxRSS: number; cpu: number };
  return { peakMb: (maxRSS * 1024) / 1e6, cpu, stdout: child.stdout };
}

/** Measures several ways in turn, so that a busy minute is one for all of them; the first round warms up. */
export function inTurn<Name extends string>(
  ways: Readonly<Record<Name, () => Cost>>,
  rounds: number,
): Readonly<Record<Name, readonly Cost[]>> {
  const names = Object.keys(ways) as Name[];
  const costs = Object.fromEntries(names.map((name) => [name, [] as Cost[]])) as Record<Name, Cost[]>;
  for (let round = 0; round <= rounds; round += 1)
    for (const name of names) {
      const cost = ways[name]();
      if (round > 0) costs[name].push(cost);
    }
  return costs;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The ratio round by round. */
function ratiosOf(above: readonly number[], below: readonly number[]): number[] {
  return above.map((value, round) => value / (below[round] ?? Number.NaN));
}

/** The median of the ratios round by round. */
export function ratio(above: readonly number[], below: readonly number[]): number {
  return median(ratiosOf(above, below));
}

/** The ratio round by round: its median, and the least and the greatest. */
export function ratioText(above: readonly number[], below: readonly number[]): string {
  const ratios = ratiosOf(above, below);
  return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)})`;
}

/** The ratio pass by pass: its median, and its quartiles. */
export function quartilesText(above: readonly number[], below: readonly number[]): string {
  const ratios = ratiosOf(above, below).sort((a, b) => a - b);
  const at = (share: number) => (ratios[Math.floor(ratios.length * share)] ?? Number.NaN).toFixed(2);
  return `${median(ratios).toFixed(2)} (${at(0.25)}-${at(0.75)})`;
}

export const cpuOf = (costs: readonly Cost[]): number[] => costs.map(({ cpu }) => cpu);
export const wallOf = (costs: readonly Cost[]): number[] => costs.map(({ wall }) => wall);

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The first line that a program says of its version; null where it is not installed. */
export function versionOf(command: string): string | null {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { env: ENV, encoding: 'utf8' });
  return status === 0 ? ((stdout || stderr).split('\n')[0]?.trim() ?? null) : null;
}

/** What a reader must know to weigh the numbers. */
export function machineText(): string {
  const duckdb = JSON.parse(readFileSync('node_modules/@duckdb/node-api/package.json', 'utf8')) as { version: string };
  const versions = [
    `Node.js ${process.version} (zlib ${process.versions.zlib})`,
    versionOf('gzip --version'),
    versionOf('jq --version'),
    versionOf('python3 --version'),
    `DuckDB ${duckdb.version}`,
  ];
  const cores = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return `${cores.length} × ${cores[0]?.model.trim() ?? 'CPU'}, ${memory}, ${type()} ${release()}, load average ${loadavg()[0]?.toFixed(0)} at the end; ${versions.filter(Boolean).join(', ')}`;
}
