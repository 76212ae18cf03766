import { open, rm } from 'node:fs/promises';
import type { ZipTarget } from '../../handover/pack/zip.js';
import type { Clock } from '../../ports/clock.js';
import { replaceFile } from '../../storage/held-files.js';

/** A file that appears under its name when it is whole. */
export interface PackTarget extends ZipTarget {
  finish(): Promise<void>;
  /** Removes what is not finished; after `finish`, nothing. */
  discard(): Promise<void>;
}

/** Small pieces are gathered up to so many bytes. */
const WAITING_BYTES = 1024 * 1024;

export async function openPackTarget(file: string, clock: Clock): Promise<PackTarget> {
  const temporary = `${file}.part`;
  const handle = await open(temporary, 'w', 0o600);
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let position = 0;
  let isOpen = true;
  const flush = async () => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await writeAll(bytes, position);
    position += bytes.length;
  };
  const writeAll = async (bytes: Uint8Array, at: number) => {
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, at + written);
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
    async finish() {
      await flush();
      await handle.sync();
      isOpen = false;
      await handle.close();
      await replaceFile(temporary, file, { clock });
    },
    async discard() {
      if (!isOpen) return;
      isOpen = false;
      await handle.close();
      await rm(temporary, { force: true });
    },
  };
}
