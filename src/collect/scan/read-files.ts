import { type LogFileEntry, reaching, type Span } from '../../cloudtrail/log-file-entry.js';
import type { FileEnd, MetFile, TakenFile } from '../../ports/file-ledger.js';
import { HASH_BYTES } from './known-lines.js';

/** Lines that are remembered of one file; a file of more is read again the next time. */
const MOST_LINES = 10_000;

/** Collects where the lines of a file went, until the file ends and its lines are durable. */
export class FileLines {
  private readonly hours = new Map<string, { readonly at: number; readonly hashes: string[] }>();
  private readonly days = new Set<string>();
  private left: Span | null = null;
  private lines = 0;
  /** True when the ledger had never heard of the file: nobody has read it before. Null until it ends. */
  isNews: boolean | null = null;

  /** A start lies in the evidence of an hour; `hash` names its line. */
  took(folder: string, at: number, hash: string): void {
    this.lines += 1;
    if (this.lines > MOST_LINES) {
      this.hours.clear();
      return;
    }
    const known = this.hours.get(folder);
    if (known) known.hashes.push(hash);
    else this.hours.set(folder, { at, hashes: [hash] });
  }

  tookLink(folder: string): void {
    this.days.add(folder);
  }

  /** A start belongs to no hour that is kept. */
  leave(at: number): void {
    this.left = reaching(this.left, at);
  }

  /** All that is to be known of a file that has ended, once its lines are durable; null where there was too much of it. */
  entryOf({ file, left, tellers }: TakenFile): LogFileEntry | null {
    if (this.lines > MOST_LINES) return null;
    const hours = [...this.hours].map(([folder, { at, hashes }]) => {
      const lines = Buffer.from(hashes.join(''), 'latin1').toString('base64');
      return [folder, { at, lines }] as const;
    });
    const starts = [left.starts, this.left].reduce((a, b) => (a && b ? reaching(reaching(a, b.from), b.to) : (a ?? b)));
    const { name, size, tag, version } = file;
    const taken = { hours: Object.fromEntries(hours), days: [...this.days].sort() };
    return { name, size, tag, version, ...taken, left: { starts, links: left.links }, tellers };
  }
}

/** A file that has ended, and where its lines went. */
export interface EndedFile {
  readonly met: MetFile;
  readonly taken: TakenFile | null;
  readonly lines: FileLines;
}

/** Hashes of the lines that an entry says lie in an hour. */
export function* linesOf(lines: string): Generator<string> {
  const all = Buffer.from(lines, 'base64').toString('latin1');
  for (let at = 0; at < all.length; at += HASH_BYTES) yield all.slice(at, at + HASH_BYTES);
}

/** What a file end says of items that were given one after another: calls `end` before the item that it precedes. */
export function* withEnds<T>(items: readonly T[], files: readonly FileEnd[]): Generator<T | FileEndMark> {
  let next = 0;
  for (const [at, item] of items.entries()) {
    for (let file = files[next]; file && file.at <= at; file = files[++next]) yield { kind: 'file-end', file };
    yield item;
  }
  for (let file = files[next]; file; file = files[++next]) yield { kind: 'file-end', file };
}

export interface FileEndMark {
  readonly kind: 'file-end';
  readonly file: FileEnd;
}
