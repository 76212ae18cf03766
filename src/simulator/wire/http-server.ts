import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { s3OperationOf } from '../services/s3-service.js';
import type { ServiceName, ServiceResponse } from './service.js';

/** A request as it came over the wire, with what its headers say about it. */
export interface WireRequest {
  readonly service: ServiceName;
  readonly operation: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A request that says in its headers for which service, operation and Region it is. */
export interface PlainRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What to do with a connection: answer, answer with half of the body, or break it. */
export type WireAnswer =
  | { readonly kind: 'answer'; readonly response: ServiceResponse; readonly date: number }
  | { readonly kind: 'truncated'; readonly response: ServiceResponse; readonly date: number }
  | { readonly kind: 'break' };

export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on loopback; port 0 takes a free one. */
export async function listen(port: number, handle: (request: WireRequest) => Promise<WireAnswer>): Promise<HttpServer> {
  const server: Server = createServer((request, response) => {
    serve(request, response, handle).catch((error: unknown) => {
      // A bug of the simulator must reach the test that meets it, as text.
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`simulator failed: ${error instanceof Error ? error.stack : String(error)}`);
    });
  });
  server.keepAliveTimeout = 30_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: WireRequest) => Promise<WireAnswer>,
): Promise<void> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(part as Buffer);
  } catch {
    // The caller went away while it was sending: there is nobody to answer.
    return;
  }
  const { method = 'GET', url: target = '/', headers: sent } = request;
  const answer = await handle(readRequest({ method, target, headers: sent, body: Buffer.concat(parts) }));
  if (answer.kind === 'break') {
    request.socket.destroy();
    return;
  }
  const { status, headers, bytes } = wholeOf(answer);
  response.sendDate = false;
  response.writeHead(status, headers);
  if (answer.kind === 'answer') {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => request.socket.destroy());
}

/** What a connection that holds would carry. */
export function wholeOf({ response, date }: Exclude<WireAnswer, { kind: 'break' }>): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
} {
  const { status, headers, body } = response;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return {
    status,
    headers: {
      'content-length': String(bytes.length),
      ...headers,
      date: new Date(date).toUTCString(),
      'x-amzn-requestid': 'SIMULATED',
    },
    bytes,
  };
}

const TARGETS: Readonly<Record<string, ServiceName>> = {
  CloudTrail_20131101: 'cloudtrail',
  'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101': 'cloudtrail',
  AmazonAthena: 'athena',
  AWSIdentityStore: 'identitystore',
  AWSGlue: 'glue',
};

/** Finds out what a request asks for. */
export function readRequest({ method, target: path, headers, body }: PlainRequest): WireRequest {
  const url = new URL(path, `http://${headers.host ?? '127.0.0.1'}`);
  const [, accessKeyId = '', region = 'us-east-1', scope = 's3'] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const common = { region, accessKeyId, method, url, headers, body };
  const target = String(headers['x-amz-target'] ?? '');
  const dot = target.lastIndexOf('.');
  const byTarget = TARGETS[target.slice(0, dot)];
  if (byTarget) return { ...common, service: byTarget, operation: target.slice(dot + 1) };
  if (scope === 'sts') {
    return { ...common, service: 'sts', operation: new URLSearchParams(body.toString()).get('Action') ?? '' };
  }
  return { ...common, service: 's3', operation: s3OperationOf(method, url) };
}
