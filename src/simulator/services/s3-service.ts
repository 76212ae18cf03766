import { createHash } from 'node:crypto';
import type { Fault } from '../wire/faults.js';
import { crc32Of, payloadOf } from '../wire/s3-body.js';
import {
  escapeXml,
  ServiceError,
  type ServiceRequest,
  type ServiceResponse,
  unescapeXml,
  xmlResponse,
} from '../wire/service.js';
import { type Condition, checkCondition, type ObjectStore, type StoredObject } from './s3-store.js';

/** Bucket and key of a request, path style or virtual-host style. */
export interface S3Target {
  readonly bucket: string;
  readonly key: string;
}

/** Uploads in parts that are not finished. */
export type Uploads = Map<
  string,
  {
    readonly target: S3Target;
    readonly parts: Map<number, Buffer>;
    readonly contentType: string;
    readonly metadata: Readonly<Record<string, string>>;
  }
>;

export interface S3State {
  readonly store: ObjectStore;
  readonly uploads: Uploads;
}

/** Reads bucket and key; a host such as `bucket.localhost:4566` names the bucket itself. */
export function s3TargetOf(url: URL): S3Target {
  const path = url.pathname.split('/').slice(1).map(decodeURIComponent);
  const labels = url.hostname.split('.');
  const isAddress = /^[\d.]+$/.test(url.hostname) || url.hostname.startsWith('[');
  if (!isAddress && labels.length > 1) {
    const suffix = labels.findIndex((label) => label === 's3' || label.startsWith('s3-') || label === 'localhost');
    if (suffix > 0) return { bucket: labels.slice(0, suffix).join('.'), key: path.join('/') };
  }
  const [bucket = '', ...rest] = path;
  return { bucket, key: rest.join('/') };
}

/** Names the operation that method, target and query make (REST). */
export function s3OperationOf(method: string, url: URL): string {
  const { key } = s3TargetOf(url);
  const has = (name: string) => url.searchParams.has(name);
  if (key === '') {
    if (method === 'PUT') return 'CreateBucket';
    if (method === 'HEAD') return 'HeadBucket';
    if (method === 'POST' && has('delete')) return 'DeleteObjects';
    if (method === 'GET' && has('location')) return 'GetBucketLocation';
    if (method === 'GET') return 'ListObjectsV2';
    return 'Unknown';
  }
  switch (method) {
    case 'PUT':
      return has('partNumber') ? 'UploadPart' : 'PutObject';
    case 'POST':
      return has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
    case 'DELETE':
      return has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'HEAD':
      return 'HeadObject';
    case 'GET':
      return 'GetObject';
    default:
      return 'Unknown';
  }
}

/** Answers the S3 operations of the collector (REST XML). */
export function s3Operation(state: S3State, request: ServiceRequest, fault: Fault | null): ServiceResponse {
  const { store } = state;
  const target = s3TargetOf(request.url);
  const { bucket, key } = target;
  if (request.operation !== 'CreateBucket' && !store.hasBucket(bucket)) {
    throw new ServiceError(404, 'NoSuchBucket', 'The specified bucket does not exist');
  }
  switch (request.operation) {
    case 'CreateBucket':
      store.createBucket(bucket);
      return empty(200, { location: `/${bucket}` });
    case 'HeadBucket':
      return empty(200, { 'x-amz-bucket-region': request.region });
    case 'GetBucketLocation':
      return xmlResponse(
        `<LocationConstraint xmlns="${NAMESPACE}">${request.region === 'us-east-1' ? '' : request.region}</LocationConstraint>`,
      );
    case 'PutObject':
      return putObject(store, request, target);
    case 'GetObject':
    case 'HeadObject':
      return getObject(store, request, target);
    case 'DeleteObject':
      store.remove(bucket, key);
      return empty(204);
    case 'DeleteObjects':
      return deleteObjects(store, request, bucket);
    case 'ListObjectsV2':
      return listObjects(store, request, { bucket, fault });
    case 'CreateMultipartUpload':
    case 'UploadPart':
    case 'CompleteMultipartUpload':
    case 'AbortMultipartUpload':
      return multipart(state, request, target);
    default:
      throw new ServiceError(
        501,
        'NotImplemented',
        `the simulator does not know ${request.method} ${request.url.pathname}`,
      );
  }
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

function empty(status: number, headers: Readonly<Record<string, string>> = {}): ServiceResponse {
  return { status, headers, body: '' };
}

function conditionOf(request: ServiceRequest): Condition {
  return { ifNoneMatch: request.headers['if-none-match'], ifMatch: request.headers['if-match'] };
}

function putObject(store: ObjectStore, request: ServiceRequest, { bucket, key }: S3Target): ServiceResponse {
  const bytes = payloadOf(request);
  const object = store.put(
    bucket,
    { key, bytes, lastModified: request.now, contentType: contentTypeOf(request), metadata: metadataOf(request) },
    conditionOf(request),
  );
  return empty(200, { etag: object.etag, 'x-amz-checksum-crc32': crc32Of(bytes) });
}

function metadataOf({ headers }: ServiceRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith('x-amz-meta-') && typeof value === 'string' ? [[name, value] as const] : [],
    ),
  );
}

