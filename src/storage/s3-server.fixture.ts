import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What a request meets instead of its answer. `lost`: it is carried out, then the connection breaks. `cut`: half the body. */
export type Fault = 'none' | 'lost' | 'cut' | 500 | 503 | 409;

export interface S3Server {
  readonly endpoint: string;
  /** Requests so far: `PUT /bucket/key`. */
  readonly requests: string[];
  readonly openUploads: () => number;
  /** The next requests of a method meet these faults, one each. */
  fail(method: string, ...faults: Fault[]): void;
  close(): Promise<void>;
}

interface Stored {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly writeId: string | undefined;
}

/** A bucket in memory, spoken to by path style, with conditional writes and multipart uploads; pages of three keys. */
export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, Stored>();
  const uploads = new Map<string, { parts: Map<number, Buffer>; writeId: string | undefined }>();
  const faults = new Map<string, Fault[]>();
  const requests: string[] = [];

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://s3');
    const body = await buffer(request);
    const method = request.method ?? '';
    query.delete('x-id'); // the SDK's name of the operation
    requests.push(`${method} ${pathname}${query.size > 0 ? `?${[...query.keys()].join('&')}` : ''}`);
    const fault = faults.get(method)?.shift();
    if (typeof fault === 'number')
      return void sendError(response, fault, fault === 409 ? 'ConditionalRequestConflict' : 'InternalError');
    const [, bucket = '', ...rest] = decodeURIComponent(pathname).split('/');
    const key = rest.join('/');
    if (bucket !== 'reports') return void sendError(response, 404, 'NoSuchBucket');
    const send = (status: number, headers: Record<string, string>, content: Buffer | string = '') => {
      if (fault === 'lost') return void response.destroy();
      const bytes = Buffer.from(content);
      response.writeHead(status, { 'content-length': bytes.length, ...headers });
      if (fault === 'cut') {
        response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
        return;
      }
      response.end(method === 'HEAD' ? undefined : bytes);
    };
    const writeId = request.headers['x-amz-meta-aqt-write-id'] as string | undefined;
    const uploadId = query.get('uploadId') ?? '';
    const upload = uploads.get(uploadId);

    if (key === '') return send(200, { 'content-type': 'application/xml' }, listing(objects, query));
    if (method === 'POST' && query.has('uploads')) {
      const id = `upload-${uploads.size}-${requests.length}`;
      uploads.set(id, { parts: new Map(), writeId });
      return send(200, {}, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (uploadId !== '' && !upload) return void sendError(response, 404, 'NoSuchUpload');
    if (method === 'PUT' && upload) {
      upload.parts.set(Number(query.get('partNumber')), body);
      return send(200, { etag: etagOf(body) });
    }
    if (method === 'DELETE' && upload) {
      uploads.delete(uploadId);
      return send(204, {});
    }
    if (method === 'PUT' || method === 'POST') {
      const refusal = refusalOf(request, objects.get(key));
      if (refusal) return void sendError(response, ...refusal);
      const parts = upload ? [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part) : [body];
      if (parts.slice(0, -1).some((part) => part.length < 5 * 1024 * 1024))
        return void sendError(response, 400, 'EntityTooSmall');
      const bytes = Buffer.concat(parts);
      const etag = upload ? `${etagOf(bytes).slice(0, -1)}-${parts.length}"` : etagOf(bytes);
      objects.set(key, { bytes, etag, writeId: upload ? upload.writeId : writeId });
      uploads.delete(uploadId);
      return send(
        200,
        { etag },
        upload ? `<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>` : '',
      );
    }
    if (method === 'DELETE') {
      objects.delete(key);
      return send(204, {});
    }
    const found = objects.get(key);
    if (!found) return void sendError(response, 404, 'NoSuchKey');
    if ((request.headers['if-match'] ?? found.etag) !== found.etag)
      return void sendError(response, 412, 'PreconditionFailed');
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const content = found.bytes.subarray(start);
    const headers = {
      etag: found.etag,
      'content-length': String(content.length),
      ...(found.writeId ? { 'x-amz-meta-aqt-write-id': found.writeId } : {}),
    };
    return send(request.headers.range ? 206 : 200, headers, content);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    openUploads: () => uploads.size,
    fail: (method, ...next) => void faults.set(method, next),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function refusalOf({ headers }: IncomingMessage, found: Stored | undefined): [number, string] | null {
  if (headers['if-none-match'] === '*' && found) return [412, 'PreconditionFailed'];
  if (headers['if-match'] === undefined) return null;
  if (!found) return [404, 'NoSuchKey'];
  return headers['if-match'] === found.etag ? null : [412, 'PreconditionFailed'];
}

function sendError(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function listing(objects: ReadonlyMap<string, Stored>, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token');
  const keys = [...objects.keys()]
    .filter(
      (key) => key.startsWith(prefix) && (after === null || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0),
    )
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const page = keys.slice(0, 3);
  const more = keys.length > page.length;
  const contents = page.map(
    (key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)?.bytes.length}</Size></Contents>`,
  );
  const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  return `<ListBucketResult><IsTruncated>${more}</IsTruncated>${contents.join('')}${next}</ListBucketResult>`;
}
