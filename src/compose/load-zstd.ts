import type { LoadZstd } from '../sources/content/zstd-frame.js';

/** Loads what unpacks zstd when the first file needs it. */
export const loadZstd: LoadZstd = async () => (await (await import('../storage/zstd.js')).loadZstd()).decompress;
