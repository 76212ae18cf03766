import { unionOf, type Window } from '../../calendar/window.js';
import type { NotRead } from '../../cloudtrail/not-read.js';
import type { SourceAccount } from '../../ports/start-source.js';
import { workKey } from '../../tree/layout.js';
import type { TreeDocument } from '../../tree/update.js';

/** How far a scan has come. Written after the evidence it speaks of, so a crash loses work but never evidence. */
export interface Checkpoint {
  readonly schema: 1;
  readonly cursor: unknown;
  readonly covered: readonly Window[];
  /** Report dates whose hours are all written. */
  readonly done: readonly string[];
  readonly sources: readonly SourceAccount[];
  readonly isComplete: boolean;
  /** When it was written, epoch milliseconds; 0 when nobody said. */
  readonly writtenAt: number;
  /** What was met and not read. */
  readonly notRead: readonly NotRead[];
  /** Copies of events met so far, by the folder of their hour; none where absent. */
  readonly duplicates: Readonly<Record<string, number>>;
}

export const START: Checkpoint = {
  schema: 1,
  cursor: null,
  covered: [],
  done: [],
  sources: [],
  isComplete: false,
  writtenAt: 0,
  notRead: [],
  duplicates: {},
};

/** A checkpoint that cannot be read costs reading again what the log already has. */
export function checkpointOf(scanId: string): TreeDocument<Checkpoint> {
  return {
    key: workKey.scan(scanId),
    absent: START,
    parse: (value) => {
      const checkpoint = value as Partial<Checkpoint> | null;
      const isWhole = checkpoint?.schema === 1 && [checkpoint.covered, checkpoint.done].every(Array.isArray);
      return isWhole ? { ...START, ...checkpoint } : null;
    },
    whenDamaged: 'absent',
  };
}

export function eachOnce(notRead: readonly NotRead[]): NotRead[] {
  return [...new Map(notRead.map((item) => [JSON.stringify(item), item])).values()];
}

export function sumOf(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** What two runs of one command did together. The cursor is one's own: going on from it reads again what the other has read. */
export function joinCheckpoints(mine: Checkpoint, other: Checkpoint): Checkpoint {
  const folders = [...Object.keys(mine.duplicates), ...Object.keys(other.duplicates)];
  const more = (folder: string) => Math.max(mine.duplicates[folder] ?? 0, other.duplicates[folder] ?? 0);
  return {
    ...mine,
    sources: other.isComplete && !mine.isComplete ? other.sources : mine.sources,
    writtenAt: Math.max(mine.writtenAt, other.writtenAt),
    covered: unionOf([...mine.covered, ...other.covered]),
    done: [...new Set([...mine.done, ...other.done])].sort(),
    isComplete: mine.isComplete || other.isComplete,
    notRead: eachOnce([...mine.notRead, ...other.notRead]),
    duplicates: Object.fromEntries(folders.map((folder) => [folder, more(folder)])),
  };
}
