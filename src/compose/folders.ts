import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../ports/clock.js';
import type { Progress } from '../ports/progress.js';
import type { ReportStore } from '../ports/report-store.js';
import { createExecutionExport, type ExecutionExport, UnreadableExport } from '../sources/export/execution-export.js';
import { openTrailFolder } from '../sources/trail/folder-trail-bucket.js';
import type { TrailBucket } from '../sources/trail/list-trail.js';
import { createLocalStore } from '../storage/local-store.js';
import { UsageError } from './usage-error.js';

// What lies on this machine. The functions of a deployed stack know buckets only: their bundles leave this file out.

/** Opens the store at a folder. */
export function openFolderStore(
  folder: string,
  { clock, isPassing = false }: { readonly clock: Clock; readonly isPassing?: boolean },
): ReportStore {
  return createLocalStore(folder, { clock, isFlushed: !isPassing });
}

/** Opens a folder or a file of CloudTrail's log files. @throws UsageError when there is none */
export async function openFolderTrail(path: string): Promise<TrailBucket> {
  await mustExist('--trail', path);
  return openTrailFolder(path);
}

/**
 * Opens exported executions and reads them once, so that what cannot be used is told before the first hour is written.
 * @throws UsageError when there is nothing, or not one readable entry
 */
export async function openExport(
  path: string,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: Progress },
): Promise<{ readonly source: ExecutionExport; close(): Promise<void> }> {
  await mustExist('--executions', path);
  const tempFolder = await mkdtemp(join(tmpdir(), 'aqt-export-'));
  const source = createExecutionExport({ bucket: await openTrailFolder(path), tempFolder });
  const close = async () => {
    source.close();
    await rm(tempFolder, { recursive: true, force: true });
  };
  try {
    await source.load(signal, progress);
  } catch (error) {
    await close();
    if (!(error instanceof UnreadableExport)) throw error;
    const takes =
      '--executions takes answers of get-query-execution or batch-get-query-execution, --trail the log files';
    throw new UsageError(`--executions ${path}: ${error.message}; ${takes}`, { cause: error });
  }
  return { source, close };
}

/** Reads a text file. */
export function readTextFile(path: string): Promise<string> {
  return readFile(path, 'utf8');
}

async function mustExist(option: string, path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    throw new UsageError(`${option} ${path}: there is no such file or folder`, { cause: error });
  }
}
