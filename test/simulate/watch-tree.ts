import { unpackLines } from '../../src/tree/json-lines.js';

/** What must hold at every single write, whatever a later one heals. */
export interface TreeWatch {
  /** Sentences; empty when every write kept to the rules. */
  readonly faults: readonly string[];
  /** Checks a write before it happens; `after` is null for a removal. */
  see(key: string, before: Uint8Array | undefined, after: Uint8Array | null): void;
}

/**
 * Watches a tree's working files: a part of a scan and a seal are never written over, evidence and links only grow. A run that
 * recovers by reading everything again leaves no trace of such a loss, so it is looked for where it happens.
 */
export function createTreeWatch(): TreeWatch {
  const faults: string[] = [];
  const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
  return {
    faults,
    see(key, before, after) {
      if (before === undefined) return;
      if (/^_work\/scan\/.*\/part-/.test(key)) {
        if (after !== null && !isSame(before, after)) faults.push(`${key}: a part was written over another`);
      } else if (key.startsWith('_work/seals/')) {
        if (after === null || !isSame(before, after))
          faults.push(`${key}: a seal was ${after ? 'replaced' : 'removed'}`);
      } else if (key.startsWith('_work/links/')) {
        const isLonger = after !== null && isSame(before, after.subarray(0, before.length));
        if (!isLonger) faults.push(`${key}: links that were known are not any more`);
      } else if (key.startsWith('_work/evidence/')) {
        for (const lost of lostLines(key, before, after)) faults.push(`${key}: ${lost}`);
      }
    },
  };
}

/** Sees every write into a map of files before it happens, and without any delay of its own. */
export function watchFiles(files: Map<string, Uint8Array>, watch: TreeWatch): void {
  const [set, remove] = [files.set.bind(files), files.delete.bind(files)];
  files.set = (key, bytes) => {
    watch.see(key, files.get(key), bytes);
    return set(key, bytes);
  };
  files.delete = (key) => {
    watch.see(key, files.get(key), null);
    return remove(key);
  };
}

/** Starts, answers and listed ids that evidence knew and does not know any more. */
function lostLines(key: string, before: Uint8Array, after: Uint8Array | null): string[] {
  if (after === null) return ['evidence was removed'];
  const [old, now] = [namesIn(before, key), namesIn(after, key)];
  return [...old].filter((name) => !now.has(name)).map((name) => `${name} was known, and is not any more`);
}

interface Line {
  readonly start?: { readonly eventId: string };
  readonly answer?: {
    readonly answer: {
      readonly queryExecutionId: string;
      readonly outcome: string;
      readonly execution?: { readonly state: string };
    };
  };
  readonly listed?: { readonly queryExecutionId: string };
}

function namesIn(bytes: Uint8Array, key: string): Set<string> {
  return new Set(
    (unpackLines(bytes, key) as Line[]).flatMap(({ start, answer, listed }) => {
      if (start) return [`start ${start.eventId}`];
      if (listed) return [`listed ${listed.queryExecutionId}`];
      if (answer?.answer.outcome !== 'found') return [];
      const { queryExecutionId, execution } = answer.answer;
      // Only a failure may still turn into something else.
      const isOver = execution?.state === 'SUCCEEDED' || execution?.state === 'CANCELLED';
      return [`answer ${queryExecutionId}`, ...(isOver ? [`end of ${queryExecutionId}`] : [])];
    }),
  );
}
