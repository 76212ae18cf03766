import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

/** Names a process among those that share a folder: `<host>-<pid>`. The host is a hash, fit for a file name. */
export function ownProcess(): string {
  return `${HOST}-${process.pid}`;
}

/** Tells whether a process is known to be gone. One of another host never is. */
export function isDead(name: string): boolean {
  const [host, pid] = name.split('-');
  if (host !== HOST || !/^[1-9]\d*$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
