import type { Clock } from '../ports/clock.js';
import type { TrailReading } from '../sources/trail/read-trail-file.js';
import type { FileRead, TrailHands } from '../sources/trail/trail-hands.js';
import { EACH, TrailThread, type Waiting } from './trail-thread.js';

// Threads, of which the functions of a deployed stack have none: their bundles leave this file out.

/**
 * Starts so many threads that read log files, beside the one that gives them out and reads what they have not begun. A thread that dies,
 * or hangs and is ended, gives back what it was given as not read.
 */
export function openTrailHands(
  reading: TrailReading,
  {
    threads: count,
    sleep,
    script = new URL('./trail-hand.js', import.meta.url),
  }: { readonly threads: number; readonly sleep: Clock['sleep']; readonly script?: URL },
): TrailHands {
  const queue: Waiting[] = [];
  let number = 0;
  let isClosed = false;
  const threads = Array.from({ length: count }, () => new TrailThread(reading, { script, sleep, heard: next }));

  function next(): void {
    if (isClosed || threads.every(({ isLost }) => isLost)) for (const { settle } of queue.splice(0)) settle(null);
    for (let waiting = queue[0]; waiting; waiting = queue[0]) {
      const thread = leastLaden();
      if (!thread) return;
      queue.shift();
      thread.give(waiting);
    }
  }

  /** The thread that is given the next file; none while all have enough. */
  function leastLaden(): TrailThread | null {
    let least: TrailThread | null = null;
    for (const thread of threads)
      if (thread.load !== null && (least === null || thread.load < (least.load ?? 0))) least = thread;
    return least;
  }

  /** The first file that nobody has begun. */
  function takeBack(): Waiting | null {
    const inOrder = [...threads].sort((a, b) => (a.firstUnread ?? Infinity) - (b.firstUnread ?? Infinity));
    for (const thread of inOrder) {
      const waiting = thread.takeBack();
      if (waiting) return waiting;
    }
    return queue.shift() ?? null;
  }

  return {
    width: count * (EACH + 1),
    read: (task) =>
      new Promise((settle) => {
        queue.push({ number: number++, task, settle });
        next();
      }),
    async help(awaited, readHere) {
      let isThere = false;
      const come = () => {
        isThere = true;
      };
      awaited.then(come, come);
      // What threads have answered comes in between two turns.
      for (await turn(); !isThere; await turn()) {
        const waiting = takeBack();
        if (waiting === null) return;
        waiting.settle(await readHere(waiting.task).catch(notRead));
      }
    },
    async close() {
      isClosed = true;
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

/** Whoever reads it at its turn meets the failure again, and tells it. */
function notRead(): FileRead | null {
  return null;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
