import type { NotRead } from '../../cloudtrail/not-read.js';
import type { Evidence } from '../../ports/start-source.js';

/** Names told of one scan; a folder of a million files of one kind is told as a number behind them. */
const MAX_NAMES = 200;

/** Bounds how many files that were not read are told by name. */
export class UnreadBound {
  private names = 0;
  private more = 0;
  private reasons = new Set<string>();

  /** Passes on what may still be told by name. */
  bounded(items: readonly Evidence[]): readonly Evidence[] {
    if (items.every(({ kind }) => kind !== 'not-read')) return items;
    return items.filter((item) => {
      if (item.kind !== 'not-read' || this.names < MAX_NAMES) {
        this.names += item.kind === 'not-read' ? 1 : 0;
        return true;
      }
      this.more += 1;
      if (this.reasons.size < 3) this.reasons.add(item.reason);
      return false;
    });
  }

  /** What was held back, as one. */
  rest(location: string): NotRead[] {
    if (this.more === 0) return [];
    const reason = [...this.reasons].join('; ');
    const wayOut = 'mend or move away the files that are named, and collect again: the next ones are named then';
    return [
      {
        kind: 'not-read',
        name: `${location}: more files than are named`,
        reason: `${this.more} files: ${reason}`,
        wayOut,
        mayHold: null,
      },
    ];
  }
}
