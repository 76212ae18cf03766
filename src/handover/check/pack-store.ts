import type { ReportStore } from '../../ports/report-store.js';
import { type ArchiveBytes, type ArchiveFile, fileBytes } from './unzip.js';

/** A folder of a pack as a tree that can be read, so that whoever reads trees reads packs. */
export function packStore(
  bytes: ArchiveBytes,
  { files, folder }: { readonly files: ReadonlyMap<string, ArchiveFile>; readonly folder: string },
): ReportStore {
  const refuse = async (): Promise<never> => {
    throw new Error('a pack is only read');
  };
  const stream = async (key: string) => {
    const file = files.get(folder + key);
    return file ? fileBytes(bytes, file) : null;
  };
  return {
    location: folder,
    stream,
    async read(key) {
      const file = files.get(folder + key);
      return file ? { bytes: await bytes.read(file.start, file.size), tag: String(file.crc) } : null;
    },
    tagOf: async (key) => (files.has(folder + key) ? String(files.get(folder + key)?.crc) : null),
    write: refuse,
    remove: refuse,
    async *list(prefix) {
      const keys = [...files.keys()].filter((path) => path.startsWith(folder + prefix)).sort();
      for (const path of keys) yield { key: path.slice(folder.length), bytes: files.get(path)?.size ?? 0 };
    },
  };
}
