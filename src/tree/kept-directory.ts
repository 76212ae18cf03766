import type { ReportStore } from '../ports/report-store.js';
import { workKey } from './layout.js';
import { update } from './update.js';

/** The text of an identity directory and the kind of file it came from. */
export interface DirectoryText {
  readonly text: string;
  readonly format: 'yaml' | 'json';
}

/** Where it may lie; one of them at a time. */
export const DIRECTORY_KEYS: readonly string[] = Object.values(workKey.directory);

/**
 * Keeps the directory that a tree was collected with beside its evidence: explaining or settling a row later must read the
 * same one. Written only when it changed. Of several runs, the one that began last has the word next time.
 */
export async function keepDirectory(store: ReportStore, { text, format }: DirectoryText): Promise<void> {
  const bytes = Buffer.from(text, 'utf8');
  await update(store, workKey.directory[format], (stored) =>
    stored && Buffer.compare(stored.bytes, bytes) === 0 ? null : bytes,
  );
  const other = workKey.directory[format === 'yaml' ? 'json' : 'yaml'];
  if ((await store.tagOf(other)) !== null) await store.remove(other);
}

/** The directory that the latest `collect --directory` kept; null when there was none. */
export async function readKeptDirectory(store: ReportStore): Promise<DirectoryText | null> {
  for (const format of ['yaml', 'json'] as const) {
    const stored = await store.read(workKey.directory[format]);
    if (stored) return { text: Buffer.from(stored.bytes).toString('utf8'), format };
  }
  return null;
}
