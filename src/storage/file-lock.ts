import { linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../ports/clock.js';
import { isHeld, removeFile } from './held-files.js';
import { isDead, ownProcess } from './process-id.js';

/** How long a caller waits for a lock. */
const MAX_WAIT_MS = 15_000;
/** A lock guards a comparison and a rename. One older than this was left by a process that nobody here can ask. */
const LIFETIME_MS = 60_000;

export interface FileLockOptions {
  readonly path: string;
  /** Where files of this process may lie for a moment: whoever finds them after its death removes them. */
  readonly temporaryFolder: string;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * Runs an action while holding a lock file that other processes respect (at most one can create it). The lock of a dead process,
 * or one older than a minute, is broken.
 * @throws Error when another process still holds it after 15 seconds.
 */
export async function withFileLock<T>(options: FileLockOptions, action: () => Promise<T>): Promise<T> {
  const { path, clock, temporaryFolder } = options;
  const own: Owner = { id: options.newId(), process: ownProcess(), at: clock.now() };
  const deadline = clock.now() + MAX_WAIT_MS;
  for (let pause = 2; !(await createIn(path, own, options)); pause = Math.min(pause * 2, 50)) {
    const holder = readOwner(path);
    if (holder !== null && isStale(holder, clock)) {
      await breakLock(path, holder, { own, clock, temporaryFolder });
      continue;
    }
    if (clock.now() >= deadline) {
      const since = holder === null ? '' : ` by process ${holder.process} since ${new Date(holder.at).toISOString()}`;
      throw new Error(`${path} is locked${since}; wait for that run, or remove the file when there is none`);
    }
    await clock.sleep(pause);
  }
  try {
    return await action();
  } finally {
    if (readOwner(path)?.id === own.id) await removeFile(path, { clock });
  }
}

interface Owner {
  readonly id: string;
  readonly process: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

function isStale(owner: Owner, clock: Clock): boolean {
  return isDead(owner.process) || clock.now() - owner.at > LIFETIME_MS;
}

/**
 * Removes a stale lock. Of several that find it stale only the one that creates the token named after its id may remove
 * it, and looks again after that; else the second would remove the new lock of the first.
 */
async function breakLock(
  path: string,
  stale: Owner,
  { own, clock, temporaryFolder }: { own: Owner; clock: Clock; temporaryFolder: string },
): Promise<void> {
  const token = `${path}.${stale.id}`;
  if (await create(token, own, { clock, temporaryFolder })) {
    if (readOwner(path)?.id === stale.id) await removeFile(path, { clock });
    await removeFile(token, { clock });
    return;
  }
  const breaker = readOwner(token);
  if (breaker !== null && isStale(breaker, clock)) await removeFile(token, { clock });
  else await clock.sleep(2);
}

/** The same where the folders may not be there yet. */
async function createIn(path: string, owner: Owner, options: FileLockOptions): Promise<boolean> {
  try {
    return await create(path, owner, options);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    for (const folder of [dirname(path), options.temporaryFolder]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    return await create(path, owner, options);
  }
}

/**
 * Creates a lock that names its owner, unless there is one. The file is written aside and linked to its name, so a process killed
 * here leaves no lock without an owner; where a file system has no hard links, the lock is written in place.
 */
async function create(
  path: string,
  owner: Owner,
  { clock, temporaryFolder }: Pick<FileLockOptions, 'clock' | 'temporaryFolder'>,
): Promise<boolean> {
  const text = JSON.stringify(owner);
  const temporary = join(temporaryFolder, `${owner.process}-${owner.id}.lock`);
  writeFileSync(temporary, text, { mode: 0o600 });
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (!NO_HARD_LINKS.test(code ?? '')) throw error;
  } finally {
    await removeFile(temporary, { clock });
  }
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    // On Windows a name that is being removed is refused until nobody has it open: it is as good as taken.
    if (codeOf(error) === 'EEXIST' || isHeld(error)) return false;
    throw error;
  }
}

/** What systems say of a file system without hard links: Windows says EISDIR of exFAT (nodejs/node#65817). */
const NO_HARD_LINKS = /^(?:EPERM|EACCES|EBUSY|EISDIR|ENOSYS|ENOTSUP|EXDEV)$/;

/** Null when the lock is gone, or nobody may look at it now. One that has no name is known by the file's time. */
function readOwner(path: string): Owner | null {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.endsWith('}')) return JSON.parse(text) as Owner;
    const { mtimeMs } = statSync(path);
    return { id: `nameless-${mtimeMs}`, process: 'unknown', at: mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || isHeld(error)) return null;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
