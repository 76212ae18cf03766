import { Worker } from 'node:worker_threads';
import type { Clock } from '../ports/clock.js';
import { type PackedRead, unpackRead } from '../sources/trail/packed-items.js';
import type { TrailReading } from '../sources/trail/read-trail-file.js';
import type { FileRead, FileTask, TrailHands } from '../sources/trail/trail-hands.js';

// Threads, of which the functions of a deployed stack have none: their bundles leave this file out.

/**
 * Files given to a hand at once, of a megabyte each a third of a second's work: so long whoever gives them out hashes and packs what
 * waits to be written, and no hand shall wait for him. Of long ones fewer, by their bytes, but always one more than the one that is read.
 */
const EACH = 72;
const EACH_BYTES = 8 * 2 ** 20;
/** A hand that answers nothing for so long hangs: what it is given has 8 MB, a matter of seconds. A wrong guess costs reading again. */
const PATIENCE_MS = 5 * 60_000;

interface Waiting {
  readonly task: FileTask;
  readonly settle: (read: FileRead | null) => void;
}

interface Hand {
  readonly worker: Worker;
  /** Given to it, in order; it answers in this order. */
  readonly given: Waiting[];
  /** Of what is given to it and not answered. */
  bytes: number;
  /** Ends the watch over the file that it reads. */
  watch: AbortController | null;
}

/** Starts so many threads that read log files. A thread that dies, or hangs and is ended, gives back what it was given as not read. */
export function openTrailHands(
  reading: TrailReading,
  {
    jobs,
    sleep,
    script = new URL('./trail-hand.js', import.meta.url),
  }: { readonly jobs: number; readonly sleep: Clock['sleep']; readonly script?: URL },
): TrailHands {
  const hands = new Set<Hand>();
  const queue: Waiting[] = [];
  let isClosed = false;
  for (let count = 0; count < jobs; count += 1) hands.add(start());

  function start(): Hand {
    const hand: Hand = { worker: new Worker(script, { workerData: reading }), given: [], bytes: 0, watch: null };
    hand.worker.unref();
    hand.worker.on('message', (read: PackedRead | null) => {
      const answered = hand.given.shift();
      hand.bytes -= answered?.task.size ?? 0;
      answered?.settle(read && unpackRead(read));
      watch(hand);
      next();
    });
    hand.worker.on('error', () => lose(hand));
    hand.worker.on('exit', () => lose(hand));
    return hand;
  }

  /** Ends a hand that does not answer to the file that it is at. */
  function watch(hand: Hand): void {
    hand.watch?.abort();
    hand.watch = hand.given.length > 0 && hands.has(hand) ? new AbortController() : null;
    if (hand.watch)
      sleep(PATIENCE_MS, hand.watch.signal).then(
        () => hand.worker.terminate(),
        () => {}, // It answered, or was lost.
      );
  }

  function lose(hand: Hand): void {
    hands.delete(hand);
    watch(hand);
    for (const { settle } of hand.given.splice(0)) settle(null);
    next();
  }

  function next(): void {
    if (hands.size === 0 || isClosed) for (const { settle } of queue.splice(0)) settle(null);
    for (let waiting = queue[0]; waiting; waiting = queue[0]) {
      const hand = leastLaden();
      if (!hand) return;
      queue.shift();
      hand.given.push(waiting);
      hand.bytes += waiting.task.size;
      if (hand.given.length === 1) watch(hand);
      hand.worker.postMessage(waiting.task);
    }
  }

  /** The hand that is given the next file; none while all have enough. */
  function leastLaden(): Hand | null {
    let least: Hand | null = null;
    for (const hand of hands) {
      const takes = hand.given.length < 2 || (hand.given.length < EACH && hand.bytes < EACH_BYTES);
      if (takes && (least === null || hand.bytes < least.bytes)) least = hand;
    }
    return least;
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
      for (const hand of hands) hand.watch?.abort();
      await Promise.all([...hands].map(({ worker }) => worker.terminate()));
    },
  };
}
