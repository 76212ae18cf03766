/** Working space of one hash at a time, so that hashing a short text allocates nothing but its answer. */
const STATE = new Int32Array(5);
const SCHEDULE = new Int32Array(80);
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * SHA-1 of the text's UTF-8 bytes, its first 16 hex digits; a lone surrogate counts as U+FFFD. For naming texts, not for
 * security. Written here because a query is a few dozen bytes long, and general libraries spend more on setting up than
 * on hashing (bench/sql.ts).
 */
export function sha1Prefix(text: string): string {
  STATE.set([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  SCHEDULE.fill(0, 0, 16);
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if ((bytes & 3) === 0 && at + 3 < text.length) {
      const second = text.charCodeAt(at + 1);
      const third = text.charCodeAt(at + 2);
      const fourth = text.charCodeAt(at + 3);
      if ((unit | second | third | fourth) < 0x80) {
        SCHEDULE[(bytes >> 2) & 15] = (unit << 24) | (second << 16) | (third << 8) | fourth;
        bytes += 4;
        at += 3;
        if ((bytes & 63) === 0) compress();
        continue;
      }
    }
    if (unit < 0x80) {
      bytes = append(unit, bytes);
      continue;
    }
    const point = codePoint(text, at);
    if (point > 0xffff) at++;
    if (point < 0x800) bytes = append(0xc0 | (point >> 6), bytes);
    else {
      if (point < 0x10000) bytes = append(0xe0 | (point >> 12), bytes);
      else {
        bytes = append(0xf0 | (point >> 18), bytes);
        bytes = append(0x80 | ((point >> 12) & 63), bytes);
      }
      bytes = append(0x80 | ((point >> 6) & 63), bytes);
    }
    bytes = append(0x80 | (point & 63), bytes);
  }
  append(0x80, bytes);
  // The length needs the last 8 bytes of a block: when 0x80 reaches into them, they go into the next.
  if ((bytes & 63) > 55 && (bytes & 63) < 63) compress();
  // Texts are cut to 262,144 bytes, so the upper half of the length in bits stays 0.
  SCHEDULE[15] = bytes * 8;
  compress();
  return hex(STATE[0] ?? 0) + hex(STATE[1] ?? 0);
}

/** Adds a byte after `bytes` others; returns their new number. A full block is taken in at once. */
function append(byte: number, bytes: number): number {
  const at = (bytes >> 2) & 15;
  SCHEDULE[at] = word(at) | (byte << (24 - (bytes & 3) * 8));
  if ((bytes & 63) === 63) compress();
  return bytes + 1;
}

/** Takes in the block that lies in the schedule, and clears it. */
function compress(): void {
  for (let i = 16; i < 80; i++) {
    const mixed = word(i - 3) ^ word(i - 8) ^ word(i - 14) ^ word(i - 16);
    SCHEDULE[i] = (mixed << 1) | (mixed >>> 31);
  }
  let a = STATE[0] ?? 0;
  let b = STATE[1] ?? 0;
  let c = STATE[2] ?? 0;
  let d = STATE[3] ?? 0;
  let e = STATE[4] ?? 0;
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
  STATE[0] = (STATE[0] ?? 0) + a;
  STATE[1] = (STATE[1] ?? 0) + b;
  STATE[2] = (STATE[2] ?? 0) + c;
  STATE[3] = (STATE[3] ?? 0) + d;
  STATE[4] = (STATE[4] ?? 0) + e;
  SCHEDULE.fill(0, 0, 16);
}

function word(index: number): number {
  return SCHEDULE[index] ?? 0;
}

function hex(value: number): string {
  return `${HEX[value >>> 24]}${HEX[(value >>> 16) & 255]}${HEX[(value >>> 8) & 255]}${HEX[value & 255]}`;
}

function codePoint(text: string, at: number): number {
  const point = text.codePointAt(at) ?? 0;
  return point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
}
