import { createJsonSplitter } from './json-splitter.js';
import { createLineSplitter } from './line-splitter.js';
import type { Splitter, SplitterOptions } from './pieces.js';

/** Chooses how to cut JSON: by lines where it is JSON lines, so that damage stays in its line, else by brackets. */
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

/** Tells JSON from other text by its first signs: `[2026-11-01 …` begins a line of a log. */
export function beginsJson(probe: Buffer): boolean {
  const text = probe.toString('latin1', 0, 4096).replace(/^\u00ef\u00bb\u00bf/, '');
  return /^\s*(?:\{\s*(?:$|["}])|\[\s*(?:$|[[{"\]]|-?\d+(?:\.\d+)?\s*[,\]]|true|false|null))/.test(text);
}
