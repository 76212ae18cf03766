import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Texts kept in a temporary file; only where they lie stays in memory. */
export interface Spill {
  /** Returns where the text lies. */
  append(text: string): number;
  read(at: number): string;
  close(): void;
}

const FLUSH_BYTES = 1 << 20;

/** Makes an empty store below `folder`; the file is gone after `close`, and on POSIX systems also when the process dies. */
export function createSpill(folder: string): Spill {
  const own = mkdtempSync(join(folder, 'aqt-export-'));
  const path = join(own, 'executions');
  const file = openSync(path, 'w+', 0o600);
  let isUnlinked = false;
  try {
    rmSync(own, { recursive: true });
    isUnlinked = true;
  } catch {
    // Windows keeps open files; `close` removes it.
  }
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let written = 0;

  return {
    append(text) {
      const body = Buffer.from(text, 'utf8');
      const head = Buffer.allocUnsafe(4);
      head.writeUInt32LE(body.length);
      const at = written + waitingBytes;
      waiting.push(head, body);
      waitingBytes += 4 + body.length;
      if (waitingBytes >= FLUSH_BYTES) flush();
      return at;
    },
    read(at) {
      if (at >= written) flush();
      const length = readAt(at, 4).readUInt32LE();
      return readAt(at + 4, length).toString('utf8');
    },
    close() {
      closeSync(file);
      if (!isUnlinked) rmSync(own, { recursive: true, force: true });
    },
  };

  function flush(): void {
    const bytes = Buffer.concat(waiting);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, written + done);
    written += bytes.length;
    waiting = [];
    waitingBytes = 0;
  }

  function readAt(at: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const got = readSync(file, bytes, done, length - done, at + done);
      if (got === 0)
        throw new Error(`the temporary file of the export ends at byte ${at + done}; run the same command again`);
      done += got;
    }
    return bytes;
  }
}
