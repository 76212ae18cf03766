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

/** Compares in place: a native call costs more than the few bytes that differ. */
export function standsAt(bytes: Buffer, text: Buffer, at: number): boolean {
  if (at < 0 || at + text.length > bytes.length) return false;
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text[index]) return false;
  return true;
}

/** Tells of four bytes, in any order, whether each may stand in a JSON string as it is: no quote, escape or control character, and ASCII. */
export function isPlain(four: number): boolean {
  const quote = four ^ 0x22222222;
  const slash = four ^ 0x5c5c5c5c;
  // Some highest bit stays when one of the bytes is below a blank, above ASCII, a quote or a backslash.
  const found =
    ((four - 0x20202020) & ~four) | four | ((quote - 0x01010101) & ~quote) | ((slash - 0x01010101) & ~slash);
  return (found & 0x80808080) === 0;
}
