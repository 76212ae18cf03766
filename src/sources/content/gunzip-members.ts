import { constants, crc32, gunzipSync, inflateRawSync } from 'node:zlib';
import type { UnpackRoom } from './unpack-room.js';

/** What could be got out of gzip bytes: the text of the whole members, and what is wrong with the rest. */
export interface Gunzipped {
  readonly bytes: Buffer;
  /** Null when every byte was read and every checksum agreed. */
  readonly fault: string | null;
}

/** Tells gzip by its first bytes; names lie (clients unpack `.gz` and keep the name). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks gzip bytes of one or more members; null when they unpack to more than `maxBytes`.
 * Of damaged bytes it keeps the members before the damage and, when the last one was cut off, the beginning of that one.
 * A member whose checksum fails is not kept: no byte of it can be trusted.
 * Given a room, what is undamaged may lie there, until the next file does.
 */
export function gunzipMembers(bytes: Buffer, maxBytes: number, room: UnpackRoom | null = null): Gunzipped | null {
  const size = sizeOf(bytes, maxBytes);
  try {
    const kept = size === null ? null : (room?.gunzip(bytes, { size, maxBytes }) ?? null);
    const chunk = size === null ? {} : { chunkSize: size + 1 };
    return { bytes: kept ?? gunzipSync(bytes, { maxOutputLength: maxBytes, ...chunk }), fault: null };
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return null;
    return memberByMember(bytes, maxBytes);
  }
}

/**
 * What the trailer says that bytes unpack to: one output buffer of the right size saves a copy, a third of the time for files of 64 KB
 * and more. It is foreign data, so it counts only where deflate (at best 1032:1) could have made so much; else null.
 */
function sizeOf(bytes: Buffer, maxBytes: number): number | null {
  if (bytes.length < 18) return null;
  const size = bytes.readUInt32LE(bytes.length - 4);
  return size >= 65_536 && size <= maxBytes && size <= bytes.length * 1032 ? size : null;
}

function memberByMember(bytes: Buffer, maxBytes: number): Gunzipped | null {
  const parts: Buffer[] = [];
  let at = 0;
  let total = 0;
  const done = (fault: string): Gunzipped => ({ bytes: Buffer.concat(parts), fault });
  while (at < bytes.length) {
    const body = headerEnd(bytes, at);
    if (body === null) return done(at === 0 ? 'the gzip header is damaged' : `byte ${at} begins no gzip member`);
    const raw = inflateMember(bytes.subarray(body), maxBytes - total);
    if (raw === 'too-large') return null;
    if (raw === 'damaged') return done(`the gzip data is damaged in the member at byte ${at}`);
    const trailer = body + raw.consumed;
    if (raw.isCut || trailer + 8 > bytes.length) {
      parts.push(raw.bytes);
      return done(`the gzip data ends before its member at byte ${at} does`);
    }
    if (crc32(raw.bytes) !== bytes.readUInt32LE(trailer))
      return done(`the checksum of the gzip member at byte ${at} is wrong`);
    parts.push(raw.bytes);
    total += raw.bytes.length;
    at = trailer + 8;
  }
  return { bytes: Buffer.concat(parts), fault: null };
}

interface Member {
  readonly bytes: Buffer;
  readonly consumed: number;
  readonly isCut: boolean;
}

function inflateMember(body: Buffer, maxOutputLength: number): Member | 'too-large' | 'damaged' {
  for (const isCut of [false, true]) {
    try {
      const finishFlush = isCut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
      // With `info` the call also returns the engine, which knows where the deflate stream ended; the types leave it out.
      const result = inflateRawSync(body, { maxOutputLength, finishFlush, info: true }) as unknown as {
        readonly buffer: Buffer;
        readonly engine: { readonly bytesWritten: number };
      };
      return { bytes: result.buffer, consumed: result.engine.bytesWritten, isCut };
    } catch (error) {
      if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return 'too-large';
      if (codeOf(error) !== 'Z_BUF_ERROR') return 'damaged';
    }
  }
  return 'damaged';
}

/** Offset of the deflate data after the header at `at` (RFC 1952), or null when there is no header. */
function headerEnd(bytes: Buffer, at: number): number | null {
  if (at + 10 > bytes.length || bytes[at] !== 0x1f || bytes[at + 1] !== 0x8b || bytes[at + 2] !== 8) return null;
  const flags = bytes[at + 3] as number;
  let end = at + 10;
  if (flags & 4) end += 2 + (end + 2 <= bytes.length ? bytes.readUInt16LE(end) : bytes.length);
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue;
    const zero = bytes.indexOf(0, end);
    if (zero < 0) return null;
    end = zero + 1;
  }
  if (flags & 2) end += 2;
  return end <= bytes.length ? end : null;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
