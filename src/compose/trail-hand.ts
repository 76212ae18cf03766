import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { lineOfLink } from '../cloudtrail/link-line.js';
import { createCounts } from '../sources/aws/counts.js';
import { RecordShapes } from '../sources/compact/record-shapes.js';
import { UnpackRoom } from '../sources/content/unpack-room.js';
import { DayEvidence } from '../sources/trail/day-evidence.js';
import type { LogItem } from '../sources/trail/log-items.js';
import { type PackedRead, packItems } from '../sources/trail/packed-items.js';
import { readTrailFile, type TrailReading } from '../sources/trail/read-trail-file.js';
import type { FileTask, HandedItem } from '../sources/trail/trail-hands.js';
import { loadZstd } from './load-zstd.js';

// A thread that reads log files: it is given their bytes, or where they lie, and gives back what stands in them. It writes and asks nothing.

const reading = workerData as TrailReading;
const kept = { shapes: new RecordShapes(), room: new UnpackRoom() };
const evidence = new DayEvidence(reading.days, []);
/** So many items are passed on whole. A file of more is left to the loop, which passes them on in pieces. */
const MOST_ITEMS = 100_000;

async function read({ content, ...file }: FileTask): Promise<PackedRead | null> {
  const bytes = typeof content === 'string' ? bytesAt(content) : content;
  if (bytes === null) return null;
  const counts = createCounts();
  const groups: PackedRead['groups'][number][] = [];
  const open = async function* () {
    yield bytes;
  };
  let held = 0;
  for await (const items of readTrailFile({ ...file, open }, { reading, counts, evidence, ...kept, loadZstd })) {
    held += items.length;
    if (held > MOST_ITEMS) return null;
    groups.push(packItems(items.map(handed)));
  }
  return { groups, counts: counts.all(), seen: evidence.known() };
}

/** Null for a file that cannot be opened: whoever gave it out meets that again, and tells it. */
function bytesAt(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

function handed(item: LogItem): HandedItem {
  if (item.kind === 'link' && reading.names.has(item.eventName))
    return { kind: 'link-line', eventTime: item.eventTime, text: lineOfLink(item) };
  // Bytes travel with all of the memory that they are a part of, so they get their own.
  return item.kind === 'reject' && typeof item.raw !== 'string' ? { ...item, raw: new Uint8Array(item.raw) } : item;
}

let last: Promise<unknown> = Promise.resolve();
parentPort?.on('message', (task: FileTask) => {
  // One after another, so that answers come in the order of the tasks. What is thrown here is no file's fault: it ends the thread,
  // and whoever gave out its files reads them.
  last = last.then(async () => parentPort?.postMessage(await read(task)));
});
