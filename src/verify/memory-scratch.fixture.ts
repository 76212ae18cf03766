import type { ScratchSpace } from '../ports/scratch-space.js';

/** A scratch space in memory, for tests. */
export function createMemoryScratch(): ScratchSpace & { readonly files: ReadonlyMap<string, Buffer> } {
  const files = new Map<string, Buffer>();
  return {
    files,
    append: (name, bytes) => void files.set(name, Buffer.concat([files.get(name) ?? Buffer.alloc(0), bytes])),
    read: (name) => files.get(name) ?? Buffer.alloc(0),
  };
}
