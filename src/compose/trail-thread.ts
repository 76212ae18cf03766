import { Worker } from 'node:worker_threads';
import type { Clock } from '../ports/clock.js';
import { type PackedRead, unpackRead } from '../sources/trail/packed-items.js';
import type { TrailReading } from '../sources/trail/read-trail-file.js';
import type { FileRead, FileTask } from '../sources/trail/trail-hands.js';
import { createClaims, free, takeBack } from './task-claims.js';

/**
 * Files given to a thread at once, of a megabyte each a fifth of a second's work: so long whoever gives them out hashes and packs what
 * waits to be written, and no thread shall wait for him. Of long ones fewer, by their bytes, but always one more than the one that is read.
 */
export const EACH = 72;
const EACH_BYTES = 8 * 2 ** 20;
/** A thread that answers nothing for so long hangs: what it is given has 8 MB, a matter of seconds. A wrong guess costs reading again. */
const PATIENCE_MS = 5 * 60_000;

/** A file that somebody is to read before its turn. */
export interface Waiting {
  /** Grows with the order of the files. */
  readonly number: number;
  readonly task: FileTask;
  readonly settle: (read: FileRead | null) => void;
}

interface Given extends Waiting {
  readonly place: number;
  isTakenBack: boolean;
}

/** One thread that reads log files, and what it was given. */
export class TrailThread {
  isLost = false;
  private readonly worker: Worker;
  private readonly claims = createClaims(EACH);
  /** Given to it, and not heard of since; it answers in this order. */
  private readonly given: Given[] = [];
  private places = 0;
  private bytes = 0;
  private answers = 0;
  private isWatched = false;
  private readonly watching = new AbortController();
  private readonly sleep: Clock['sleep'];
  private readonly heard: () => void;

  /** `heard`: it has answered, or was lost, and may be given more. */
  constructor(
    reading: TrailReading,
    { script, sleep, heard }: { readonly script: URL; readonly sleep: Clock['sleep']; readonly heard: () => void },
  ) {
    this.sleep = sleep;
    this.heard = heard;
    this.worker = new Worker(script, { workerData: { reading, claims: this.claims } });
    this.worker.unref();
    this.worker.on('message', (read: PackedRead | null) => this.answered(read));
    this.worker.on('error', () => this.lose());
    this.worker.on('exit', () => this.lose());
  }

  /** What it has to do, in bytes; null while it has enough. */
  get load(): number | null {
    const takes = this.given.length < 2 || (this.given.length < EACH && this.bytes < EACH_BYTES);
    return takes && !this.isLost ? this.bytes : null;
  }

  /** The number of the first file that it was given and has not begun, as far as is heard; null where there is none. */
  get firstUnread(): number | null {
    return this.given.find(({ isTakenBack }) => !isTakenBack)?.number ?? null;
  }

  give(waiting: Waiting): void {
    const place = this.places++ % EACH;
    free(this.claims, place);
    this.given.push({ ...waiting, place, isTakenBack: false });
    this.bytes += waiting.task.size;
    this.worker.postMessage({ task: waiting.task, place });
    if (!this.isWatched) this.watch().catch(() => {}); // It was ended, or lost.
  }

  /** Takes back the first file that it has not begun. */
  takeBack(): Waiting | null {
    for (const given of this.given) {
      if (given.isTakenBack || !takeBack(this.claims, given.place)) continue;
      given.isTakenBack = true;
      return given;
    }
    return null;
  }

  /** Ends it; what it was given stays unanswered until then. */
  async end(): Promise<void> {
    this.watching.abort();
    await this.worker.terminate();
  }

  private answered(read: PackedRead | null): void {
    const given = this.given.shift();
    this.bytes -= given?.task.size ?? 0;
    if (given?.isTakenBack === false) given.settle(read && unpackRead(read));
    this.answers += 1;
    this.heard();
  }

  /** While it holds files, ends it when it answers nothing from one look to the next: to watch over each file costs as much as to give it. */
  private async watch(): Promise<void> {
    this.isWatched = true;
    for (let before = -1; this.given.length > 0; ) {
      if (before === this.answers) return void this.worker.terminate();
      before = this.answers;
      await this.sleep(PATIENCE_MS, this.watching.signal);
    }
    this.isWatched = false;
  }

  private lose(): void {
    this.isLost = true;
    this.watching.abort();
    for (const { isTakenBack, settle } of this.given.splice(0)) if (!isTakenBack) settle(null);
    this.heard();
  }
}
