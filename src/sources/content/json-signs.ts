/** The bytes that structure JSON. */
export const SIGN = {
  quote: 34,
  backslash: 92,
  open: 123,
  close: 125,
  list: 91,
  unlist: 93,
  comma: 44,
  colon: 58,
} as const;

/** Offset of the quote that ends the string, or of the end of the bytes; one more when they end in an escape. */
export function endOfString(bytes: Buffer, from: number): number {
  const length = bytes.length;
  let at = from;
  while (at < length) {
    const byte = bytes[at];
    if (byte === 34) return at;
    at += byte === 92 ? 2 : 1;
  }
  return at;
}

export function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}
