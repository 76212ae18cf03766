/** A piece of a file: one JSON value (not yet parsed), or bytes that are none. */
export type Piece =
  | { readonly kind: 'value'; readonly bytes: Buffer; readonly offset: number; readonly list: string | null }
  | { readonly kind: 'broken'; readonly bytes: Buffer; readonly offset: number; readonly reason: string };

/** Cuts bytes into pieces as they arrive; `end` says that no more will come and hands out what is left. */
export interface Splitter {
  push(chunk: Buffer): Piece[];
  end(): Piece[];
}

export interface SplitterOptions {
  /** Members of a top-level object whose lists are cut into their items (`Records`). */
  readonly lists: ReadonlySet<string>;
  /** A longer value becomes a broken piece that holds only its first bytes. */
  readonly maxValueBytes: number;
}

const [QUOTE, BACKSLASH, OPEN, CLOSE, LIST, UNLIST, COMMA, COLON] = [34, 92, 123, 125, 91, 93, 44, 58] as const;

type Place = 'top' | 'object' | 'list' | 'item' | 'broken';

/**
 * Cuts a document, an array, `{"Records": […]}` or several values one after the other into their records, by brackets
 * and quotes alone: a value that is not JSON inside stays one piece. Memory is bounded by the longest value.
 */
export function createJsonSplitter({ lists, maxValueBytes }: SplitterOptions): Splitter {
  let pieces: Piece[] = [];
  // Bytes from the start of the open piece on; `base` is the file's offset of the first of them.
  let work: Buffer = Buffer.alloc(0);
  let base = 0;
  let at = 0;
  let place: Place = 'top';
  let owner: 'top' | 'object' = 'top';
  let list: string | null = null;
  let start = 0;
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  let stringStart = 0;
  let key: string | null = null;
  let hasLists = false;
  /** Bytes of the open value that were let go because it is too long. */
  let dropped = 0;
  let head: Buffer | null = null;

  return {
    push(chunk) {
      work = work.length === 0 ? chunk : Buffer.concat([work, chunk]);
      walk();
      letGo();
      return take();
    },
    end() {
      finish();
      return take();
    },
  };

  function take(): Piece[] {
    const taken = pieces;
    pieces = [];
    return taken;
  }

  function walk(): void {
    const bytes = work;
    const length = bytes.length;
    let position = at;
    while (position < length && place !== 'broken') {
      if (isEscaped) {
        isEscaped = false;
        position += 1;
      } else if (inString) {
        position = endOfString(bytes, position);
        // One past the end: the last byte escapes the first of the next chunk.
        isEscaped = position > length;
        if (position >= length) break;
        closeString(position);
        position += 1;
      } else if ((place === 'item' && depth > 0) || (place === 'object' && depth > 1)) {
        position = deepInside(bytes, position);
      } else {
        const byte = bytes[position] as number;
        if (byte > 32 || !isBlank(byte)) {
          if (place === 'top' || place === 'list') between(byte, position);
          else inside(byte, position);
        }
        position += 1;
      }
    }
    at = place === 'broken' ? length : Math.min(position, length);
  }

  /** Walks below the level at which names and ends are looked at: most bytes of a file pass here, so it uses locals only. */
  function deepInside(bytes: Buffer, from: number): number {
    const floor = place === 'object' ? 1 : 0;
    const length = bytes.length;
    let level = depth;
    let position = from;
    while (position < length) {
      const byte = bytes[position] as number;
      position += 1;
      if (byte === QUOTE) {
        position = endOfString(bytes, position);
        if (position >= length) {
          inString = true;
          isEscaped = position > length;
          // Not at the level of names, whatever its length.
          stringStart = Number.NEGATIVE_INFINITY;
          position = length;
          break;
        }
        position += 1;
      } else if (byte === OPEN || byte === LIST) level += 1;
      else if (byte === CLOSE || byte === UNLIST) {
        level -= 1;
        if (level === floor) break;
      }
    }
    depth = level;
    if (level === 0) closeValue(position);
    return position;
  }

  function closeString(position: number): void {
    inString = false;
    if (place === 'object' && depth === 1) key = nameAt(stringStart + 1, position);
    else if (place === 'item' && depth === 0) emit(position + 1);
  }

  /** Between values: a value begins, or the list ends. */
  function between(byte: number, position: number): void {
    if (byte === COMMA) return;
    start = position;
    if (place === 'top') {
      if (byte === LIST) {
        place = 'list';
        owner = 'top';
        list = null;
      } else if (byte === OPEN) {
        place = 'object';
        depth = 1;
        key = null;
        hasLists = false;
      } else if (byte !== 0xef && byte !== 0xbb && byte !== 0xbf) place = 'broken';
      return;
    }
    if (byte === UNLIST) {
      place = owner;
      depth = 1;
      key = null;
      return;
    }
    place = 'item';
    depth = byte === OPEN || byte === LIST ? 1 : 0;
    inString = byte === QUOTE;
  }

  /** Inside a value: brackets count, and in a top-level object the names of its lists. */
  function inside(byte: number, position: number): void {
    if (byte === QUOTE) {
      inString = true;
      stringStart = position;
    } else if (byte === OPEN || byte === LIST) {
      if (byte === LIST && depth === 1 && place === 'object' && key !== null && lists.has(key)) {
        place = 'list';
        owner = 'object';
        list = key;
        hasLists = true;
        forget();
      } else depth += 1;
    } else if (byte === CLOSE || byte === UNLIST) {
      if (depth > 0) depth -= 1;
      else if (byte === UNLIST) {
        // A bare number, true, false or null ended the list.
        emit(position);
        between(byte, position);
        return;
      }
      if (depth === 0) closeValue(position + 1);
    } else if (byte === COMMA) {
      if (depth === 0) emit(position);
      else if (depth === 1) key = null;
    } else if (byte !== COLON && depth === 1) key = null;
  }

  function closeValue(end: number): void {
    if (place === 'object' && hasLists) {
      place = 'top';
      forget();
    } else emit(end);
  }

  function emit(end: number): void {
    const bytes = work.subarray(start, end);
    const offset = base + start;
    const length = dropped + bytes.length;
    if (length > maxValueBytes) {
      const reason = `a value of ${length} bytes is longer than the ${maxValueBytes} allowed`;
      pieces.push({
        kind: 'broken',
        bytes: head ?? Buffer.from(bytes.subarray(0, HEAD_BYTES)),
        offset: offset - dropped,
        reason,
      });
    } else pieces.push({ kind: 'value', bytes, offset, list: place === 'item' ? list : null });
    place = place === 'item' ? 'list' : 'top';
    start = end;
    forget();
  }

  function forget(): void {
    dropped = 0;
    head = null;
  }

  function nameAt(from: number, to: number): string | null {
    return to - from <= MAX_NAME_BYTES ? work.toString('latin1', from, to) : null;
  }

  /** Keeps only the bytes of the open value, or of the name that is being read. */
  function letGo(): void {
    const isOpen = place === 'object' ? !hasLists : place === 'item' || place === 'broken';
    const isName = inString && place === 'object' && depth === 1 && work.length - stringStart <= 2 * MAX_NAME_BYTES;
    const nameFrom = isName ? stringStart : work.length;
    let keepFrom = isOpen ? start : nameFrom;
    if (isOpen && dropped + work.length - start > maxValueBytes) {
      head ??= Buffer.from(work.subarray(start, start + HEAD_BYTES));
      keepFrom = nameFrom;
      dropped += keepFrom - start;
      start = keepFrom;
    }
    work = work.subarray(keepFrom);
    base += keepFrom;
    at -= keepFrom;
    start = Math.max(0, start - keepFrom);
    stringStart = stringStart < keepFrom ? Number.NEGATIVE_INFINITY : stringStart - keepFrom;
  }

  function finish(): void {
    if (place === 'top') return;
    const isPlain = place === 'list' || (place === 'object' && hasLists);
    const reason =
      place === 'broken'
        ? 'not JSON'
        : isPlain
          ? 'the file ends before its list is closed'
          : `the file ends inside a value that began at byte ${base + start - dropped}`;
    const bytes = head ?? (isPlain ? Buffer.alloc(0) : work.subarray(start));
    pieces.push({ kind: 'broken', bytes, offset: base + start - dropped, reason });
    place = 'top';
  }
}

/** Offset of the quote that ends the string, or of the end of the bytes; one more when they end in an escape. */
function endOfString(bytes: Buffer, from: number): number {
  const length = bytes.length;
  let at = from;
  while (at < length) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

const HEAD_BYTES = 64 * 1024;
const MAX_NAME_BYTES = 64;
