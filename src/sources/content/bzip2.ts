import { Readable } from 'node:stream';

/** Unpacks bzip2 as it arrives. @throws Error when it is damaged; what `chunks` throws */
export async function* bunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { default: createUnpacker } = await import('unbzip2-stream');
  const unpacker = createUnpacker();
  const source = Readable.from(chunks);
  // `pipe` passes no errors on, and this stream is one of the first kind, without an iterator.
  source.on('error', (error) => unpacker.emit('error', error));
  yield* new Readable().wrap(source.pipe(unpacker)) as AsyncIterable<Buffer>;
}
