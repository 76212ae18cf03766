import { gunzipSync, gzipSync } from 'node:zlib';

/** Packs values as gzip-compressed JSON lines; the same values give the same bytes. */
export function packLines(values: readonly unknown[]): Uint8Array {
  const text = values.map((value) => JSON.stringify(value)).join('\n');
  // Level 1: working files are read once or twice, and the hour waits for them.
  return gzipSync(text, { level: 1 });
}

/**
 * Unpacks what `packLines` made; an empty list for no bytes.
 * @throws Error naming the key when the bytes are damaged: a working file is ours, so damage is not evidence but a fault
 */
export function unpackLines(bytes: Uint8Array, key: string): unknown[] {
  try {
    const text = gunzipSync(bytes).toString('utf8');
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as unknown);
  } catch (error) {
    throw new Error(`the working file ${key} is damaged; remove it and run the same command again`, { cause: error });
  }
}
