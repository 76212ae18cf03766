/** A file could not be written to its end, and nothing of it is left. */
export class WriteFailed extends Error {
  override readonly name = 'WriteFailed';
}

/** Runs a write. @throws WriteFailed naming the file where the disk is full or refuses */
export async function writing<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const advice = ADVICE[code];
    if (advice === undefined) throw error;
    throw new WriteFailed(`${file} was not written: ${advice} (${code})`, { cause: error });
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room, or name a file on another one',
  EDQUOT: 'your share of the disk is full; make room, or name a file on another one',
  EFBIG: 'the file system takes no file of this size; name one elsewhere, or fewer days',
  ENOENT: 'there is no such folder; make it first',
  EACCES: 'you may not write there; name another place',
  EPERM: 'you may not write there; name another place',
  EROFS: 'nothing can be written there; name another place',
  EISDIR: 'this is a folder; name a file',
};
