import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScratchSpace } from '../ports/scratch-space.js';

/** A scratch space in the system's folder for temporary files; made when something is written to it, only for this user. */
export function openScratchFolder(): ScratchSpace & { remove(): void } {
  let folder: string | null = null;
  const written = new Set<string>();
  return {
    append(name, bytes) {
      folder ??= mkdtempSync(join(tmpdir(), 'aqt-'));
      appendFileSync(join(folder, name), bytes, { mode: 0o600 });
      written.add(name);
    },
    read: (name) => (folder !== null && written.has(name) ? readFileSync(join(folder, name)) : new Uint8Array()),
    remove() {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
      folder = null;
    },
  };
}
