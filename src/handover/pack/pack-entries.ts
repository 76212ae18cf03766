import { createHash } from 'node:crypto';
import type { Signer } from '../../ports/signer.js';
import { PACK_FILE } from './pack-document.js';
import { createZip, type ZipTarget } from './zip.js';

/** The files of a pack as they are written, with their hashes. */
export interface Entries {
  add(path: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  addJson(path: string, value: unknown): Promise<void>;
  /** sha256 of the files so far, by path. */
  sums(): ReadonlyMap<string, string>;
  /** Adds the list of hashes, its own hash, and the signature of that; nothing can be added afterwards. */
  finish(signer: Signer | null): Promise<void>;
}

export function createEntries(target: ZipTarget): Entries {
  const zip = createZip(target);
  const sums = new Map<string, string>();
  const add: Entries['add'] = async (path, content) => void sums.set(path, await zip.add(path, content));
  return {
    add,
    addJson: (path, value) => add(path, Buffer.from(`${JSON.stringify(value, null, 1)}\n`)),
    sums: () => sums,
    async finish(signer) {
      const list = Buffer.from([...sums].map(([path, sha256]) => `${sha256}  ${path}\n`).join(''));
      const signed = Buffer.from(`${createHash('sha256').update(list).digest('hex')}  ${PACK_FILE.sums}\n`);
      await zip.add(PACK_FILE.sums, list);
      await zip.add(PACK_FILE.signed, signed);
      if (signer !== null) {
        await zip.add(PACK_FILE.signature, await signer.sign(signed));
        await zip.add(PACK_FILE.key, Buffer.from(signer.publicKey));
      }
      await zip.finish();
    },
  };
}
