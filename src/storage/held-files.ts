import { renameSync, unlinkSync } from 'node:fs';
import type { Clock } from '../ports/clock.js';

/** Tries while another program has a file open, some two seconds in all. */
const TRIES = 20;
const HELD = /^(?:EPERM|EACCES|EBUSY)$/;

interface Waiting {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Of the system that runs this, by default. */
  readonly platform?: NodeJS.Platform;
}

/** Renames over what is there. */
export function replaceFile(from: string, to: string, waiting: Waiting): Promise<void> {
  return untilLetGo(async () => renameSync(from, to), waiting);
}

/** Removes a file; one that is not there is removed. */
export function removeFile(path: string, waiting: Waiting): Promise<void> {
  return untilLetGo(async () => {
    try {
      unlinkSync(path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }, waiting);
}

/** Tells an error by which Windows says that another program, a reader or a virus scanner, has the file open. That passes. */
export function isHeld(error: unknown, platform: NodeJS.Platform = process.platform): boolean {
  return platform === 'win32' && HELD.test(codeOf(error));
}

/** Tries until a file is let go by whoever holds it; elsewhere than on Windows an open file hinders nobody. */
export async function untilLetGo<T>(action: () => Promise<T>, { clock, platform }: Waiting): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (!isHeld(error, platform) || tries >= TRIES) throw error;
      await clock.sleep(10 * tries);
    }
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
