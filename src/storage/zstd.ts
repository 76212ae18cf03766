import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Zstandard in WebAssembly: the same bytes on every machine, also where Node has no zstd (20.x). Calls do not overlap. */
export interface Zstd {
  /** Compresses to one frame. Nothing stays nothing. */
  compress(input: Uint8Array): Uint8Array;
  /** @throws Error when the input is damaged or does not have exactly `length` bytes inside. */
  decompress(input: Uint8Array, length: number): Uint8Array;
}

/** Loads the module once a process: 246 KB, about 5 ms. */
export function loadZstd(): Promise<Zstd> {
  loaded ??= readWasm()
    .then(instantiate)
    .catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
  return loaded;
}

let loaded: Promise<Zstd> | undefined;

/** zstd's default. Levels 1 to 9 differ little here in time and size: most of the work is finding dictionaries. */
const LEVEL = 3;
/** No page is near this size; a header that says so is damaged. */
const MAX_PAGE_BYTES = 256 * 1024 * 1024;

/**
 * The functions of `zstd.wasm` of `@bokuweb/zstd-wasm` 0.0.27 (zstd 1.5), under the names its build gave them. The
 * package's own loader is not used: it cannot be bundled as ESM and does not notice when memory runs out.
 */
interface Exports {
  readonly f: Memory;
  /** Runs the constructors. */
  g(): void;
  /** ZSTD_isError */
  h(code: number): number;
  /** ZSTD_compressBound */
  i(length: number): number;
  /** ZSTD_compress */
  m(target: number, capacity: number, source: number, length: number, level: number): number;
  /** ZSTD_decompress */
  r(target: number, capacity: number, source: number, length: number): number;
  /** malloc */
  s(length: number): number;
  /** free */
  t(address: number): void;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The part of the global that is used; its types come with the DOM library, which this project leaves out. */
declare const WebAssembly: {
  instantiate(wasm: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: unknown } }>;
};

/** A bundle has the module beside it (the build copies it); a checkout or an installed package has it in its dependency. */
async function readWasm(): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFile(new URL('./zstd.wasm', import.meta.url));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const entry = createRequire(import.meta.url).resolve('@bokuweb/zstd-wasm');
    return readFile(join(dirname(entry), 'zstd.wasm'));
  }
}

async function instantiate(wasm: Uint8Array<ArrayBuffer>): Promise<Zstd> {
  const stop = () => {
    throw new Error('zstd.wasm aborted');
  };
  const imports = { a: stop, b: stop, c: stop, d: stop, e: (bytes: number) => grow(zstd.f, bytes >>> 0) };
  const { instance } = await WebAssembly.instantiate(wasm, { a: imports });
  const zstd = instance.exports as Exports;
  zstd.g();
  return {
    compress(input) {
      if (input.length === 0) return input;
      const capacity = zstd.i(input.length);
      return call(zstd, { input, capacity }, (target, source) => zstd.m(target, capacity, source, input.length, LEVEL));
    },
    decompress(input, length) {
      if (input.length === 0 && length === 0) return input;
      if (!(length >= 0 && length <= MAX_PAGE_BYTES)) throw new Error(`a page of ${length} bytes is not plausible`);
      const output = call(zstd, { input, capacity: length }, (target, source) =>
        zstd.r(target, length, source, input.length),
      );
      if (output.length !== length) throw new Error(`a page has ${output.length} bytes instead of ${length}`);
      return output;
    },
  };
}

/** Copies the input into the module's memory, runs a function on it and copies the result out. */
function call(
  zstd: Exports,
  { input, capacity }: { readonly input: Uint8Array; readonly capacity: number },
  run: (target: number, source: number) => number,
): Uint8Array {
  const source = zstd.s(input.length);
  const target = zstd.s(capacity + 1);
  try {
    if (source === 0 || target === 0) throw new Error(`zstd.wasm has no memory for ${input.length + capacity} bytes`);
    new Uint8Array(zstd.f.buffer).set(input, source);
    const length = run(target, source);
    if (zstd.h(length) !== 0) throw new Error('the compressed bytes are damaged');
    return new Uint8Array(zstd.f.buffer).slice(target, target + length);
  } finally {
    zstd.t(source);
    zstd.t(target);
  }
}

/** Serves malloc; returns 1 when the memory has the size asked for. */
function grow(memory: Memory, bytes: number): number {
  const missing = bytes - memory.buffer.byteLength;
  try {
    if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
    return 1;
  } catch {
    return 0; // malloc then returns null, which `call` reports
  }
}
