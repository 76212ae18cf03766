import { Carry } from './chunks.js';
import { endOfString, isBlank, SIGN } from './json-signs.js';
import type { Piece, Splitter, SplitterOptions } from './pieces.js';

/**
 * Cuts a document, an array, `{"Records": […]}` or several values one after the other into their records, by brackets
 * and quotes alone: a value that is not JSON inside stays one piece. Memory is bounded by the longest value, work by the number of
 * bytes: each is looked at once and copied at most some four times.
 */
export function createJsonSplitter(options: SplitterOptions): JsonSplitter {
  return new JsonSplitter(options);
}

type Place = 'top' | 'object' | 'list' | 'item' | 'broken';

const HEAD_BYTES = 64 * 1024;
const MAX_NAME_BYTES = 64;

export class JsonSplitter implements Splitter {
  private readonly options: SplitterOptions;
  private readonly carry = new Carry();
  private pieces: Piece[] = [];
  /** Bytes from the start of the open piece on; `base` is the file's offset of the first of them. */
  private work: Buffer = Buffer.alloc(0);
  private base = 0;
  /** Where the walk goes on. */
  private at = 0;
  private place: Place = 'top';
  private owner: 'top' | 'object' = 'top';
  private list: string | null = null;
  private start = 0;
  private depth = 0;
  private inString = false;
  private isEscaped = false;
  private stringStart = 0;
  private key: string | null = null;
  private hasLists = false;
  private hasMark = false;
  /** Bytes of the open value that were let go because it is too long, and its first ones. */
  private dropped = 0;
  private head: Buffer | null = null;
  private looked = 0;

  constructor(options: SplitterOptions) {
    this.options = options;
  }

  push(chunk: Buffer): Piece[] {
    this.work = this.carry.join(chunk);
    this.walk();
    this.letGo();
    return this.take();
  }

  end(): Piece[] {
    this.finish();
    return this.take();
  }

  get isMarked(): boolean {
    return this.hasLists && this.hasMark;
  }

  /** Bytes looked at and bytes copied so far: what it cost. */
  get steps(): number {
    return this.looked + this.carry.copied;
  }

  private take(): Piece[] {
    const taken = this.pieces;
    this.pieces = [];
    return taken;
  }

  private walk(): void {
    const bytes = this.work;
    const { length } = bytes;
    let position = this.at;
    while (position < length && this.place !== 'broken') {
      const next = this.step(bytes, position);
      // Each step takes a byte at least, so the walk ends.
      this.looked += next - position;
      position = next;
    }
    this.at = this.place === 'broken' ? length : Math.min(position, length);
  }

  /** Takes one step from a position; returns where the next begins, always further on. */
  private step(bytes: Buffer, position: number): number {
    if (this.isEscaped) {
      this.isEscaped = false;
      return position + 1;
    }
    if (this.inString) return this.throughString(bytes, position);
    const { place, depth } = this;
    if ((place === 'item' && depth > 0) || (place === 'object' && depth > 1)) return this.deepInside(bytes, position);
    const byte = bytes[position] as number;
    if (byte > 32 || !isBlank(byte)) {
      if (place === 'top' || place === 'list') this.between(byte, position);
      else this.inside(byte, position);
    }
    return position + 1;
  }

  private throughString(bytes: Buffer, from: number): number {
    const position = endOfString(bytes, from);
    // One past the end: the last byte escapes the first of the next chunk.
    this.isEscaped = position > bytes.length;
    if (position >= bytes.length) return position;
    this.closeString(position);
    return position + 1;
  }

  /** Walks below the level at which names and ends are looked at: most bytes of a file pass here, so it uses locals only. */
  private deepInside(bytes: Buffer, from: number): number {
    const floor = this.place === 'object' ? 1 : 0;
    const { length } = bytes;
    let level = this.depth;
    let position = from;
    while (position < length) {
      const byte = bytes[position] as number;
      position += 1;
      if (byte === SIGN.quote) {
        position = endOfString(bytes, position);
        if (position >= length) {
          this.inString = true;
          this.isEscaped = position > length;
          // Not at the level of names, whatever its length.
          this.stringStart = Number.NEGATIVE_INFINITY;
          position = length;
          break;
        }
        position += 1;
      } else if (byte === SIGN.open || byte === SIGN.list) level += 1;
      else if (byte === SIGN.close || byte === SIGN.unlist) {
        level -= 1;
        if (level === floor) break;
      }
    }
    this.depth = level;
    if (level === 0) this.closeValue(position);
    return position;
  }

  private closeString(position: number): void {
    this.inString = false;
    if (this.place === 'object' && this.depth === 1) {
      // A string behind a name is its value.
      if (this.key !== null && position > this.stringStart + 1)
        this.hasMark ||= this.options.marks?.has(this.key) ?? false;
      this.key = this.nameAt(this.stringStart + 1, position);
    } else if (this.place === 'item' && this.depth === 0) this.emit(position + 1);
  }

