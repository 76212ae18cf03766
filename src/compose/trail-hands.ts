import { Worker } from 'node:worker_threads';
import type { TrailReading } from '../sources/trail/read-trail-file.js';
import type { FileRead, FileTask, TrailHands } from '../sources/trail/trail-hands.js';

// Threads, of which the functions of a deployed stack have none: their bundles leave this file out.

/** Files given to a hand at once: the next is there when one is done. */
const EACH = 2;

interface Waiting {
  readonly task: FileTask;
  readonly settle: (read: FileRead | null) => void;
}

interface Hand {
  readonly worker: Worker;
  /** Given to it, in order; it answers in this order. */
  readonly given: Waiting[];
}

/** Starts so many threads that read log files. A thread that dies gives back what it was given as not read. */
export function openTrailHands(
  reading: TrailReading,
  { jobs, script = new URL('./trail-hand.js', import.meta.url) }: { readonly jobs: number; readonly script?: URL },
): TrailHands {
  const hands = new Set<Hand>();
  const queue: Waiting[] = [];
  let isClosed = false;
  for (let count = 0; count < jobs; count += 1) hands.add(start());

  function start(): Hand {
    const hand: Hand = { worker: new Worker(script, { workerData: reading }), given: [] };
    hand.worker.unref();
    hand.worker.on('message', (read: FileRead | null) => {
      hand.given.shift()?.settle(read);
      next();
    });
    hand.worker.on('error', () => lose(hand));
    hand.worker.on('exit', () => lose(hand));
    return hand;
  }

  function lose(hand: Hand): void {
    hands.delete(hand);
    for (const { settle } of hand.given.splice(0)) settle(null);
    next();
  }

  function next(): void {
    if (hands.size === 0 || isClosed) for (const { settle } of queue.splice(0)) settle(null);
    for (let rounds = 0; rounds < EACH; rounds += 1) {
      for (const hand of hands) {
        if (hand.given.length > rounds) continue;
        const waiting = queue.shift();
        if (!waiting) return;
        hand.given.push(waiting);
        hand.worker.postMessage(waiting.task);
      }
    }
  }

  return {
    width: jobs * (EACH + 1),
    read: (task) =>
      new Promise((settle) => {
        queue.push({ task, settle });
        next();
      }),
    async close() {
      isClosed = true;
      await Promise.all([...hands].map(({ worker }) => worker.terminate()));
    },
  };
}
