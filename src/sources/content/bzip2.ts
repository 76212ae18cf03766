/**
 * Unpacks bzip2 of one stream or several.
 * @throws Error when it is damaged, or unpacks to more than `maxBytes`
 */
export async function bunzip(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  const { default: createUnpacker } = await import('unbzip2-stream');
  const unpacker = createUnpacker();
  const parts: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    // A stream of the first kind: it has no iterator, and what its listeners throw is its error.
    unpacker.on('data', (part: Buffer) => {
      length += part.length;
      if (length > maxBytes) throw new Error(`it unpacks to more than the ${maxBytes} bytes read at once`);
      parts.push(part);
    });
    unpacker.on('error', reject);
    unpacker.on('end', () => resolve(Buffer.concat(parts)));
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) unpacker.write(bytes.subarray(at, at + CHUNK_BYTES));
    unpacker.end();
  });
}

const CHUNK_BYTES = 256 * 1024;
