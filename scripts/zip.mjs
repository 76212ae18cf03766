import { crc32 } from 'node:zlib';

/**
 * Packs files into a zip whose bytes depend on nothing but names and contents: sorted, one fixed time, stored without
 * compression (what a compressor writes changes with its version; npm compresses the package anyway).
 * @param {Readonly<Record<string, Uint8Array>>} files
 * @returns {Buffer}
 */
export function zip(files) {
  const locals = [];
  const directory = [];
  let offset = 0;
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, content] of entries) {
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // needs version 2.0
    common.writeUInt16LE(0x0800, 2); // names are UTF-8
    common.writeUInt16LE(0, 4); // stored
    common.writeUInt16LE(0, 6); // 00:00:00
    common.writeUInt16LE(0x21, 8); // 1980-01-01, the first day that zip knows
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([signature(0x04034b50), common, path, content]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(0o100644 * 0x10000, 6); // Lambda needs files that all may read
    rest.writeUInt32LE(offset, 10);
    const madeBy = Buffer.from([20, 3]); // version 2.0, Unix
    directory.push(Buffer.concat([signature(0x02014b50), madeBy, common, rest, path]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, signature(0x06054b50), end]);
}

function signature(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
