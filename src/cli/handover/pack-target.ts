import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { PackTarget, Spool } from '../../handover/pack/zip.js';
import type { Clock } from '../../ports/clock.js';
import { replaceFile } from '../../storage/held-files.js';
import { writing } from './write-failed.js';

/** A file that appears under its name when it is whole. */
export interface PackFile extends PackTarget {
  finish(): Promise<void>;
  /** Removes what is not finished; after `finish`, nothing. */
  discard(): Promise<void>;
}

/** Small pieces are gathered up to so many bytes. */
const WAITING_BYTES = 1024 * 1024;

export async function openPackTarget(file: string, clock: Clock): Promise<PackFile> {
  const temporary = `${file}.part`;
  const handle = await writing(file, () => open(temporary, 'w', 0o600));
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let position = 0;
  let isFinished = false;
  const flush = async () => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await writeAll(bytes, position);
    position += bytes.length;
  };
  const writeAll = async (bytes: Uint8Array, at: number) => {
    for (let written = 0; written < bytes.length; ) {
      const left = bytes.length - written;
      const { bytesWritten } = await writing(file, () => handle.write(bytes, written, left, at + written));
      written += bytesWritten;
    }
  };
  return {
    async append(bytes) {
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (waitingBytes >= WAITING_BYTES) await flush();
    },
    async overwrite(at, bytes) {
      await flush();
      await writeAll(bytes, at);
    },
    spool: () => openSpool(file),
    async finish() {
      await flush();
      await writing(file, () => handle.sync());
      await handle.close();
      await writing(file, () => replaceFile(temporary, file, { clock }));
      isFinished = true;
    },
    async discard() {
      if (isFinished) return;
      await handle.close();
      await rm(temporary, { force: true });
    },
  };
}

async function openSpool(pack: string): Promise<Spool> {
  const file = `${pack}.rows.part`;
  const handle = await writing(pack, () => open(file, 'w', 0o600));
  return {
    append: (bytes) => writing(pack, () => handle.appendFile(bytes)),
    read: () => createReadStream(file),
    async remove() {
      await handle.close();
      await rm(file, { force: true });
    },
  };
}
