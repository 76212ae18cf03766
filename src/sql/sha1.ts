/** The message schedule of one block; scratch space, so that hashing a short text allocates next to nothing. */
const SCHEDULE = new Int32Array(80);
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * SHA-1 of the text's UTF-8 bytes, its first 16 hex digits. For naming texts, not for security. Written here because a
 * query is a few dozen bytes long, and general libraries spend more on setting up than on hashing (bench/sql.ts).
 */
export function sha1Prefix(text: string): string {
  const message = paddedWords(text);
  let h0 = 0x67452301;
  let h1 = 0xefcdab89 | 0;
  let h2 = 0x98badcfe | 0;
  let h3 = 0x10325476;
  let h4 = 0xc3d2e1f0 | 0;
  for (let block = 0; block < message.length; block += 16) {
    for (let i = 0; i < 16; i++) SCHEDULE[i] = message[block + i] ?? 0;
    for (let i = 16; i < 80; i++) {
      const mixed = word(i - 3) ^ word(i - 8) ^ word(i - 14) ^ word(i - 16);
      SCHEDULE[i] = (mixed << 1) | (mixed >>> 31);
    }
    let a = h0;
    let b = h1;
    let c = h2;
    let d = h3;
    let e = h4;
    for (let i = 0; i < 20; i++) {
      const next = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + 0x5a827999 + e + word(i)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (let i = 20; i < 40; i++) {
      const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + 0x6ed9eba1 + e + word(i)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (let i = 40; i < 60; i++) {
      const next = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + 0x8f1bbcdc + e + word(i)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (let i = 60; i < 80; i++) {
      const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + 0xca62c1d6 + e + word(i)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    h0 = (h0 + a) | 0;
    h1 = (h1 + b) | 0;
    h2 = (h2 + c) | 0;
    h3 = (h3 + d) | 0;
    h4 = (h4 + e) | 0;
  }
  return hex(h0) + hex(h1);
}

function word(index: number): number {
  return SCHEDULE[index] ?? 0;
}

function hex(value: number): string {
  return `${HEX[value >>> 24]}${HEX[(value >>> 16) & 255]}${HEX[(value >>> 8) & 255]}${HEX[value & 255]}`;
}

/**
 * The UTF-8 bytes in big-endian words, then 0x80, zeros and the length in bits, up to whole blocks of 16 words. A lone
 * surrogate becomes U+FFFD.
 */
function paddedWords(text: string): Int32Array {
  const bytes = utf8Length(text);
  const words = new Int32Array(((bytes + 8) >> 6) * 16 + 16);
  let end = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      append(unit);
      continue;
    }
    const point = codePoint(text, at);
    if (point > 0xffff) at++;
    if (point < 0x800) append(0xc0 | (point >> 6));
    else {
      if (point < 0x10000) append(0xe0 | (point >> 12));
      else {
        append(0xf0 | (point >> 18));
        append(0x80 | ((point >> 12) & 63));
      }
      append(0x80 | ((point >> 6) & 63));
    }
    append(0x80 | (point & 63));
  }
  append(0x80);
  // Texts are cut to 262,144 bytes, so the upper half of the length stays 0.
  words[words.length - 1] = bytes * 8;
  return words;

  function append(byte: number): void {
    words[end >> 2] = (words[end >> 2] ?? 0) | (byte << (24 - (end & 3) * 8));
    end++;
  }
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) < 0x80) continue;
    const point = codePoint(text, at);
    length += point < 0x800 ? 1 : 2;
    if (point > 0xffff) at++;
  }
  return length;
}

function codePoint(text: string, at: number): number {
  const point = text.codePointAt(at) ?? 0;
  return point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
}
