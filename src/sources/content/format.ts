/** What bytes are, told by their first ones: names lie. */
export type Format =
  | { readonly kind: 'empty' | 'text' | 'gzip' | 'bzip2' | 'zip' | 'tar' | 'parquet' | 'zstd' }
  | Unreadable;

export interface Unreadable {
  readonly kind: 'unreadable';
  readonly reason: string;
  readonly wayOut: string;
}

/** Bytes that `formatOf` looks at. */
export const PROBE_BYTES = 64 * 1024;

const UNPACK = 'unpack it where it lies, or move it away';
const CONVERT = 'put the log files it was made from there, or move it away';

/** What is known and not read, by the hexadecimal of its first bytes. */
const KNOWN: readonly (readonly [string, string, string])[] = [
  ['fd377a585a00', 'packed with xz', UNPACK],
  ['377abcaf271c', 'a 7-Zip archive', UNPACK],
  ['526172211a07', 'a RAR archive', UNPACK],
  ['04224d18', 'packed with LZ4', UNPACK],
  ['ff060000734e61507059', 'packed with Snappy', UNPACK],
  ['4f626a01', 'an Avro file', CONVERT],
  ['4f5243', 'an ORC file', CONVERT],
  ['50415245', 'an encrypted Parquet file', CONVERT],
  ['53514c69746520666f726d6174', 'an SQLite database', CONVERT],
  ['6167652d656e6372797074696f6e', 'encrypted (age)', 'decrypt it, or move it away'],
];

/** Tells what bytes are; `bytes` may be the beginning of something longer. */
export function formatOf(bytes: Buffer): Format {
  if (bytes.length === 0) return { kind: 'empty' };
  const known = knownKind(bytes);
  if (known !== null) return { kind: known };
  for (const [magic, reason, wayOut] of KNOWN)
    if (bytes.toString('hex', 0, magic.length / 2) === magic) return { kind: 'unreadable', reason, wayOut };
  if (isUtf32(bytes))
    return { kind: 'unreadable', reason: 'text in UTF-32', wayOut: 'save it as UTF-8, or move it away' };
  if (isUtf16(bytes)) return { kind: 'text' };
  if (isBinary(bytes))
    return {
      kind: 'unreadable',
      reason: 'its bytes are no text and of no known kind',
      wayOut: 'decrypt or convert it, or move it away',
    };
  if (bytes.toString('latin1', 0, 64).trimStart().startsWith('-----BEGIN '))
    return { kind: 'unreadable', reason: 'encrypted or signed text', wayOut: 'decrypt it, or move it away' };
  return { kind: 'text' };
}

function knownKind(bytes: Buffer): 'gzip' | 'bzip2' | 'zip' | 'tar' | 'parquet' | 'zstd' | null {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  const head = bytes.toString('latin1', 0, 4);
  // Behind the level, each block begins with the digits of pi.
  if (/^BZh[1-9]$/.test(head) && bytes.toString('hex', 4, 7) === '314159') return 'bzip2';
  if (head === 'PK\x03\x04' || head === 'PK\x05\x06') return 'zip';
  if (head === 'PAR1') return 'parquet';
  if (head === '\x28\xb5\x2f\xfd') return 'zstd';
  return bytes.toString('latin1', 257, 262) === 'ustar' ? 'tar' : null;
}

function isUtf32(bytes: Buffer): boolean {
  const mark = bytes.toString('hex', 0, 4);
  return mark === 'fffe0000' || mark === '0000feff';
}

function isUtf16(bytes: Buffer): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/** One control character in fifty is more than any text has; damage to a text has fewer. */
function isBinary(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, 4096);
  let controls = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] as number;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls += 1;
  }
  return controls * 50 > length;
}

/** PowerShell redirects into UTF-16; what is UTF-8 stays. */
export function asUtf8(bytes: Buffer): Buffer {
  if (!isUtf16(bytes)) return bytes;
  const even = bytes.subarray(0, bytes.length & ~1);
  const little = bytes[0] === 0xff ? even : Buffer.from(even).swap16();
  return Buffer.from(little.toString('utf16le').slice(1), 'utf8');
}
