import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { openWriter } from './duck.js';

/** Folders this very process writes to: the file lock below only keeps other processes out. */
const held = new Set<string>();

/**
 * Takes the right to write to a cache folder; null when another process (or another part of this one) has it.
 * The lock is DuckDB's own lock on a file: it ends with the process, however that ends, so there is no stale one.
 */
export async function takeWriterLock(folder: string): Promise<(() => void) | null> {
  if (held.has(folder)) return null;
  held.add(folder);
  const path = join(folder, 'writer.lock');
  try {
    const instance = await openWriter(path, { memoryLimit: '64MB' });
    await chmod(path, 0o600);
    return () => {
      instance.closeSync();
      held.delete(folder);
    };
  } catch (error) {
    held.delete(folder);
    if (error instanceof Error && isHeldElsewhere(error.message.replaceAll(path, ''))) return null;
    throw error;
  }
}

/** DuckDB names the lock; Windows only says who is in the way. */
function isHeldElsewhere(message: string): boolean {
  return /lock|being used by another process/i.test(message);
}
