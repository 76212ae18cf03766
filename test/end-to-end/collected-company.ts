import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ReportRow } from '../../src/record/columns.js';
import type { ReportFormat } from '../../src/record/manifest.js';
import { exportedExecutions } from '../../src/simulator/history/exported-executions.js';
import type { World } from '../../src/simulator/history/world.js';
import { trailFiles } from '../../src/simulator/services/trail-files.js';
import { decodeReport } from '../../src/storage/report-codec.js';

/** Midnight of 1 November 2026 in New York, where the simulated company begins. */
export const STARTS_AT = Date.UTC(2026, 10, 1, 4);
export const DAY_MS = 86_400_000;

/** A new empty folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'aqt-test-'));
}

/** Writes the company's trail and an export of its executions, as files, all that is delivered by `asOf`. */
export function writeEvidence(
  world: World,
  asOf: number,
  layout: 'account' | 'organization' = 'organization',
): { readonly trail: string; readonly executions: string } {
  const folder = temporaryFolder();
  for (const { key, bytes } of trailFiles(world, { layout, until: asOf })) {
    const path = join(folder, 'trail', key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  const executions = join(folder, 'executions.jsonl');
  writeFileSync(executions, [...exportedExecutions(world, { asOf })].map((batch) => JSON.stringify(batch)).join('\n'));
  return { trail: join(folder, 'trail'), executions };
}

/** Every file of the reports' tree, by path below the root. */
export function readTree(root: string): Map<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path.slice(root.length).startsWith('/year='));
  return new Map(paths.sort().map((path) => [path.slice(root.length + 1), readFileSync(path, 'latin1')]));
}

/** The same without the manifests, whose `collectedAt` tells when they were written. */
export function readReports(root: string): Map<string, string> {
  return new Map([...readTree(root)].filter(([path]) => !path.endsWith('_manifest.json')));
}

/** Every row below a root. */
export async function readRows(root: string, format: ReportFormat): Promise<ReportRow[]> {
  const rows: ReportRow[] = [];
  for (const [path] of readReports(root)) {
    for await (const row of decodeReport(format, piecesOf(readFileSync(join(root, path))))) rows.push(row);
  }
  return rows;
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
