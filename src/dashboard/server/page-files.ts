import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { Hono } from 'hono';

interface PageFile {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly packed: Map<string, Promise<Uint8Array<ArrayBuffer>>>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** Where the page finds the answers that it was sent with: data, which the page's policy lets nobody run. */
const SENT = '<script type="application/json" id="sent">null</script>';

/**
 * Serves the built page from memory: what was there at the start, nothing else, so no path can leave the folder. Every other
 * path is the page itself, which reads its own URL; it carries the answers to its first questions.
 * @throws Error when the page has not been built
 */
export async function pageFiles(folder: string, answersAt: (address: URL) => Promise<object>): Promise<Hono> {
  const files = await readAll(folder);
  const index = files.get('/index.html');
  if (!index) throw new Error(`the dashboard's page is not in ${folder}: run npm run build`);
  const [head, tail, ...others] = new TextDecoder().decode(index.plain).split(SENT);
  if (head === undefined || tail === undefined || others.length > 0)
    throw new Error(`the page in ${folder} is not the one of this program: run npm run build`);
  const app = new Hono();
  app.get('*', async (request) => {
    const file = files.get(request.req.path);
    if (!file && request.req.path.startsWith('/assets/')) return request.text('not found', 404);
    if (!file || file === index) {
      const sent = scriptJson(await answersAt(new URL(request.req.url)));
      return request.html(`${head}${SENT.replace('null', () => sent)}${tail}`);
    }
    const { type, plain, packed } = file;
    const encoding = encodingOf(request.req.header('accept-encoding') ?? '');
    const body = encoding === null ? plain : await pack(plain, { packed, encoding });
    request.header('Content-Type', type);
    request.header('Vary', 'Accept-Encoding');
    if (encoding !== null) request.header('Content-Encoding', encoding);
    // File names hold a hash of their content.
    if (request.req.path.startsWith('/assets/'))
      request.header('Cache-Control', 'private, max-age=31536000, immutable');
    return request.body(body);
  });
  return app;
}

/** JSON inside a script element: no name of a person or of a bucket can end it. */
function scriptJson(value: object): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function encodingOf(accepted: string): 'br' | 'gzip' | null {
  if (/\bbr\b/.test(accepted)) return 'br';
  return /\bgzip\b/.test(accepted) ? 'gzip' : null;
}

async function pack(
  plain: Uint8Array<ArrayBuffer>,
  { packed, encoding }: { readonly packed: PageFile['packed']; readonly encoding: 'br' | 'gzip' },
): Promise<Uint8Array<ArrayBuffer>> {
  const known = packed.get(encoding);
  if (known) return known;
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };
  const made = (encoding === 'br' ? brotli(plain, options) : deflate(plain)).then((bytes) => new Uint8Array(bytes));
  packed.set(encoding, made);
  return made;
}

async function readAll(folder: string): Promise<Map<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(entry.name)];
    if (type === undefined) continue;
    const plain = new Uint8Array(await readFile(path));
    files.set(`/${relative(folder, path).split(sep).join('/')}`, { type, plain, packed: new Map() });
  }
  return files;
}
