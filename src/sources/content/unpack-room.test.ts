import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { gunzipMembers } from './gunzip-members.js';
import { UnpackRoom } from './unpack-room.js';

const MB = 2 ** 20;
const text = (sign: string, length: number) => Buffer.alloc(length, `${sign}, and ${sign} again. `);
const sizeIn = (packed: Buffer) => packed.readUInt32LE(packed.length - 4);

function unpacked(room: UnpackRoom, packed: Buffer, size = sizeIn(packed), maxBytes = 64 * MB): Buffer | null {
  return room.gunzip(packed, { size, maxBytes });
}

describe('the room into which files are unpacked', () => {
  it('takes one file after another into the same memory', () => {
    const room = new UnpackRoom();
    const [first, second] = [text('first', 300_000), text('second', 200_000)];
    const one = unpacked(room, gzipSync(first));
    expect(one?.equals(first)).toBe(true);
    const two = unpacked(room, gzipSync(second));
    expect(two?.equals(second)).toBe(true);
    expect(two?.buffer).toBe(one?.buffer);
    expect(room.holds(two ?? Buffer.alloc(0))).toBe(true);
    expect(room.holds(second)).toBe(false);
  });

  it.each([65_536, 2 * MB - 1, 2 * MB, 2 * MB + 1, 5 * MB, 8 * MB - 1])('unpacks %i bytes exactly', (length) => {
    const room = new UnpackRoom();
    const content = text('x', length);
    expect(unpacked(room, gzipSync(content))?.equals(content)).toBe(true);
    expect(unpacked(room, gzipSync(text('y', 70_000)))?.equals(text('y', 70_000))).toBe(true);
  });

  it('is given up where a Node.js unpacks otherwise than gunzipSync does', () => {
    const base = Object.getPrototypeOf(Object.getPrototypeOf(createGunzip()));
    const spy = vi.spyOn(base, '_processChunk').mockImplementation(() => Buffer.from('something else'));
    try {
      const room = new UnpackRoom();
      expect(unpacked(room, gzipSync('a'))).toBeNull();
      spy.mockRestore();
      expect(unpacked(room, gzipSync('a'))).toBeNull();
      expect(unpacked(new UnpackRoom(), gzipSync('a'))?.toString()).toBe('a');
    } finally {
      spy.mockRestore();
    }
  });

  it('leaves larger files to others', () => {
    expect(unpacked(new UnpackRoom(), gzipSync(text('x', 8 * MB)))).toBeNull();
  });

  it('unpacks all of a file that says it is shorter: several members, of which the last one counts', () => {
    const content = text('x', 5 * MB);
    const packed = Buffer.concat([gzipSync(content), gzipSync(text('y', 70_000))]);
    const all = unpacked(new UnpackRoom(), packed);
    expect(all?.equals(gunzipSync(packed))).toBe(true);
  });

  it('throws as gunzipSync does: of damage, an end that is missing, and more than is allowed', () => {
    const packed = gzipSync(text('x', 300_000));
    const damaged = Buffer.from(packed);
    damaged[packed.length - 6] = (damaged[packed.length - 6] ?? 0) ^ 1;
    const room = new UnpackRoom();
    expect(() => unpacked(room, damaged)).toThrow('incorrect data check');
    expect(() => unpacked(room, packed.subarray(0, -20), 300_000)).toThrow('unexpected end of file');
    expect(() => unpacked(room, packed, 300_000, 100_000)).toThrow('Cannot create a Buffer larger than 100000 bytes');
    expect(unpacked(room, packed)?.length).toBe(300_000);
  });

  it('holds no byte of a damaged file', () => {
    const packed = gzipSync(text('x', 300_000));
    packed[packed.length - 6] = (packed[packed.length - 6] ?? 0) ^ 1;
    const room = new UnpackRoom();
    const { bytes, fault } = gunzipMembers(packed, 64 * MB, room) ?? { bytes: Buffer.alloc(0), fault: null };
    expect(fault).toBe('the checksum of the gzip member at byte 0 is wrong');
    expect(room.holds(bytes)).toBe(false);
  });
});
