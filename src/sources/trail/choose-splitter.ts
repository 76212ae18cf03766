import { createJsonSplitter, type Splitter, type SplitterOptions } from './json-splitter.js';
import { createLineSplitter } from './line-splitter.js';

/** Chooses how to cut a file: by lines where it is JSON lines, so that damage stays in its line, else by brackets. */
export function chooseSplitter(name: string, probe: Buffer, options: SplitterOptions): Splitter {
  return isJsonLines(name, probe) ? createLineSplitter(options) : createJsonSplitter(options);
}

/** Tells JSON lines by the name, or by a first line that is a whole value while another follows. */
function isJsonLines(origin: string, probe: Buffer): boolean {
  const lines = probe
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split('\n', 3)
    .filter((line) => line.trim() !== '');
  const first = lines[0]?.trim() ?? '';
  if (/\.(?:jsonl|ndjson)(?:\.gz)?$/i.test(origin)) return first !== '{' && first !== '[';
  if (lines.length < 2) return false;
  try {
    JSON.parse(first);
    return true;
  } catch {
    return false;
  }
}