function contentTypeOf(request: ServiceRequest): string {
  return request.headers['content-type'] ?? 'application/octet-stream';
}

function getObject(store: ObjectStore, request: ServiceRequest, { bucket, key }: S3Target): ServiceResponse {
  const object = store.get(bucket, key, request.now);
  if (!object) {
    // A HEAD answer has no body, so S3 names no code beyond the status.
    if (request.operation === 'HeadObject') return empty(404);
    throw new ServiceError(404, 'NoSuchKey', 'The specified key does not exist.');
  }
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, range } = request.headers;
  if (ifMatch !== undefined) checkCondition(object, { ifMatch, ifNoneMatch: undefined });
  if (ifNoneMatch === object.etag) return empty(304, { etag: object.etag });
  const slice = rangeOf(range, object.bytes.length);
  const bytes = slice ? object.bytes.subarray(slice.first, slice.last + 1) : object.bytes;
  const headers: Record<string, string> = {
    ...object.metadata,
    etag: object.etag,
    'content-type': object.contentType,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    'content-length': String(bytes.length),
  };
  if (slice) headers['content-range'] = `bytes ${slice.first}-${slice.last}/${object.bytes.length}`;
  else headers['x-amz-checksum-crc32'] = crc32Of(object.bytes);
  return { status: slice ? 206 : 200, headers, body: request.operation === 'HeadObject' ? '' : bytes };
}

function rangeOf(range: string | undefined, size: number): { first: number; last: number } | null {
  const match = range === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(range);
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const first = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const last = match[1] === '' || match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  if (first > last || first >= size)
    throw new ServiceError(416, 'InvalidRange', 'The requested range is not satisfiable');
  return { first, last };
}

function deleteObjects(store: ObjectStore, request: ServiceRequest, bucket: string): ServiceResponse {
  const xml = payloadOf(request).toString();
  const keys = [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => unescapeXml(match[1] ?? ''));
  if (keys.length > 1000) throw new ServiceError(400, 'MalformedXML', 'more than 1000 keys');
  for (const key of keys) store.remove(bucket, key);
  const deleted = /<Quiet>true<\/Quiet>/.test(xml)
    ? ''
    : keys.map((key) => `<Deleted><Key>${escapeXml(key)}</Key></Deleted>`).join('');
  return xmlResponse(`<DeleteResult xmlns="${NAMESPACE}">${deleted}</DeleteResult>`);
}

