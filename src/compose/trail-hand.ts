import { parentPort, workerData } from 'node:worker_threads';
import { RecordShapes } from '../sources/compact/record-shapes.js';
import { ReadingDesk } from '../sources/content/reading-desk.js';
import { UnpackRoom } from '../sources/content/unpack-room.js';
import { DayEvidence } from '../sources/gaps/day-evidence.js';
import { packRead } from '../sources/trail/packed-items.js';
import { readTask } from '../sources/trail/read-task.js';
import type { TrailReading } from '../sources/trail/read-trail-file.js';
import type { FileTask } from '../sources/trail/trail-hands.js';
import { loadZstd } from './load-zstd.js';
import { begin, type GivenFile } from './task-claims.js';

// A thread that reads log files: it is given their bytes, or where they lie, and gives back what stands in them. It writes and asks nothing.

const { reading, claims } = workerData as { readonly reading: TrailReading; readonly claims: Int32Array };
const kept = { shapes: new RecordShapes(), room: new UnpackRoom(), desk: new ReadingDesk() };
const evidence = new DayEvidence(reading.days, []);

async function answer({ task, place }: GivenFile<FileTask>): Promise<void> {
  // Whoever gave it out has taken it back, and waits to hear that it is not held here any more.
  if (!begin(claims, place)) return parentPort?.postMessage(null);
  const read = await readTask(task, { reading, evidence, ...kept, loadZstd });
  parentPort?.postMessage(read && packRead(read));
}

let last: Promise<unknown> = Promise.resolve();
parentPort?.on('message', (given: GivenFile<FileTask>) => {
  // One after another, so that answers come in the order of the tasks. What is thrown here is no file's fault: it ends the thread,
  // and whoever gave out its files reads them.
  last = last.then(() => answer(given));
});
