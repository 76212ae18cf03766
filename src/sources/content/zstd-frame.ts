/** Opens zstd: a function that unpacks one frame of a known length. */
export type LoadZstd = () => Promise<(bytes: Uint8Array, length: number) => Uint8Array>;

/** The length that a zstd frame says it unpacks to (RFC 8878, 3.1.1.1); null when it does not say, or the bytes are none. */
export function zstdLength(bytes: Buffer): number | null {
  if (bytes.length < 18 || bytes.readUInt32LE(0) !== 0xfd2fb528) return null;
  const descriptor = bytes[4] as number;
  const isSingle = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] as number);
  switch (descriptor >> 6) {
    case 0:
      return isSingle ? (bytes[at] as number) : null;
    case 1:
      return bytes.readUInt16LE(at) + 256;
    case 2:
      return bytes.readUInt32LE(at);
    default:
      return Number(bytes.readBigUInt64LE(at));
  }
}