function listObjects(
  store: ObjectStore,
  request: ServiceRequest,
  { bucket, fault }: { bucket: string; fault: Fault | null },
): ServiceResponse {
  const query = request.url.searchParams;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const max = Math.min(1000, Number(query.get('max-keys') ?? 1000));
  const limit = fault?.kind === 'short-page' ? fault.random.int(1, Math.max(1, max - 1)) : max;
  const after =
    token === null ? (query.get('start-after') ?? query.get('marker') ?? '') : Buffer.from(token, 'base64').toString();
  const isEncoded = query.get('encoding-type') === 'url';
  const encode = isEncoded ? encodeURIComponent : escapeXml;
  const contents: string[] = [];
  const folders: string[] = [];
  let last = '';
  let isTruncated = false;
  for (const object of store.list(bucket, { prefix, after, now: request.now })) {
    const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const folder = cut < 0 ? null : object.key.slice(0, cut + delimiter.length);
    if (folder !== null && (folder === folders.at(-1) || (after !== '' && after.startsWith(folder)))) {
      last = object.key;
      continue;
    }
    if (contents.length + folders.length === limit) {
      isTruncated = true;
      break;
    }
    if (folder === null) contents.push(contentsXml(object, encode));
    else folders.push(folder);
    last = object.key;
  }
  return xmlResponse(
    `<ListBucketResult xmlns="${NAMESPACE}"><Name>${bucket}</Name><Prefix>${encode(prefix)}</Prefix>` +
      (isEncoded ? '<EncodingType>url</EncodingType>' : '') +
      `<KeyCount>${contents.length + folders.length}</KeyCount><MaxKeys>${max}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>` +
      contents.join('') +
      folders.map((folder) => `<CommonPrefixes><Prefix>${encode(folder)}</Prefix></CommonPrefixes>`).join('') +
      (isTruncated ? `<NextContinuationToken>${Buffer.from(last).toString('base64')}</NextContinuationToken>` : '') +
      '</ListBucketResult>',
  );
}

function contentsXml(object: StoredObject, encode: (text: string) => string): string {
  return (
    `<Contents><Key>${encode(object.key)}</Key><LastModified>${new Date(object.lastModified).toISOString()}</LastModified>` +
    `<ETag>${escapeXml(object.etag)}</ETag><Size>${object.bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  );
}

function multipart({ store, uploads }: S3State, request: ServiceRequest, target: S3Target): ServiceResponse {
  const { bucket, key } = target;
  if (request.operation === 'CreateMultipartUpload') {
    const id = createHash('md5').update(`${bucket}/${key}/${uploads.size}/${request.now}`).digest('hex');
    uploads.set(id, { target, parts: new Map(), contentType: contentTypeOf(request), metadata: metadataOf(request) });
    return xmlResponse(
      `<InitiateMultipartUploadResult xmlns="${NAMESPACE}"><Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }
  const id = request.url.searchParams.get('uploadId') ?? '';
  const upload = uploads.get(id);
  if (!upload) throw new ServiceError(404, 'NoSuchUpload', 'The specified upload does not exist.');
  if (request.operation === 'AbortMultipartUpload') {
    uploads.delete(id);
    return empty(204);
  }
  if (request.operation === 'UploadPart') {
    const bytes = payloadOf(request);
    upload.parts.set(Number(request.url.searchParams.get('partNumber')), bytes);
    return empty(200, { etag: etagOf(bytes), 'x-amz-checksum-crc32': crc32Of(bytes) });
  }
  const named = [...request.body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map((match) =>
    Number(match[1]),
  );
  const parts = named.map((number) => upload.parts.get(number));
  if (parts.length === 0 || !parts.every((part) => part !== undefined)) {
    throw new ServiceError(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
  }
  const hashes = parts.map((part) => createHash('md5').update(part).digest());
  const etag = `"${createHash('md5').update(Buffer.concat(hashes)).digest('hex')}-${parts.length}"`;
  const bytes = Buffer.concat(parts);
  store.put(
    bucket,
    { key, bytes, etag, lastModified: request.now, contentType: upload.contentType, metadata: upload.metadata },
    conditionOf(request),
  );
  uploads.delete(id);
  return xmlResponse(
    `<CompleteMultipartUploadResult xmlns="${NAMESPACE}"><Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><ETag>${escapeXml(etag)}</ETag></CompleteMultipartUploadResult>`,
  );
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}
