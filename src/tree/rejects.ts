import { createHash } from 'node:crypto';
import type { Reject } from '../cloudtrail/start.js';
import type { ReportStore } from '../ports/report-store.js';
import { workKey } from './layout.js';

/**
 * Keeps a record or file that could not be used, whole, with the reason and where it came from.
 * The key follows from the content, so keeping it twice keeps it once. Returns the key.
 */
export async function keepReject(store: ReportStore, reject: Reject): Promise<string> {
  const bytes = typeof reject.raw === 'string' ? Buffer.from(reject.raw, 'utf8') : Buffer.from(reject.raw);
  const name = createHash('sha256').update(reject.origin).update('\0').update(bytes).digest('hex').slice(0, 24);
  const folder = reject.eventTime === null ? 'undated' : new Date(reject.eventTime).toISOString().slice(0, 10);
  const key = workKey.reject(folder, name);
  const isText = typeof reject.raw === 'string';
  const note = {
    origin: reject.origin,
    reason: reject.reason,
    ...(isText ? { record: reject.raw } : { file: `${name}.bin` }),
  };
  // The bytes first: a note never points at a file that is not there.
  if (!isText) await store.write(`${key}.bin`, bytes, 'any');
  await store.write(`${key}.json`, Buffer.from(`${JSON.stringify(note, null, 2)}\n`), 'any');
  return `${key}.json`;
}
