import type { NotRead } from '../../cloudtrail/not-read.js';

/** Files that are named one by one; the others are counted. */
const MAX_NAMES = 100;

/** What of an export of executions could not be used, a file each: whoever believes the rest must know that there was more. */
export class UnreadExports {
  private readonly faults = new Map<string, { count: number; readonly first: string }>();
  private unnamed = 0;

  /** An entry of a file, or all of it. */
  addFault(file: string, reason: string): void {
    const known = this.faults.get(file);
    if (known) known.count++;
    else if (this.faults.size < MAX_NAMES) this.faults.set(file, { count: 1, first: reason });
    else this.unnamed++;
  }

  /** A file that is none of exported executions, by its name. */
  addOther(file: string): void {
    this.addFault(file, 'its name is not that of exported executions (.json, .jsonl, .ndjson, with or without .gz)');
  }

  all(): readonly NotRead[] {
    const named = [...this.faults].map(([name, { count, first }]) =>
      noteOf(name, count === 1 ? first : `${count} entries could not be used, the first: ${first}`),
    );
    return this.unnamed === 0
      ? named
      : [
          ...named,
          noteOf('other files of the export of executions', `${this.unnamed} entries or files could not be used`),
        ];
  }
}

function noteOf(name: string, reason: string): NotRead {
  const wayOut = 'Export the executions anew, or take it elsewhere; then collect again';
  return { kind: 'not-read', name, reason, wayOut, mayHold: null };
}
