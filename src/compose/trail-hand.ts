import { parentPort, workerData } from 'node:worker_threads';
import { lineOfLink } from '../cloudtrail/link-line.js';
import { createCounts } from '../sources/aws/counts.js';
import { UnpackRoom } from '../sources/content/unpack-room.js';
import { DayEvidence } from '../sources/trail/day-evidence.js';
import type { LogItem } from '../sources/trail/log-items.js';
import { readTrailFile, type TrailReading } from '../sources/trail/read-trail-file.js';
import { RecordShapes } from '../sources/compact/record-shapes.js';
import type { FileRead, FileTask, HandedItem } from '../sources/trail/trail-hands.js';
import { loadZstd } from './load-zstd.js';

// A thread that reads log files: it is given their bytes and gives back what stands in them. It opens, writes and asks nothing.

const reading = workerData as TrailReading;
const kept = { shapes: new RecordShapes(), room: new UnpackRoom() };
const evidence = new DayEvidence(reading.days, []);
/** So many items are passed on whole. A file of more is left to the loop, which passes them on in pieces. */
const MOST_ITEMS = 100_000;

async function read({ bytes, ...file }: FileTask): Promise<FileRead | null> {
  const counts = createCounts();
  const groups: HandedItem[][] = [];
  const open = async function* () {
    yield bytes;
  };
  let held = 0;
  for await (const items of readTrailFile({ ...file, open }, { reading, counts, evidence, ...kept, loadZstd })) {
    held += items.length;
    if (held > MOST_ITEMS) return null;
    groups.push(items.map(handed));
  }
  return { groups, counts: counts.all(), seen: evidence.known() };
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