  /** Between values: a value begins, or the list ends. */
  private between(byte: number, position: number): void {
    if (byte === SIGN.comma) return;
    this.start = position;
    if (this.place === 'top') this.beginAtTop(byte);
    else if (byte === SIGN.unlist) {
      this.place = this.owner;
      this.depth = 1;
      this.key = null;
    } else {
      this.place = 'item';
      this.depth = byte === SIGN.open || byte === SIGN.list ? 1 : 0;
      this.inString = byte === SIGN.quote;
    }
  }

  private beginAtTop(byte: number): void {
    if (byte === SIGN.list) {
      this.place = 'list';
      this.owner = 'top';
      this.list = null;
    } else if (byte === SIGN.open) {
      this.place = 'object';
      this.depth = 1;
      this.key = null;
      this.hasLists = false;
      this.hasMark = false;
    } else if (!isByteOrderMark(byte)) this.place = 'broken';
  }

  /** Inside a value: brackets count, and in a top-level object the names of its lists. */
  private inside(byte: number, position: number): void {
    if (byte === SIGN.quote) {
      this.inString = true;
      this.stringStart = position;
    } else if (byte === SIGN.open || byte === SIGN.list) this.deeper(byte);
    else if (byte === SIGN.close || byte === SIGN.unlist) this.higher(byte, position);
    else if (byte === SIGN.comma) {
      if (this.depth === 0) this.emit(position);
      else if (this.depth === 1) this.key = null;
    } else if (byte !== SIGN.colon && this.depth === 1) this.key = null;
  }

  private deeper(byte: number): void {
    const { place, depth, key } = this;
    if (byte === SIGN.list && depth === 1 && place === 'object' && key !== null && this.options.lists.has(key)) {
      this.place = 'list';
      this.owner = 'object';
      this.list = key;
      this.hasLists = true;
      this.forget();
    } else this.depth += 1;
  }

  private higher(byte: number, position: number): void {
    if (this.depth > 0) this.depth -= 1;
    else if (byte === SIGN.unlist) {
      // A bare number, true, false or null ended the list.
      this.emit(position);
      this.between(byte, position);
      return;
    }
    if (this.depth === 0) this.closeValue(position + 1);
  }

  private closeValue(end: number): void {
    if (this.place === 'object' && this.hasLists) {
      this.place = 'top';
      this.forget();
    } else this.emit(end);
  }

  private emit(end: number): void {
    const bytes = this.work.subarray(this.start, end);
    const offset = this.base + this.start;
    const length = this.dropped + bytes.length;
    const { maxValueBytes } = this.options;
    if (length > maxValueBytes) {
      const reason = `a value of ${length} bytes is longer than the ${maxValueBytes} allowed`;
      const head = this.head ?? Buffer.from(bytes.subarray(0, HEAD_BYTES));
      this.pieces.push({ kind: 'broken', bytes: head, offset: offset - this.dropped, reason });
    } else this.pieces.push({ kind: 'value', bytes, offset, list: this.place === 'item' ? this.list : null });
    this.place = this.place === 'item' ? 'list' : 'top';
    this.start = end;
    this.forget();
  }

  private forget(): void {
    this.dropped = 0;
    this.head = null;
  }

  private nameAt(from: number, to: number): string | null {
    return to - from <= MAX_NAME_BYTES ? this.work.toString('latin1', from, to) : null;
  }

  /** Keeps only the bytes of the open value, or of the name that is being read. */
  private letGo(): void {
    const { work, place, start, stringStart } = this;
    const isOpen = place === 'object' ? !this.hasLists : place === 'item' || place === 'broken';
    const isName =
      this.inString && place === 'object' && this.depth === 1 && work.length - stringStart <= 2 * MAX_NAME_BYTES;
    const nameFrom = isName ? stringStart : work.length;
    let keepFrom = isOpen ? start : nameFrom;
    if (isOpen && this.dropped + work.length - start > this.options.maxValueBytes) {
      this.head ??= Buffer.from(work.subarray(start, start + HEAD_BYTES));
      keepFrom = nameFrom;
      this.dropped += keepFrom - start;
      this.start = keepFrom;
    }
    this.carry.keep(work, keepFrom);
    this.work = work.subarray(keepFrom);
    this.base += keepFrom;
    this.at -= keepFrom;
    this.start = Math.max(0, this.start - keepFrom);
    this.stringStart = stringStart < keepFrom ? Number.NEGATIVE_INFINITY : stringStart - keepFrom;
  }

  private finish(): void {
    const { place, dropped } = this;
    if (place === 'top') return;
    const isPlain = place === 'list' || (place === 'object' && this.hasLists);
    const offset = this.base + this.start - dropped;
    const inside = isPlain
      ? 'the file ends before its list is closed'
      : `the file ends inside a value that began at byte ${offset}`;
    const bytes = this.head ?? (isPlain ? Buffer.alloc(0) : this.work.subarray(this.start));
    this.pieces.push({ kind: 'broken', bytes, offset, reason: place === 'broken' ? 'not JSON' : inside });
    this.place = 'top';
  }
}

/** One of the three bytes of a byte order mark. */
function isByteOrderMark(byte: number): boolean {
  return byte === 0xef || byte === 0xbb || byte === 0xbf;
}
