import { createCounts } from '../aws/counts.js';
import type { LogItem, ReadLogFileOptions } from './log-items.js';

/**
 * Reads a file that its name says is litter (`.DS_Store`, `_SUCCESS`, `x.crc`), for names lie: events in it count, and what names an
 * event that is looked for. That the rest cannot be read is as it should be: then it is counted as skipped.
 */
export async function* readLitter(
  read: (options: ReadLogFileOptions) => AsyncIterable<LogItem[]>,
  { look: _, ...options }: ReadLogFileOptions,
): AsyncGenerator<LogItem[]> {
  const counts = createCounts();
  let isLitter = true;
  for await (const items of read({ ...options, counts })) {
    const events = items.filter((item) => isEvent(item, options.names));
    if (events.length === 0) continue;
    isLitter = false;
    yield events;
  }
  if (isLitter) options.counts.add('filesSkipped', 1);
  else for (const [name, count] of Object.entries(counts.all())) options.counts.add(name, count);
}

function isEvent(item: LogItem, names: ReadonlySet<string>): boolean {
  if (item.kind !== 'reject') return item.kind !== 'not-read';
  const raw = Buffer.from(item.raw);
  for (const name of names) if (raw.includes(name)) return true;
  return false;
}
