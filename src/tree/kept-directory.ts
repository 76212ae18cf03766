import { type ReportStore, WriteConflict } from '../ports/report-store.js';

/** The text of an identity directory and the kind of file it came from. */
export interface DirectoryText {
  readonly text: string;
  readonly format: 'yaml' | 'json';
}

const KEYS = { yaml: '_work/directory.yaml', json: '_work/directory.json' } as const;

/** Where it may lie; one of them at a time. */
export const DIRECTORY_KEYS: readonly string[] = Object.values(KEYS);

/**
 * Keeps the directory that a tree was collected with beside its evidence: explaining or settling a row later must read the
 * same one. Written only when it changed.
 */
export async function keepDirectory(store: ReportStore, { text, format }: DirectoryText): Promise<void> {
  const bytes = Buffer.from(text, 'utf8');
  const stored = await store.read(KEYS[format]);
  if (!stored || Buffer.compare(stored.bytes, bytes) !== 0) {
    try {
      await store.write(KEYS[format], bytes, stored ? { tag: stored.tag } : { absent: true });
    } catch (error) {
      // Another run keeps its own directory at the same moment: the one that began last has the word next time.
      if (!(error instanceof WriteConflict)) throw error;
    }
  }
  const other = format === 'yaml' ? KEYS.json : KEYS.yaml;
  if ((await store.tagOf(other)) !== null) await store.remove(other);
}

/** The directory that the latest `collect --directory` kept; null when there was none. */
export async function readKeptDirectory(store: ReportStore): Promise<DirectoryText | null> {
  for (const format of ['yaml', 'json'] as const) {
    const stored = await store.read(KEYS[format]);
    if (stored) return { text: Buffer.from(stored.bytes).toString('utf8'), format };
  }
  return null;
}
