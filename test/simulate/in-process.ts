import { Readable } from 'node:stream';
import { STSClient } from '@aws-sdk/client-sts';
import type { Simulator } from '../../src/simulator/simulator.js';
import { type PlainRequest, wholeOf } from '../../src/simulator/wire/http-server.js';
import { type SdkClient, type SdkCommand, sendBare } from './bare-calls.js';
import { retryAtOnce } from './retry-at-once.js';

/** `sdk`: everything of the SDK is at work but the socket. `bare`: calls of JSON services skip the SDK's layers, too. */
export type Door = 'sdk' | 'bare';

/** A request as the SDK hands it to its HTTP handler: complete and signed. */
interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Abortable {
  readonly abortSignal?: AbortSignal;
}

interface SdkHandler {
  handle(request: SdkRequest, options?: Abortable): Promise<{ readonly response: SdkResponse }>;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What came back over a connection that held, all of it or half. */
export interface Carried {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

const doors = new Map<string, { readonly simulator: Simulator; readonly door: Door }>();
let opened = 0;

/**
 * Lets the SDK's clients reach a simulator without a socket, at the returned endpoint only. Call `leave` when the simulator is
 * closed.
 */
export function enterInProcess(simulator: Simulator, door: Door): { readonly url: string; leave(): void } {
  if (opened === 0) install();
  opened++;
  const host = `simulator-${opened}.invalid`;
  doors.set(host, { simulator, door });
  return { url: `http://${host}`, leave: () => doors.delete(host) };
}

/** All clients share the prototypes of one client class and of one handler class. */
function install(): void {
  const client = new STSClient({ region: 'us-east-1' });
  const handler = Object.getPrototypeOf(client.config.requestHandler) as SdkHandler;
  const overSocket = handler.handle;
  handler.handle = async function (request, options) {
    const place = doors.get(request.hostname);
    return place
      ? { response: responseOf(await carry(place.simulator, plainOf(request, await bytesOf(request.body)), options)) }
      : overSocket.call(this, request, options);
  };
  const clients = Object.getPrototypeOf(STSClient.prototype) as {
    send(this: SdkClient, command: SdkCommand, options?: Abortable): Promise<unknown>;
  };
  const whole = clients.send;
  clients.send = async function (command, options) {
    const place = this.config.endpoint ? doors.get((await this.config.endpoint()).hostname) : undefined;
    const bare = place?.door === 'bare' ? sendBare(this, command) : null;
    if (place && !bare) hurry(this);
    if (!place || !bare) return whole.call(this, command, options);
    return bare.read(await carry(place.simulator, await bare.request(), options));
  };
}

/** Lets a client try again at once: the SDK's pauses are real time, in which the virtual clock would run on by chance. */
function hurry({ config }: SdkClient): void {
  config.retryStrategy = async () => retryAtOnce(await config.maxAttempts());
}

/** Carries a request to the simulator and the answer back. @throws Error as Node does when a connection breaks */
async function carry(simulator: Simulator, request: PlainRequest, options: Abortable | undefined): Promise<Carried> {
  const answer = await untilAborted(simulator.answer(request), options?.abortSignal);
  if (answer.kind === 'break') throw brokenConnection('socket hang up', 'TimeoutError');
  const { status, headers, bytes } = wholeOf(answer);
  const isCut = answer.kind === 'truncated';
  return { status, headers, isCut, bytes: isCut ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes };
}

/** What Node says of a socket that the other side closed, under the name that the SDK gives it. */
export function brokenConnection(message: string, name = 'Error'): Error {
  return Object.assign(new Error(message), { code: 'ECONNRESET', name });
}

function responseOf({ status, headers: { date, ...headers }, bytes, isCut }: Carried): SdkResponse {
  // The simulator's date is not today's: the SDK would correct its clock by what real time it is, and tries some calls again.
  void date;
  const pieces = async function* () {
    if (bytes.length > 0) yield bytes;
    if (isCut) throw brokenConnection('aborted');
  };
  return { statusCode: status, headers, body: Readable.from(pieces(), { objectMode: false }) };
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function plainOf({ method, path, query = {}, headers }: SdkRequest, body: Buffer): PlainRequest {
  const parts = Object.keys(query)
    .sort()
    .flatMap((name) => {
      const value = query[name];
      const values = Array.isArray(value) ? value : [value];
      return values.map((each) => (each == null ? quoted(name) : `${quoted(name)}=${quoted(String(each))}`));
    });
  return {
    method,
    target: parts.length === 0 ? path : `${path}?${parts.join('&')}`,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body,
  };
}

function quoted(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const parts: Uint8Array[] = [];
  for await (const part of body as AsyncIterable<Uint8Array>) parts.push(part);
  return Buffer.concat(parts);
}
