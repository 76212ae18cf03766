import type { Window } from '../../calendar/window.js';
import { isTransient } from '../aws/aws-failure.js';
import type { Counts } from '../aws/counts.js';
import type { RecordShapes } from '../compact/record-shapes.js';
import type { ReadingDesk } from '../content/reading-desk.js';
import type { UnpackRoom } from '../content/unpack-room.js';
import type { LoadZstd } from '../content/zstd-frame.js';
import type { DayEvidence } from '../gaps/day-evidence.js';
import type { LogFile, LogFileLimits, LogItem, ReadLogFileOptions } from './log-items.js';
import { readLitter } from './read-litter.js';
import { readLogFile } from './read-log-file.js';
import { createRevealedCredentials } from './revealing-events.js';

/** What a scan looks for in all of its files: the same for every hand that reads one. */
export interface TrailReading {
  /** Event names to look for. */
  readonly names: ReadonlySet<string>;
  /** Whether events of other names that tell on behalf of whom a credential acts are read, too. */
  readonly tells: boolean;
  readonly limits: LogFileLimits;
  /** Days of which each must show some evidence. */
  readonly days: readonly Window[];
}

/** A file of a trail, and what its name says of it. */
export interface TrailFile extends LogFile {
  /** Its name tells when it was delivered, so nobody looks for times in its bytes. */
  readonly isDated: boolean;
  readonly isLitter: boolean;
}

/** What a hand keeps from file to file. */
export interface TrailHand {
  readonly reading: TrailReading;
  readonly counts: Counts;
  readonly evidence: DayEvidence;
  readonly shapes: RecordShapes;
  readonly room: UnpackRoom;
  readonly desk: ReadingDesk;
  readonly loadZstd?: LoadZstd | undefined;
}

const TRIES_PER_FILE = 4;

/** Reads one file. What it yields follows from its bytes and its name alone, whoever reads it and whatever was read before. */
export async function* readTrailFile(file: TrailFile, hand: TrailHand): AsyncGenerator<readonly LogItem[]> {
  const { reading, counts, evidence, shapes, room, loadZstd } = hand;
  const options: ReadLogFileOptions = {
    ...{ names: reading.names, limits: reading.limits, counts, shapes, room },
    ...(reading.tells ? { revealed: createRevealedCredentials() } : {}),
    ...(loadZstd ? { loadZstd } : {}),
  };
  const read = (own: ReadLogFileOptions) => readWithRetry(file, own);
  if (file.isLitter) yield* readLitter(read, options);
  else yield* read(file.isDated ? options : { ...options, look: (bytes) => evidence.look(bytes) });
}

/** Begins a file again when the connection breaks; what was read of it comes twice, and is deduplicated like all events. */
async function* readWithRetry(file: LogFile, options: ReadLogFileOptions): AsyncGenerator<LogItem[]> {
  for (let tries = 1; ; tries++) {
    try {
      yield* readLogFile(file, options);
      return;
    } catch (error) {
      if (tries >= TRIES_PER_FILE || !isTransient(error)) throw error;
      options.counts.add('retries', 1);
    }
  }
}
